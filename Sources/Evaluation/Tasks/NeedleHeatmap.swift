public import Support

/// The needle heatmap: the cells of one recall task, without its controls.
public struct NeedleHeatmap: EvaluationTask {
  /// `needle`.
  public static let kind = KindDescription(
    "needle",
    "Needles hidden at many depths and lengths; teacher-forced greedy exact match of the answer.",
    source: "Kamradt 2023; teacher forcing as in EasyContext",
    settings: RecallGrid.settings + [
      Setting(
        "task", .choice(RecallTasks.names), default: .text(KeyedNeedles.kind.name),
        help: "keyed: many needles a sequence, the key must be used; single: one needle; others as "
          + "`needlepoint describe` tells.", applies: .nextStep)
    ])

  /// What the cells score.
  public let task: any RecallTask

  /// Takes the grid and the task.
  public init(_ values: SettingsValues) throws {
    task = try RecallTasks.make(
      values.text("task") ?? KeyedNeedles.kind.name, grid: try RecallGrid(values))
  }

  /// Every cell's sequences.
  public func passes(of subject: EvaluationSubject) throws -> [ForwardPasses] {
    try task.passes(tokenizer: subject.tokenizer)
  }

  /// Reports the cells of each column as it is done.
  public func measure(_ subject: EvaluationSubject, _ monitor: EvaluationMonitor) throws {
    try NeedleEvaluation(subject).run(
      task, step: monitor.step, isCancelled: monitor.isCancelled
    ) { column in
      for cell in column.cells { monitor.cell(cell) }
    }
  }
}
