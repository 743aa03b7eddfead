public import Corpora
public import Support

/// Counting over a table: how many of its rows have a value, when the rows stand anywhere in it.
///
/// The table is the whole text, so there is one cell at each length. An answer is a small number and
/// a blind guess often right: compare with the chance that is reported beside it.
public struct TableCount: RecallTask {
  /// `count`.
  public static let kind = KindDescription(
    "count",
    "A table over the whole text; how many of its rows have a place, 1 to `most`. Taught by "
      + "counts.",
    source: "after InfiniteBench (arXiv:2402.13718) and LongSkywork's tables (arXiv:2406.00605)",
    settings: RecallGrid.settings + [
      Setting(
        "most", .integer(2...9), default: .integer(defaultMost),
        help: "The largest count; a blind guess is right once in so many.")
    ])

  private static let defaultMost = 5
  /// Places that are asked for in a sequence.
  private static let asked = 2

  /// Lengths, depths, trials and seed.
  public var grid: RecallGrid
  private let most: Int

  /// Takes the grid and the largest count.
  public init(_ values: SettingsValues) throws {
    grid = try RecallGrid(values)
    most = values.integer("most") ?? Self.defaultMost
  }

  /// Takes the grid; counts up to five.
  public init(grid: RecallGrid) {
    self.grid = grid
    most = Self.defaultMost
  }

  /// The middle: rows that count stand at every depth.
  public var depthFractions: [Double] { [0.5] }

  /// One.
  public func depthsPerSequence(length: Int, wording: any NeedleWording) -> Int { 1 }

  /// A caption, the rows that count at random places, and two questions.
  public func plan(
    depths: [Double], length: Int, wording: any NeedleWording, random: inout RandomStream
  ) -> NeedlePlan {
    let places = WorldWords.places.shuffled(using: &random)
    let caption = places[0]
    let asked = places.dropFirst()
      .filter { Counts.split(counting: $0, under: caption) == .evaluation }.prefix(Self.asked)
    var plan = NeedlePlan()
    plan.state(
      wording.tokens(
        world: "table of the \(caption) : \n | name | object | place | \n",
        bytes: "Table of the \(caption):\n| name | object | place |\n"), at: 0)
    plan.candidates = (1...most).map { answer($0, wording) }
    for place in asked {
      let count = random.integer(in: 1...most)
      let evidence = (0..<count).map { _ in
        let row = Self.row(place, wording, &random)
        return plan.state(row, at: random.uniform())
      }
      plan.ask(
        wording.text(
          world: "question : count the \(place) [0\(count)] .",
          bytes: "How many rows have \(place)? [\(count)].\n"),
        [(place, depths[0], evidence)])
    }
    let others = places.filter { !asked.contains($0) }
    plan.filler = { tokens, random in
      var rows: [Int32] = []
      while true {
        let row = Self.row(random.pick(others), wording, &random)
        guard rows.count + row.count <= tokens else { return rows }
        rows += row
      }
    }
    return plan
  }

  private func answer(_ count: Int, _ wording: any NeedleWording) -> [Int32] {
    wording.tokens(world: "0\(count)", bytes: "\(count)")
  }

  private static func row(
    _ place: String, _ wording: any NeedleWording, _ random: inout RandomStream
  ) -> [Int32] {
    let person = random.pick(WorldWords.persons)
    let thing = random.pick(WorldWords.adjectives) + " " + random.pick(WorldWords.objects)
    return wording.tokens(
      world: "| \(person) | \(thing) | \(place) | \n",
      bytes: "| \(person) | \(thing) | \(place) |\n")
  }
}
