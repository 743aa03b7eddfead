public import Corpora
public import Support

/// Chains of names that share a number: only following the chain tells it.
///
/// RULER asks for all names of a number in a text with one chain, which listing every name solves;
/// here at least two chains stand in the text and the last name of one is asked for its number.
public struct VariableTracking: RecallTask {
  /// `tracking`.
  public static let kind = KindDescription(
    "tracking",
    "Chains of names with one number at their head; the last name's number is asked for. Taught "
      + "by chains.",
    source: "after RULER (arXiv:2404.06654), vt",
    settings: RecallGrid.settings + [
      Setting(
        "hops", .integer(1...8), default: .integer(defaultHops),
        help: "Names to follow from the one asked for to the one with the number.")
    ])

  private static let defaultHops = 2
  private static let mostChains = 4

  /// Lengths, depths, trials and seed.
  public var grid: RecallGrid
  private let hops: Int

  /// Takes the grid and the hops.
  public init(_ values: SettingsValues) throws {
    grid = try RecallGrid(values)
    hops = values.integer("hops") ?? Self.defaultHops
  }

  /// Takes the grid; two hops.
  public init(grid: RecallGrid) {
    self.grid = grid
    hops = Self.defaultHops
  }

  /// Up to four chains that take half of the sequence.
  public func depthsPerSequence(length: Int, wording: any NeedleWording) -> Int {
    let chain = wording.typicalTokens * (2 + hops) / 2
    return max(1, min(Self.mostChains, length / 2 / chain))
  }

  /// A chain for each depth, where its head stands, and a chain more when there would be one.
  public func plan(
    depths: [Double], length: Int, wording: any NeedleWording, random: inout RandomStream
  ) -> NeedlePlan {
    let chains = max(2, depths.count)
    let names = WorldFact.draw(chains * (hops + 1), random: &random)
    var plan = NeedlePlan()
    for chain in 0..<chains {
      let isAsked = chain < depths.count
      let depth = isAsked ? depths[chain] : random.uniform()
      let members = Array(names[chain * (hops + 1)..<(chain + 1) * (hops + 1)])
      let last = WorldFacts.draw(
        name: members[hops].name, sharedWith: members[0].name, split: .evaluation, random: &random)
      let head = WorldFact(name: members[0].name, first: last.first, second: last.second)
      var evidence = [plan.state(head, at: depth, in: wording)]
      let places = (0..<hops).map { _ in depth + (1 - depth) * random.uniform() }.sorted()
      for hop in 0..<hops {
        let (from, to) = (members[hop].key, members[hop + 1].key)
        let text = wording.tokens(
          world: "the magic number of \(to) is that of \(from) .",
          bytes: "The magic number of \(to) is that of \(from).")
        evidence.append(plan.state(text, at: places[hop]))
      }
      if isAsked { plan.ask(wording.question(last), [(last.key, depth, evidence)]) }
    }
    return plan
  }
}
