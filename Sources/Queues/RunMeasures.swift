import Records
import Support

/// What one finished run reached, as figures with names.
struct RunMeasures {
  /// One figure.
  struct Figure {
    let name: String
    let value: Double
    var isShare = false
    /// The answers that it counts.
    var answers: Proportion?
  }

  /// The figures, in the order in which the run told of them; compute and time last.
  private(set) var figures: [Figure] = []

  /// The figures at the end of a run: right answers by length, then what each evaluation says in one
  /// number, with its change since before the first step.
  init(_ records: [RunRecord]) {
    var cells = NeedleCells()
    var evaluations: [EvaluationRecord] = []
    var done: DoneRecord?
    for record in records {
      switch record {
      case .needle(let cell): cells.add(cell)
      case .evaluation(let figure): evaluations.append(figure)
      case .done(let record): done = record
      default: break
      }
    }
    addAnswers(cells.all)
    guard let done else { return }
    // What starts with `needle` is in the cells already.
    for final in done.final where !final.name.hasPrefix("needle.") {
      figures.append(Figure(name: final.name, value: final.value))
      guard let last = evaluations.last(where: { $0.value == final.value }), last.step != 0,
        let first = evaluations.first(where: {
          $0.step == 0 && $0.task == last.task && $0.metric == last.metric
        })
      else { continue }
      figures.append(Figure(name: final.name + ", change", value: final.value - first.value))
    }
    figures.append(Figure(name: "TFLOP", value: done.flops / 1e12))
    figures.append(Figure(name: "seconds", value: done.seconds))
  }

  /// Right answers of the last evaluation of each task, by length.
  private mutating func addAnswers(_ cells: [NeedleRecord]) {
    var tasks: [String] = []
    for cell in cells where !tasks.contains(cell.task) { tasks.append(cell.task) }
    for task in tasks {
      let own = cells.filter { $0.task == task }
      let final = own.filter { $0.step == own.last?.step }
      for length in Set(final.map(\.length)).sorted() {
        let column = final.filter { $0.length == length }
        let answers = Proportion(
          column.reduce(0) { $0 + $1.correct }, of: column.reduce(0) { $0 + $1.trials })
        figures.append(
          Figure(
            name: "\(task) at \(length)", value: answers.score, isShare: true, answers: answers))
      }
    }
  }
}
