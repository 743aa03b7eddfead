// Recall is scored by teacher forcing: one pass over text, questions and answers, and an answer is
// right when every one of its tokens is the model's likeliest next token. By induction that equals
// "greedy decoding gives the answer", at the cost of one prefill; with many needles in a sequence one
// pass scores a whole column. Logits are computed at the answers only.

public import Corpora
package import Models
import Records
import Support

/// Scores recall tasks: columns of a length each, cells of a depth each.
public struct NeedleEvaluation {
  /// Trials of a cell that are kept with their answers for the drill-down.
  private static let keptAnswers = 10

  private let tokenizer: any Tokenizer
  private let builder: NeedleBuilder
  private let answer: ([NeedleSequence], RemapChoice) throws -> Replies

  /// What a model says to the questions of some sequences.
  package struct Replies {
    /// One for each answer token of all needles, in their order.
    package var predictions: [Prediction]
    /// For each needle how much attention its evidence gets where the answer is foretold, [layer][head];
    /// empty when nobody looked.
    package var attention: [[[Float]]]

    package init(_ predictions: [Prediction], attention: [[[Float]]] = []) {
      self.predictions = predictions
      self.attention = attention
    }
  }

  /// An evaluation of a model.
  ///
  /// - Parameter subject: the model, its tokenizer and the haystack.
  /// - Throws: `UserError` when the tokenizer has no needles or the haystack is empty.
  public init(_ subject: EvaluationSubject) throws {
    try self.init(tokenizer: subject.tokenizer, haystack: subject.haystack) { sequences, remap in
      try subject.model.under(remap, trainedContext: subject.trainedContext) {
        Self.predict(sequences, by: subject.model)
      }
    }
  }

  /// An evaluation of anything that answers.
  ///
  /// - Parameters:
  ///   - tokenizer: of what answers.
  ///   - haystack: tokens of a text to hide needles in; nil for stories of the miniature world.
  ///   - answer: replies to sequences under a change of positions.
  /// - Throws: `UserError` when the tokenizer has no needles or the haystack is empty.
  package init(
    tokenizer: any Tokenizer, haystack: [Int32]? = nil,
    answer: @escaping ([NeedleSequence], RemapChoice) throws -> Replies
  ) throws {
    self.tokenizer = tokenizer
    self.answer = answer
    builder = try NeedleBuilder(tokenizer: tokenizer, haystack: haystack)
  }

  /// Scores all cells, shortest lengths first, and reports each column as it is done.
  ///
  /// - Parameters:
  ///   - task: what to ask; the same task asks the same questions.
  ///   - control: what to take away from each sequence; nil scores it as it is.
  ///   - step: the training step, for the records; nil outside training.
  ///   - isCancelled: asked before each pass; a cancelled column is not reported.
  ///   - report: receives each column.
  /// - Throws: `UserError` when the needles do not fit into a length.
  public func run(
    _ task: any RecallTask, under control: NeedleControl? = nil, step: Int? = nil,
    isCancelled: () -> Bool = { false }, report: (RecallColumn) -> Void
  ) throws {
    let name = type(of: task).kind.name
    for length in task.grid.lengths.sorted() {
      var column = RecallColumn(
        task: name, length: length, depths: task.depthFractions, step: step)
      let groups = groups(task, length: length)
      let rows = max(1, ForwardPasses.most / length)
      var pass: [NeedleSequence] = []
      for trial in 0..<task.grid.trials {
        for group in groups.indices {
          let sequence = try sequence(
            task, length: length, groups[group], number: group, trial: trial)
          pass.append(control.map(sequence.with) ?? sequence)
          let isLast = trial + 1 == task.grid.trials && group + 1 == groups.count
          guard pass.count == rows || isLast else { continue }
          if isCancelled() { return }
          try score(pass, under: task.grid.remap, into: &column)
          pass.removeAll()
        }
      }
      column.finish()
      report(column)
    }
  }

  /// Depths that share a sequence, for all sequences of one trial of a column.
  package func groups(_ task: any RecallTask, length: Int) -> [[Double]] {
    task.groups(length: length, wording: builder.wording)
  }

  /// One sequence of a column; trial and number decide its facts and haystack.
  package func sequence(
    _ task: any RecallTask, length: Int, _ depths: [Double], number: Int, trial: Int
  ) throws -> NeedleSequence {
    let name = type(of: task).kind.name
    var random = RandomStream(
      seed: task.grid.seed, name: "needle/\(name)/\(length)/\(number)", index: UInt64(trial))
    let plan = task.plan(
      depths: depths, length: builder.room(in: length), wording: builder.wording, random: &random)
    return try builder.sequence(plan, length: length, random: &random)
  }

  private static func predict(
    _ sequences: [NeedleSequence], by model: Transformer
  ) -> Replies {
    let longest = sequences.map(\.tokens.count).max() ?? 0
    var tokens: [Int32] = []
    var indices: [Int] = []
    var targets: [Int32] = []
    var watches: [AttentionWatch] = []
    for (row, sequence) in sequences.enumerated() {
      // Padding stands after everything that is asked, so nothing attends to it.
      tokens += sequence.tokens
      tokens += repeatElement(0, count: longest - sequence.tokens.count)
      for needle in sequence.needles {
        indices += needle.answerPositions.map { row * longest + $0 }
        targets += needle.answerTokens
        watches.append(
          AttentionWatch(
            row: row, token: needle.answerPositions.first ?? 0, places: needle.evidence))
      }
    }
    let input = ModelInput(rows: sequences.count, length: longest, tokens: tokens)
    let (predictions, attention) = model.predict(
      input, at: indices, targets: targets, watching: watches)
    return Replies(predictions, attention: attention)
  }

  private func score(
    _ sequences: [NeedleSequence], under remap: RemapChoice, into column: inout RecallColumn
  ) throws {
    let replies = try answer(sequences, remap)
    var attention = replies.attention.makeIterator()
    var next = 0
    for sequence in sequences {
      let candidates = Set(sequence.candidates)
      for needle in sequence.needles {
        let layers = attention.next() ?? []
        let answer = replies.predictions[next..<next + needle.answerTokens.count]
        next += needle.answerTokens.count
        guard let cell = column.cells.firstIndex(where: { $0.depth == needle.depth }) else {
          continue
        }
        let said = answer.map(\.token)
        let isCorrect = said == needle.answerTokens
        column.chanceSum += 1 / Double(max(1, candidates.count))
        if !isCorrect, candidates.contains(said) { column.confused += 1 }
        column.cells[cell].trials += 1
        column.cells[cell].correct += isCorrect ? 1 : 0
        if column.cells[cell].answers.count < Self.keptAnswers {
          column.cells[cell].answers.append(record(sequence, needle, Array(answer), layers))
        }
      }
    }
  }

  private func record(
    _ sequence: NeedleSequence, _ needle: PlacedNeedle, _ answer: [Prediction],
    _ attention: [[Float]]
  ) -> NeedleAnswer {
    let margin = 24
    let place = needle.evidence.first ?? 0..<0
    let start = max(0, place.lowerBound - margin)
    let end = min(sequence.tokens.count, place.upperBound + margin)
    return NeedleAnswer(
      key: needle.key, expected: tokenizer.decode(needle.answerTokens),
      answered: tokenizer.decode(answer.map(\.token)),
      logProbability: answer.reduce(0) { $0 + Double($1.targetLogProbability) },
      excerpt: tokenizer.decode(Array(sequence.tokens[start..<end])),
      attention: attention.map { $0.map { (Double($0) * 1_000).rounded() / 1_000 } })
  }
}
