import Corpora
import Evaluation
import Foundation
import Models
import Records
import Support
import Testing

/// What every recall task of the catalogue promises, in words and in bytes.
struct RecallTaskTests {
  private static let kinds = ["world", "bytes"]

  /// One length that every task fits into.
  private static func grid(_ kind: String, depths: Int = 6, trials: Int = 6) -> RecallGrid {
    RecallGrid(lengths: [kind == "world" ? 320 : 1200], depths: depths, trials: trials, seed: 3)
  }

  /// Scores a task with answers made by `answer`, which sees a sequence and one of its needles.
  private static func column(
    _ name: String, _ kind: String, under control: NeedleControl? = nil, trials: Int = 6,
    answer: @escaping (NeedleSequence, PlacedNeedle) -> [Int32]
  ) throws -> RecallColumn {
    let evaluation = try NeedleEvaluation(
      tokenizer: try Tokenizers.catalog.make(kind),
      answer: { sequences, _ in
        .init(
          sequences.flatMap { sequence in
            sequence.needles.flatMap { needle in
              answer(sequence, needle).map { Prediction(token: $0, targetLogProbability: -1) }
            }
          })
      })
    var columns: [RecallColumn] = []
    let task = try RecallTasks.make(name, grid: grid(kind, trials: trials))
    try evaluation.run(task, under: control) { columns.append($0) }
    return try #require(columns.first)
  }

  /// Answers from the text before the answer alone, by rules that know the task and not its making.
  private static func solve(_ name: String, _ prompt: String) -> String? {
    let questions =
      prompt.range(
        of: "question", options: [.caseInsensitive, .backwards])?.lowerBound ?? prompt.endIndex
    // In bytes the questions of most tasks begin with another word.
    let border =
      ["\nWhat is the magic", "How many rows", "assert "].compactMap {
        prompt.range(of: $0)?.lowerBound
      }.min() ?? questions
    let asksFromStart = prompt.range(of: "Question:")?.lowerBound ?? border
    let text = String(prompt[..<min(border, asksFromStart)])
    func all(_ pattern: String, in text: String) -> [[String]] {
      guard let expression = try? Regex(pattern).ignoresCase() else { return [] }
      return text.matches(of: expression).map { match in
        match.output.dropFirst().map { String($0.substring ?? "") }
      }
    }
    let key = all("magic number of (\\w+)(?: is:)? ?$", in: prompt).first?[0] ?? ""
    let value = "(?: is:)? (\\d{4})\\."
    switch name {
    case "tracking":
      var name = key
      while let next = all("magic number of \(name) is that of (\\w+)\\.", in: text).first {
        name = next[0]
      }
      return all("magic number of \(name)\(value)", in: text).first?[0]
    case "json":
      let asked = all("(?:assert |\")(\\w+)(?:\": )?$", in: prompt).first?[0] ?? ""
      return all("(?:key |\")\(asked)(?:\":)? (\\d{4})[;}]", in: text).first?[0]
    case "count":
      let place = all("(?:count the|rows have) (\\w+)\\??\\s*$", in: prompt).first?[0] ?? ""
      let rows = all("\\| (\(place)) \\|", in: text).count
      return prompt.contains("How many") ? "\(rows)" : "0\(rows)"
    case "multivalue":
      let listed = all("magic number of \(key)\(value)", in: String(prompt[text.endIndex...])).count
      return all("magic number of \(key)\(value)", in: text).dropFirst(listed).first?[0]
    default:
      return all("magic number of \(key)\(value)", in: text).first?[0]
    }
  }

  @Test(arguments: RecallTasks.names, kinds)
  func whoReadsTheTextAnswersEverything(_ name: String, _ kind: String) throws {
    let tokenizer = try Tokenizers.catalog.make(kind)
    let column = try Self.column(name, kind) { sequence, needle in
      let prompt = tokenizer.decode(Array(sequence.tokens[...needle.answerPositions[0]]))
      guard let solved = Self.solve(name, prompt) else { return needle.answerTokens.map { _ in 0 } }
      return tokenizer.encode(solved)
    }
    let wrong = column.cells.flatMap(\.answers).first { !$0.isCorrect }
    #expect(column.accuracy.score == 1, "\(wrong.map { "\($0)" } ?? "")")
    #expect(column.accuracy.trials >= 12)
    #expect(column.confusion.correct == 0)
  }

