import Recipes
import Records
import Support
import Terminal

/// Runs side by side: the fields in which they differ, and what each had reached when all had spent
/// the same.
public struct RunComparison: Sendable {
  /// A field of the recipes that is not the same in all runs.
  public struct FieldRow: Sendable, Equatable {
    /// Its key path.
    public let path: String
    /// Its value in each run as a recipe writes it; empty where the run has no such field.
    public let texts: [String]
  }

  /// A figure of each run at the point of comparison.
  public struct ResultRow: Sendable, Equatable {
    /// What is measured.
    public let name: String
    /// The unit; empty for shares and counts.
    public let unit: String
    /// Whether the figures are shares from 0 to 1.
    public let isShare: Bool
    /// The figures; nil where the run has none.
    public let values: [Double?]
    /// 95 % intervals of the figures; nil where there is none.
    public let intervals: [ClosedRange<Double>?]

    /// A figure as shown.
    public func text(_ index: Int) -> String {
      guard let value = values[index] else { return "—" }
      if isShare { return Format.percent(value) }
      return unit == "s" ? Format.duration(value) : Format.number(value)
    }

    /// The difference to the first run as shown; empty where there is none.
    public func change(_ index: Int) -> String {
      guard index > 0, let value = values[index], let first = values[0], value != first else {
        return ""
      }
      let change = value - first
      let size =
        isShare
        ? Format.fixed(change * 100, 1)
        : unit == "s" ? Format.duration(change) : Format.number(change)
      return change > 0 ? "+" + size : size
    }

    /// Whether the intervals of a run and the first one do not overlap.
    public func isClear(_ index: Int) -> Bool {
      guard index > 0, let here = intervals[index], let first = intervals[0] else { return false }
      return !here.overlaps(first)
    }
  }

  /// What is equal at the point of comparison.
  public let budget: Budget
  /// How much of it every run had spent; nil at the end of each run.
  public let common: Double?
  /// Names of the runs.
  public let names: [String]
  /// The fields that differ, in the order of the recipes.
  public let fields: [FieldRow]
  /// How many fields are the same in all runs.
  public let equalFields: Int
  /// What each run had reached.
  public let results: [ResultRow]
  /// The runs.
  public let runs: [PastRun]

  /// Compares runs; a run that does not know its FLOPs makes `flops` compare at the end.
  public init(_ runs: [PastRun], at budget: Budget) {
    self.runs = runs
    self.budget = budget
    names = Self.names(runs)
    let spent = runs.map { $0.history.spent(budget) }
    common =
      budget == .end || spent.contains { $0 == nil } ? nil : spent.compactMap(\.self).min()
    let rows = Self.rows(runs)
    fields = rows.filter { row in row.texts.contains { $0 != row.texts[0] } }
    equalFields = rows.count - fields.count
    let limit = common
    let points = runs.map { run -> Int? in
      guard let limit else { return run.history.loss.raw.count - 1 }
      return run.history.index(spending: limit, of: budget)
    }
    results = Self.results(runs, points)
  }

  /// Difference of the smoothed loss of a run to the first one over the spent budget, in nats.
  ///
  /// - Parameters:
  ///   - index: the run.
  ///   - columns: how many values.
  /// - Returns: one value for each equal stretch of the common budget; nil where a run has none.
  public func lossDifference(_ index: Int, columns: Int) -> [Double?] {
    let along = budget == .end ? Budget.steps : budget
    let ends = [runs[0], runs[index]].compactMap { $0.history.spent(along) }
    guard ends.count == 2, let end = ends.min(), end > 0, columns > 0 else { return [] }
    return (1...columns).map { column in
      let at = end * Double(column) / Double(columns)
      func loss(_ run: PastRun) -> Double? {
        run.history.index(spending: at, of: along).map { run.history.loss.smooth.values[$0] }
      }
      guard let first = loss(runs[0]), let other = loss(runs[index]) else { return nil }
      return other - first
    }
  }

  /// Names of the runs; their folders where two are called the same.
  private static func names(_ runs: [PastRun]) -> [String] {
    let names = runs.map(\.summary.name)
    guard Set(names).count < names.count else { return names }
    return runs.map { run in
      run.summary.path.split(separator: "/").last.map(String.init) ?? run.summary.name
    }
  }

  /// Every field of any run but the name, which stands above the columns.
  private static func rows(_ runs: [PastRun]) -> [FieldRow] {
    var paths: [String] = []
    var seen: Set<String> = ["name"]
    for field in runs.flatMap(\.summary.fields) where seen.insert(field.path).inserted {
      paths.append(field.path)
    }
    let tables = runs.map { run in
      Dictionary(run.summary.fields.map { ($0.path, $0.text) }) { first, _ in first }
    }
    return paths.map { path in FieldRow(path: path, texts: tables.map { $0[path] ?? "" }) }
  }

  private static func results(_ runs: [PastRun], _ points: [Int?]) -> [ResultRow] {
    func row(
      _ name: String, _ unit: String, isShare: Bool = false,
      _ figure: (RunHistory, Int) -> (value: Double, interval: ClosedRange<Double>?)?
    ) -> ResultRow? {
      let found = zip(runs, points).map { run, point in
        point.flatMap { $0 < 0 ? nil : figure(run.history, $0) }
      }
      guard found.contains(where: { $0 != nil }) else { return nil }
      return ResultRow(
        name: name, unit: unit, isShare: isShare, values: found.map { $0?.value },
        intervals: found.map { $0?.interval })
    }
    func plain(_ name: String, _ unit: String, _ budget: Budget) -> ResultRow? {
      row(name, unit) { history, index in history.spent(budget, at: index).map { ($0, nil) } }
    }
    // What came of it first, then what it took: where there is little room, the last rows are hidden.
    var rows = [
      row("loss", "nats") { history, index in (history.loss.smooth.values[index], nil) }
    ]
    for title in distinct(runs.flatMap { $0.history.figures.map(\.title) }) {
      rows.append(
        row("held-out " + title, "") { history, index in
          let step = history.loss.raw.positions[index]
          return history.figures.last { $0.title == title && Double($0.step ?? 0) <= step }
            .map { ($0.value, $0.low <= $0.high ? $0.low...$0.high : nil) }
        })
    }
    let target = runs.compactMap(\.target).min()
    for task in distinct(runs.flatMap { $0.history.evaluations.map(\.task) }) {
      func needle(_ name: String, _ include: @escaping (NeedleRecord) -> Bool) {
        rows.append(
          row("needle \(task) \(name)", "", isShare: true) { history, index in
            let step = history.loss.raw.positions[index]
            let total = history.evaluations
              .last { $0.task == task && Double($0.step ?? 0) <= step }?.total(where: include)
            guard let total, total.trials > 0 else { return nil }
            let share = Proportion(total.correct, of: total.trials)
            return (share.score, share.low...share.high)
          })
      }
      guard let target else {
        needle("all") { _ in true }
        continue
      }
      needle("≤ \(Format.tokens(target))") { $0.length <= target }
      needle("at \(Format.tokens(target))") { $0.length == target }
    }
    rows += [
      plain("steps", "", .steps), plain("tokens", "", .tokens), plain("compute", "FLOP", .flops),
      plain("time", "s", .time),
    ]
    return rows.compactMap(\.self)
  }

  private static func distinct(_ names: [String]) -> [String] {
    var seen = Set<String>()
    return names.filter { seen.insert($0).inserted }
  }
}
