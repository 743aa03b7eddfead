public import Corpora
public import Support

/// A task that hides statements in a text and asks for them at its end.
///
/// Answers are teacher-forced: one pass over text, questions and answers, and an answer is right when
/// each of its tokens is the model's likeliest next token. By induction that equals "greedy decoding
/// gives the answer". Facts are of the evaluation split, which no training data states.
public protocol RecallTask: EvaluationTask {
  /// Lengths, depths, trials and seed.
  var grid: RecallGrid { get set }

  /// The task with its own settings as they are by default.
  init(grid: RecallGrid)

  /// The depths that have a cell; a task that is about the whole text has one, in the middle.
  var depthFractions: [Double] { get }

  /// Depths that share a sequence, at least 1.
  func depthsPerSequence(length: Int, wording: any NeedleWording) -> Int

  /// What one sequence hides and asks.
  ///
  /// - Parameters:
  ///   - depths: those that the answers shall count for, at most `depthsPerSequence`.
  ///   - length: tokens of the sequence.
  ///   - wording: of the tokenizer.
  ///   - random: draws the facts.
  /// - Returns: statements with their places, and questions.
  func plan(
    depths: [Double], length: Int, wording: any NeedleWording, random: inout RandomStream
  ) -> NeedlePlan
}

extension RecallTask {
  /// A row for each depth of the grid.
  public var depthFractions: [Double] { grid.depthFractions }

  /// The name of the kind.
  var name: String { Self.kind.name }

  /// Deals depths out to the sequences of a trial in turn, so that each spans the whole text.
  package func groups(length: Int, wording: any NeedleWording) -> [[Double]] {
    let depths = depthFractions
    let most = max(1, depthsPerSequence(length: length, wording: wording))
    let count = (depths.count + most - 1) / most
    return (0..<count).map { group in
      stride(from: group, to: depths.count, by: count).map { depths[$0] }
    }
  }

  /// Every cell's sequences, and one more of the shortest length for each control.
  public func passes(of subject: EvaluationSubject) throws -> [ForwardPasses] {
    let sequences = try passes(tokenizer: subject.tokenizer)
    guard let shortest = sequences.min(by: { $0.length < $1.length }) else { return [] }
    return sequences + NeedleControl.allCases.map { _ in shortest }
  }

  /// The sequences of the grid alone.
  func passes(tokenizer: any Tokenizer) throws -> [ForwardPasses] {
    let builder = try NeedleBuilder(tokenizer: tokenizer)
    let regions = try grid.remap.regionCount
    return try grid.lengths.map { length in
      let groups = groups(length: length, wording: builder.wording)
      // Whether they fit is known when one is built.
      if let depths = groups.first {
        var random = RandomStream(seed: grid.seed, name: "needle/fit")
        let plan = plan(
          depths: depths, length: builder.room(in: length), wording: builder.wording,
          random: &random)
        _ = try builder.sequence(plan, length: length, random: &random)
      }
      return ForwardPasses(
        rows: groups.count * grid.trials, length: length, regions: regions)
    }
  }

  /// Accuracy at each length beside chance, both controls, and the effective length.
  public func measure(_ subject: EvaluationSubject, _ monitor: EvaluationMonitor) throws {
    let evaluation = try NeedleEvaluation(subject)
    var columns: [RecallColumn] = []
    try evaluation.run(self, step: monitor.step, isCancelled: monitor.isCancelled) { column in
      columns.append(column)
      for cell in column.cells { monitor.cell(cell) }
      column.report(task: name, to: monitor)
    }
    guard let shortest = columns.first, columns.count == grid.lengths.count else { return }
    var control = self
    control.grid.lengths = [shortest.length]
    for kind in NeedleControl.allCases {
      let words = kind.rawValue
      try evaluation.run(control, under: kind, isCancelled: monitor.isCancelled) { column in
        let share = column.accuracy
        monitor.report(
          "\(name).\(words.replacing(" ", with: "_"))", task: name,
          "\(words) at \(column.length)", share.score, share.low, share.high,
          samples: share.trials)
      }
    }
    EffectiveLength(columns, trainedContext: subject.trainedContext)
      .report(task: name, samples: columns.reduce(0) { $0 + $1.accuracy.trials }, to: monitor)
  }
}

/// The recall tasks of the catalogue.
public enum RecallTasks {
  /// Their types, in the order shown.
  static var types: [any RecallTask.Type] {
    evaluationTasks.types.compactMap { $0 as? any RecallTask.Type }
  }

  /// Their names, in the order shown.
  public static var names: [String] { types.map { $0.kind.name } }

  /// A task by its name.
  ///
  /// - Throws: `UserError` when there is no such task, with the nearest name.
  public static func make(_ name: String, grid: RecallGrid) throws -> any RecallTask {
    guard let type = types.first(where: { $0.kind.name == name }) else {
      throw UserError(
        "task", "no recall task \"\(name)\"",
        remedy: Suggestion.sentence(for: name, among: names))
    }
    return type.init(grid: grid)
  }
}
