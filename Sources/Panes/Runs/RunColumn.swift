import Support
import Terminal

/// A column of the table of runs: what is shown, sorted by and filtered on.
public enum RunColumn: String, CaseIterable, Sendable {
  case started
  case name
  case status
  case steps
  case tokens
  case loss
  case needle
  case time

  /// Its number for a run, the needle's in per cent; nil for texts and where the run has none.
  func number(_ run: RunSummary) -> Double? {
    switch self {
    case .started, .name, .status: nil
    case .steps: Double(run.steps)
    case .tokens: Double(run.tokens)
    case .loss: run.loss
    case .needle: run.needle.map { $0.score * 100 }
    case .time: run.seconds
    }
  }

  /// Its text for a run, as shown.
  public func text(_ run: RunSummary) -> String {
    switch self {
    case .started: run.when
    case .name: run.name
    case .status: run.status
    case .steps: Format.count(run.steps)
    case .tokens: Format.number(Double(run.tokens))
    case .loss: run.loss.map(Format.number) ?? "—"
    case .needle: run.needle.map { Format.percent($0.score) } ?? "—"
    case .time: Format.duration(run.seconds)
    }
  }
}

/// The order of the table of runs.
public struct RunOrder: Sendable, Equatable {
  /// The column that decides.
  public var column: RunColumn
  /// Whether the largest stands first.
  public var isDescending: Bool

  /// An order; the newest first unless told.
  public init(_ column: RunColumn = .started, isDescending: Bool = true) {
    self.column = column
    self.isDescending = isDescending
  }

  /// The next column, in the direction that puts what people look for first.
  public var next: RunOrder {
    let all = RunColumn.allCases
    let index = all.firstIndex(of: column) ?? 0
    let column = all[(index + 1) % all.count]
    return RunOrder(column, isDescending: ![.name, .status, .loss].contains(column))
  }

  /// The runs in this order; runs without a value come last, equal ones keep their order.
  public func sorted(_ runs: [RunSummary]) -> [RunSummary] {
    runs.enumerated().sorted { first, second in
      guard let isBefore = isBefore(first.element, second.element) else {
        return first.offset < second.offset
      }
      return isBefore
    }.map(\.element)
  }

  /// Whether the first run comes first; nil when the column cannot tell.
  private func isBefore(_ first: RunSummary, _ second: RunSummary) -> Bool? {
    if [.started, .name, .status].contains(column) {
      let (a, b) = (column.text(first), column.text(second))
      return a == b ? nil : (a < b) != isDescending
    }
    switch (column.number(first), column.number(second)) {
    case (nil, nil): return nil
    case (nil, _): return false
    case (_, nil): return true
    case (let a?, let b?):
      if a.isNaN || b.isNaN { return a.isNaN == b.isNaN ? nil : b.isNaN }
      return a == b ? nil : (a < b) != isDescending
    }
  }
}
