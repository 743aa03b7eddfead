// Needles are scored by teacher forcing: one pass over text, questions and answers, and an answer is
// right when every one of its tokens is the model's likeliest next token. By induction that equals
// "greedy decoding gives the answer", at the cost of one prefill; with many needles in a sequence one
// pass scores a whole column. Logits are computed at the answers only.

public import Corpora
public import Models
public import Records
import Support

/// The needle evaluation: columns of a length each, rows of a depth each.
public struct NeedleEvaluation {
  /// Tokens that one forward pass takes at most, so that short sequences share a pass.
  private static let passTokens = 8192
  /// Trials of a cell that are kept with their answers for the drill-down.
  private static let keptAnswers = 10

  private let model: Transformer
  private let tokenizer: any Tokenizer
  private let builder: NeedleBuilder

  /// An evaluation of a model.
  ///
  /// - Parameters:
  ///   - model: its rotary angles set as it will be used.
  ///   - tokenizer: the model's.
  ///   - haystack: tokens of a text to hide needles in; nil for stories of the miniature world.
  /// - Throws: `UserError` when the tokenizer has no needles or the haystack is empty.
  public init(_ model: Transformer, tokenizer: any Tokenizer, haystack: [Int32]? = nil) throws {
    self.model = model
    self.tokenizer = tokenizer
    builder = try NeedleBuilder(tokenizer: tokenizer, haystack: haystack)
  }

  /// Scores all cells, shortest lengths first, and reports each column's cells as it is done.
  ///
  /// - Parameters:
  ///   - request: lengths, depths, trials and seed; the same request asks the same questions.
  ///   - step: the training step, for the records; nil outside training.
  ///   - isCancelled: asked before each pass; a cancelled column is not reported.
  ///   - report: receives one record for each cell.
  /// - Throws: `UserError` when the needles do not fit into a length.
  public func run(
    _ request: NeedleRequest, step: Int? = nil, isCancelled: () -> Bool = { false },
    report: (NeedleRecord) -> Void
  ) throws {
    for length in request.lengths.sorted() {
      let groups = groups(request, length: length)
      var cells = request.depthFractions.map { depth in
        NeedleRecord(
          step: step, task: request.task.rawValue, length: length, depth: depth, correct: 0,
          trials: 0, score: .nan, low: 0, high: 1)
      }
      let rows = max(1, Self.passTokens / length)
      var pass: [NeedleSequence] = []
      for trial in 0..<request.trials {
        for group in groups.indices {
          pass.append(
            try sequence(request, length: length, groups[group], number: group, trial: trial))
          let isLast = trial + 1 == request.trials && group + 1 == groups.count
          guard pass.count == rows || isLast else { continue }
          if isCancelled() { return }
          score(pass, into: &cells)
          pass.removeAll()
        }
      }
      for cell in cells {
        var cell = cell
        let share = Proportion(cell.correct, of: cell.trials)
        (cell.score, cell.low, cell.high) = (share.score, share.low, share.high)
        report(cell)
      }
    }
  }

  /// Depths that share a sequence, for all sequences of one trial.
  static func groups(
    _ request: NeedleRequest, length: Int, _ builder: NeedleBuilder
  ) -> [[Double]] {
    request.task == .keyed
      ? builder.groups(of: request.depthFractions, length: length)
      : request.depthFractions.map { [$0] }
  }

  /// Depths that share a sequence, for all sequences of one trial of a column.
  package func groups(_ request: NeedleRequest, length: Int) -> [[Double]] {
    Self.groups(request, length: length, builder)
  }

  /// One sequence of a column; trial and number decide its facts and haystack.
  package func sequence(
    _ request: NeedleRequest, length: Int, _ depths: [Double], number: Int, trial: Int
  ) throws -> NeedleSequence {
    var random = RandomStream(
      seed: request.seed, name: "needle/\(request.task.rawValue)/\(length)/\(number)",
      index: UInt64(trial))
    return try builder.sequence(length: length, depths: depths, random: &random)
  }

  /// Tokens of the largest forward pass that a request needs.
  public static func passTokens(_ request: NeedleRequest) -> Int {
    let longest = request.lengths.max() ?? 0
    return max(longest, passTokens)
  }

  private func score(_ sequences: [NeedleSequence], into cells: inout [NeedleRecord]) {
    let longest = sequences.map(\.tokens.count).max() ?? 0
    var tokens: [Int32] = []
    var indices: [Int] = []
    var targets: [Int32] = []
    for (row, sequence) in sequences.enumerated() {
      // Padding stands after everything that is asked, so nothing attends to it.
      tokens += sequence.tokens
      tokens += repeatElement(0, count: longest - sequence.tokens.count)
      for needle in sequence.needles {
        indices += needle.answerPositions.map { row * longest + $0 }
        targets += needle.answerTokens
      }
    }
    let input = ModelInput(rows: sequences.count, length: longest, tokens: tokens)
    let predictions = model.predict(input, at: indices, targets: targets)

    var next = 0
    for sequence in sequences {
      for needle in sequence.needles {
        let answer = predictions[next..<next + needle.answerTokens.count]
        next += needle.answerTokens.count
        guard let cell = cells.firstIndex(where: { $0.depth == needle.depth }) else { continue }
        let isCorrect = zip(answer, needle.answerTokens).allSatisfy { $0.token == $1 }
        cells[cell].trials += 1
        cells[cell].correct += isCorrect ? 1 : 0
        if cells[cell].answers.count < Self.keptAnswers {
          cells[cell].answers.append(record(sequence, needle, Array(answer)))
        }
      }
    }
  }

  private func record(
    _ sequence: NeedleSequence, _ needle: PlacedNeedle, _ answer: [Prediction]
  ) -> NeedleAnswer {
    let margin = 24
    let start = max(0, needle.tokenOffset - margin)
    let end = min(sequence.tokens.count, needle.tokenOffset + needle.tokenCount + margin)
    return NeedleAnswer(
      key: needle.key, expected: tokenizer.decode(needle.answerTokens),
      answered: tokenizer.decode(answer.map(\.token)),
      logProbability: answer.reduce(0) { $0 + Double($1.targetLogProbability) },
      excerpt: tokenizer.decode(Array(sequence.tokens[start..<end])))
  }
}
