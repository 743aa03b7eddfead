public import Records
public import Support

/// The needle cells of one evaluation as a table of context length by depth, ready to be drawn.
///
/// Lengths run left to right, depths top (start of the context) to bottom (its end). A cell that was
/// not run is drawn as such, never as a zero. Values are fixed to 0 ... 100 %, so that two maps
/// compare by eye.
public struct Heatmap: Picture, Equatable {
  /// What the map shows, one line.
  public var title: String
  /// Model, step and trials, one line.
  public var subtitle: String
  /// Where the numbers come from (checkpoint, recipe, seed), for the caption of figures.
  public var source: String
  /// Context lengths, in tokens, ascending: the columns.
  public let lengths: [Int]
  /// Places of the needle, 0 (start) to 1 (end), ascending: the rows.
  public let depths: [Double]
  /// Context that the model was trained on, in tokens.
  public var trainedContext: Int?
  /// Context that the training aims at, in tokens.
  public var targetContext: Int?
  /// What the map is held against, so that cells show signed differences; nil shows the map alone.
  public var reference: Reference?
  /// The cells that were run, by column, then by row.
  public let records: [NeedleRecord]
  private let table: [Int?]

  /// A map of needle cells.
  ///
  /// - Parameters:
  ///   - cells: the cells; when one was measured several times the last counts. Cells of another
  ///     task than the first one's are left out.
  ///   - title: what is shown; made from the task when nil.
  ///   - subtitle: model, step and trials; made from the cells when nil.
  ///   - source: where the numbers come from, for the caption of figures.
  ///   - lengths: columns that are to stand even while no cell of theirs has been run.
  ///   - depths: rows that are to stand even while no cell of theirs has been run.
  ///   - trainedContext: context that the model was trained on, in tokens.
  ///   - targetContext: context that the training aims at, in tokens.
  public init(
    _ cells: [NeedleRecord], title: String? = nil, subtitle: String? = nil, source: String = "",
    lengths: [Int] = [], depths: [Double] = [], trainedContext: Int? = nil,
    targetContext: Int? = nil
  ) {
    let shown = cells.filter { $0.task == cells[0].task }
    self.lengths = Set(lengths + shown.map(\.length)).sorted()
    self.depths = Self.distinct(depths + shown.map(\.depth))
    var latest = [NeedleRecord?](repeating: nil, count: self.lengths.count * self.depths.count)
    for cell in shown {
      guard let column = self.lengths.firstIndex(of: cell.length),
        let row = self.depths.firstIndex(where: { Self.isSame($0, cell.depth) })
      else { continue }
      latest[column * self.depths.count + row] = cell
    }
    records = latest.compactMap { $0 }
    var next = 0
    table = latest.map { cell in
      guard cell != nil else { return nil }
      next += 1
      return next - 1
    }
    self.title = title ?? Self.title(task: shown.first?.task)
    self.source = source
    self.trainedContext = trainedContext
    self.targetContext = targetContext
    self.subtitle = ""
    self.subtitle = subtitle ?? Self.subtitle(of: records)
  }

  /// The cell in a column and a row; nil when it was not run.
  public func cell(column: Int, row: Int) -> NeedleRecord? {
    table[column * depths.count + row].map { records[$0] }
  }

  /// The share of right answers of all trials of a column.
  public func mean(column: Int) -> Proportion {
    Self.pooled(depths.indices.compactMap { cell(column: column, row: $0) })
  }

  /// The share of right answers of all trials of a row.
  public func mean(row: Int) -> Proportion {
    Self.pooled(lengths.indices.compactMap { cell(column: $0, row: row) })
  }

  /// The share of right answers of all trials.
  public var mean: Proportion { Self.pooled(records) }

  /// The first column beyond the trained context; nil when there is none or nothing is known.
  var firstUntrainedColumn: Int? {
    trainedContext.flatMap { trained in lengths.firstIndex { $0 > trained } }
  }

  /// The first column beyond the target context, or the end when the target is the last length; nil
  /// when the target lies beyond every column.
  var firstColumnAfterTarget: Int? {
    guard let target = targetContext, let last = lengths.last, target <= last else { return nil }
    return lengths.firstIndex { $0 > target } ?? lengths.count
  }

  private static func pooled(_ cells: [NeedleRecord]) -> Proportion {
    Proportion(cells.reduce(0) { $0 + $1.correct }, of: cells.reduce(0) { $0 + $1.trials })
  }

  private static func isSame(_ first: Double, _ second: Double) -> Bool {
    abs(first - second) < 1e-6
  }

  private static func distinct(_ depths: [Double]) -> [Double] {
    depths.sorted().reduce(into: []) { kept, depth in
      if let last = kept.last, isSame(last, depth) { return }
      kept.append(depth)
    }
  }

  private static func title(task: String?) -> String {
    switch task {
    case "keyed": "Needle in a haystack, keyed questions"
    case "single": "Needle in a haystack, single needle"
    case let other?: "Needle in a haystack, \(other)"
    case nil: "Needle in a haystack"
    }
  }

  private static func subtitle(of cells: [NeedleRecord]) -> String {
    let steps = Set(cells.compactMap(\.step)).sorted()
    var parts: [String] = []
    if let first = steps.first, let last = steps.last {
      parts.append(first == last ? "step \(first)" : "steps \(first) to \(last)")
    }
    if !cells.isEmpty { parts.append(trials(of: cells)) }
    return parts.joined(separator: ", ")
  }

  /// How many trials each cell had, in words.
  private static func trials(of cells: [NeedleRecord]) -> String {
    let counts = cells.map(\.trials)
    let least = counts.min() ?? 0
    let most = counts.max() ?? 0
    if least == most { return "\(least) \(least == 1 ? "trial" : "trials") a cell" }
    return "\(least) to \(most) trials a cell"
  }
}