  @Test(arguments: RecallTasks.names, kinds)
  func aBlindGuessScoresChance(_ name: String, _ kind: String) throws {
    var random = RandomStream(seed: 5, name: "guess/\(name)")
    let column = try Self.column(name, kind, trials: 40) { sequence, _ in
      random.pick(sequence.candidates)
    }
    let share = column.accuracy
    // 99.9 % of a binomial count lies inside this.
    let spread = 3.3 * (column.chance * (1 - column.chance) / Double(share.trials)).squareRoot()
    #expect(abs(share.score - column.chance) <= spread, "\(share.score) beside \(column.chance)")
    #expect((share.correct + column.confusion.correct) == share.trials)
    #expect(column.chance == 1 ? name == "single" : column.chance <= 0.5)
  }

  @Test(arguments: RecallTasks.names, kinds)
  func underAControlTheTextTellsNothing(_ name: String, _ kind: String) throws {
    let tokenizer = try Tokenizers.catalog.make(kind)
    for control in NeedleControl.allCases {
      let column = try Self.column(name, kind, under: control) { sequence, needle in
        let prompt = tokenizer.decode(Array(sequence.tokens[...needle.answerPositions[0]]))
        guard name != "multiquery", let solved = Self.solve(name, prompt) else {
          return needle.answerTokens.map { _ in 0 }
        }
        return tokenizer.encode(solved)
      }
      #expect(column.accuracy.correct == 0, "\(control.rawValue)")
    }
  }

  @Test(arguments: RecallTasks.names, kinds)
  func sequencesAreOfTheirLengthAndReplay(_ name: String, _ kind: String) throws {
    let tokenizer = try Tokenizers.catalog.make(kind)
    let evaluation = try NeedleEvaluation(tokenizer: tokenizer) { _, _ in .init([]) }
    let grid = Self.grid(kind)
    func sequences(seed: UInt64) throws -> [NeedleSequence] {
      var grid = grid
      grid.seed = seed
      let task = try RecallTasks.make(name, grid: grid)
      return try evaluation.groups(task, length: grid.lengths[0]).enumerated().map {
        try evaluation.sequence(task, length: grid.lengths[0], $1, number: $0, trial: 2)
      }
    }
    let first = try sequences(seed: 1)
    #expect(try sequences(seed: 1) == first)
    #expect(try sequences(seed: 2) != first)
    for sequence in first {
      #expect(sequence.tokens.count <= grid.lengths[0])
      #expect(sequence.tokens.count > grid.lengths[0] * 9 / 10)
      #expect(!sequence.needles.isEmpty)
      for needle in sequence.needles {
        #expect(needle.answerPositions.map { sequence.tokens[$0 + 1] } == needle.answerTokens)
        #expect(sequence.candidates.contains(needle.answerTokens))
        #expect(needle.evidence.allSatisfy { $0.upperBound <= sequence.questionStart })
      }
    }
  }

  @Test(arguments: RecallTasks.names.filter { $0 != "count" })
  func factsAreOfTheEvaluationSplit(_ name: String) throws {
    let tokenizer = WorldTokenizer()
    let evaluation = try NeedleEvaluation(tokenizer: tokenizer) { _, _ in .init([]) }
    let task = try RecallTasks.make(name, grid: Self.grid("world"))
    var facts = 0
    for trial in 0..<10 {
      let sequence = try evaluation.sequence(
        task, length: 320, [0.5], number: 0, trial: trial)
      let tokens = sequence.tokens
      for index in 0..<tokens.count - 2 {
        guard let fact = WorldFacts.read(tokens[index], tokens[index + 1], tokens[index + 2])
        else { continue }
        facts += 1
        #expect(WorldFacts.isEvaluation(fact))
      }
    }
    #expect(facts >= 20)
  }
}
