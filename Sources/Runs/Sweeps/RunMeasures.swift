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

  /// The figures at the end of a run, and the change of held-out losses since its beginning.
  init(_ records: [RunRecord]) {
    var cells: [NeedleRecord] = []
    var first: [String: Double] = [:]
    var last: [String: Double] = [:]
    var order: [String] = []
    var done: DoneRecord?
    for record in records {
      switch record {
      case .needle(let cell): cells.append(cell)
      case .evaluation(let figure):
        if last[figure.metric] == nil {
          order.append(figure.metric)
          if figure.step == 0 { first[figure.metric] = figure.value }
        }
        last[figure.metric] = figure.value
      case .done(let record): done = record
      default: break
      }
    }
    addAnswers(cells)
    for metric in order {
      guard let value = last[metric] else { continue }
      figures.append(Figure(name: metric, value: value))
      if let before = first[metric] {
        figures.append(Figure(name: metric + ", change", value: value - before))
      }
    }
    guard let done else { return }
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
