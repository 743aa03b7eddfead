public import Corpora
public import Support

/// Four keys asked for in one question (Q4).
///
/// Each answer restates its key, in the order of the question. Four more facts are not asked for.
public struct MultiQuery: RecallTask {
  /// `multiquery`.
  public static let kind = KindDescription(
    "multiquery",
    "Four keys in one question, answered one after the other, beside four other facts. The answers "
      + "are restated facts, which every world document with facts teaches.",
    source: "RULER (arXiv:2404.06654), niah_multiquery", settings: RecallGrid.settings)

  private static let asked = 4
  private static let decoys = 4

  /// Lengths, depths, trials and seed.
  public var grid: RecallGrid

  /// Takes the grid.
  public init(_ values: SettingsValues) throws { grid = try RecallGrid(values) }
  /// Takes the grid.
  public init(grid: RecallGrid) { self.grid = grid }

  /// Four.
  public func depthsPerSequence(length: Int, wording: any NeedleWording) -> Int { Self.asked }

  /// Eight facts; one question for four of them, in random order.
  public func plan(
    depths: [Double], length: Int, wording: any NeedleWording, random: inout RandomStream
  ) -> NeedlePlan {
    let facts = WorldFact.draw(Self.asked + Self.decoys, random: &random)
    var plan = NeedlePlan()
    let places = facts.indices.map { $0 < depths.count ? depths[$0] : random.uniform() }
    let statements = facts.indices.map { plan.state(facts[$0], at: places[$0], in: wording) }
    // Depths that are not wanted are asked for all the same, and not scored.
    let order = Array(0..<Self.asked).shuffled(using: &random)
    let keys = order.map { facts[$0].key }
    let list = keys.dropLast().joined(separator: " , ") + " and " + (keys.last ?? "")
    let question = wording.text(
      world: "question : what is the magic number of \(list) ? "
        + order.map { "the magic number of \(facts[$0].key) [\(facts[$0].value)] . " }.joined(),
      bytes: "\nWhat is the magic number of \(list.replacing(" , ", with: ", "))?"
        + order.map { " The magic number of \(facts[$0].key) is: [\(facts[$0].value)]." }.joined())
    plan.ask(
      question,
      order.map { $0 < depths.count ? (facts[$0].key, depths[$0], [statements[$0]]) : nil })
    return plan
  }
}
