import HDF5
import Records

/// The numbers of a run as columns: `run.h5` of a run folder.
///
/// | group | datasets, one number a record |
/// |---|---|
/// | `/step` | `step`, `stage`, `tokens` int64; `loss`, `learning_rate`, `gradient_norm`, `tokens_per_second`, `seconds`, `wait_seconds` (NaN where unknown) float64 |
/// | `/needle` | `step` (-1 outside training), `length`, `correct`, `trials` int64; `depth`, `score`, `low`, `high` float64; `task` uint8, an index into the attribute `tasks` |
/// | `/evaluation` | `step`, `samples` int64; `value`, `low`, `high` float64; `metric` int32, an index into the attribute `metrics` (`task.metric`) |
///
/// The attributes `tasks` and `metrics` of the groups are lists joined by commas.
struct RunSeries: Sendable {
  private var steps: [StepRecord] = []
  private var needles: [NeedleRecord] = []
  private var evaluations: [EvaluationRecord] = []

  /// The series of these records.
  init(_ records: [RunRecord] = []) {
    for record in records { append(record) }
  }

  /// Takes the numbers of a record; most events have none.
  mutating func append(_ record: RunRecord) {
    switch record {
    case .step(let step): steps.append(step)
    case .needle(var needle):
      // The texts of the trials stay in the log.
      needle.answers = []
      needles.append(needle)
    case .evaluation(let evaluation): evaluations.append(evaluation)
    default: break
    }
  }

  /// All bytes of `run.h5`.
  func image() throws(HDF5Error) -> [UInt8] {
    let file = try HDF5File(inMemory: "run.h5", capacity: 1 << 20)
    try file.setAttribute("format_version", 1)
    try writeSteps(into: file)
    try writeNeedles(into: file)
    try writeEvaluations(into: file)
    let bytes = try file.image()
    try file.close()
    return bytes
  }

  private func writeSteps(into file: borrowing HDF5File) throws(HDF5Error) {
    try file.write("/step/step", steps.map { Int64($0.step) })
    try file.write("/step/stage", steps.map { Int64($0.stage) })
    try file.write("/step/tokens", steps.map { Int64($0.tokens) })
    try file.write("/step/loss", steps.map(\.loss))
    try file.write("/step/learning_rate", steps.map(\.learningRate))
    try file.write("/step/gradient_norm", steps.map(\.gradientNorm))
    try file.write("/step/tokens_per_second", steps.map(\.tokensPerSecond))
    try file.write("/step/seconds", steps.map(\.seconds))
    try file.write("/step/wait_seconds", steps.map { $0.waitSeconds ?? .nan })
  }

  private func writeNeedles(into file: borrowing HDF5File) throws(HDF5Error) {
    let (tasks, numbers) = Self.index(needles.map(\.task))
    try file.write("/needle/task", numbers.map { UInt8(clamping: $0) })
    try file.setAttribute("tasks", tasks, at: "/needle")
    try file.write("/needle/step", needles.map { Int64($0.step ?? -1) })
    try file.write("/needle/length", needles.map { Int64($0.length) })
    try file.write("/needle/correct", needles.map { Int64($0.correct) })
    try file.write("/needle/trials", needles.map { Int64($0.trials) })
    try file.write("/needle/depth", needles.map(\.depth))
    try file.write("/needle/score", needles.map(\.score))
    try file.write("/needle/low", needles.map(\.low))
    try file.write("/needle/high", needles.map(\.high))
  }

  private func writeEvaluations(into file: borrowing HDF5File) throws(HDF5Error) {
    let (metrics, numbers) = Self.index(evaluations.map { "\($0.task).\($0.metric)" })
    try file.write("/evaluation/metric", numbers.map { Int32($0) })
    try file.setAttribute("metrics", metrics, at: "/evaluation")
    try file.write("/evaluation/step", evaluations.map { Int64($0.step ?? -1) })
    try file.write("/evaluation/samples", evaluations.map { Int64($0.samples) })
    try file.write("/evaluation/value", evaluations.map(\.value))
    try file.write("/evaluation/low", evaluations.map(\.low))
    try file.write("/evaluation/high", evaluations.map(\.high))
  }

  /// Distinct names in order of appearance, joined by commas, and the place of each name in them.
  private static func index(_ names: [String]) -> (names: String, numbers: [Int]) {
    var places: [String: Int] = [:]
    var distinct: [String] = []
    let numbers = names.map { name in
      if let place = places[name] { return place }
      places[name] = distinct.count
      distinct.append(name)
      return distinct.count - 1
    }
    return (distinct.joined(separator: ","), numbers)
  }
}
