public import Corpora
public import Support

/// One key with four values, all of them to be listed (V4).
///
/// The values are asked for in the order of the text, which makes the answer unique; RULER takes any
/// order but must decode token by token for it. Four more numbers belong to other keys, so that listing
/// all numbers fails.
public struct MultiValue: RecallTask {
  /// `multivalue`.
  public static let kind = KindDescription(
    "multivalue",
    "One key with four values far apart, all to be listed in the order of the text, beside four "
      + "other facts. Taught by values.",
    source: "RULER (arXiv:2404.06654), niah_multivalue", settings: RecallGrid.settings)

  private static let values = 4
  private static let decoys = 4

  /// Lengths, depths, trials and seed.
  public var grid: RecallGrid

  /// Takes the grid.
  public init(_ values: SettingsValues) throws { grid = try RecallGrid(values) }
  /// Takes the grid.
  public init(grid: RecallGrid) { self.grid = grid }

  /// Four.
  public func depthsPerSequence(length: Int, wording: any NeedleWording) -> Int { Self.values }

  /// Four facts of one name and four of other names; one question with four answers.
  public func plan(
    depths: [Double], length: Int, wording: any NeedleWording, random: inout RandomStream
  ) -> NeedlePlan {
    let drawn = WorldFact.draw(1 + Self.decoys, random: &random)
    var facts = [drawn[0]]
    while facts.count < Self.values {
      let fact = WorldFacts.draw(name: drawn[0].name, split: .evaluation, random: &random)
      if !facts.contains(fact) { facts.append(fact) }
    }
    // Depths that are not asked for are listed all the same, and not scored.
    let places =
      depths.map { (depth: $0, isAsked: true) }
      + (depths.count..<Self.values).map { _ in (depth: random.uniform(), isAsked: false) }
    let sorted = places.sorted { $0.depth < $1.depth }

    var plan = NeedlePlan()
    let statements = zip(facts, sorted).map { plan.state($0, at: $1.depth, in: wording) }
    for fact in drawn.dropFirst() { plan.state(fact, at: random.uniform(), in: wording) }
    let key = drawn[0].key
    let question = wording.text(
      world: "question : what is "
        + facts.map { "the magic number of \(key) [\($0.value)] . " }.joined(),
      bytes: "\nWhat is the magic number of \(key)?"
        + facts.map { " The magic number of \(key) is: [\($0.value)]." }.joined())
    plan.ask(
      question,
      zip(sorted, statements).map { $0.isAsked ? (key, $0.depth, [$1]) : nil })
    return plan
  }
}
