public import Corpora
public import Support

/// Key-value recall among as many pairs as fit: JSON in bytes, keys of a code file in words.
public struct KeyValueRecall: RecallTask {
  /// `json`.
  public static let kind = KindDescription(
    "json",
    "JSON objects of one key each (in the miniature world `key NAME number;` as in a code file), as "
      + "many as fit up to 250, then stories; some keys are asked for. Taught by code.",
    source: "after HELMET (arXiv:2410.02694), json_kv", settings: RecallGrid.settings)

  private static let mostPairs = 250

  /// Lengths, depths, trials and seed.
  public var grid: RecallGrid

  /// Takes the grid.
  public init(_ values: SettingsValues) throws { grid = try RecallGrid(values) }
  /// Takes the grid.
  public init(grid: RecallGrid) { self.grid = grid }

  /// As many as `keyed` asks for.
  public func depthsPerSequence(length: Int, wording: any NeedleWording) -> Int {
    KeyedNeedles(grid: grid).depthsPerSequence(length: length, wording: wording)
  }

  /// An object at each depth and a question for it; the other objects stand evenly between.
  public func plan(
    depths: [Double], length: Int, wording: any NeedleWording, random: inout RandomStream
  ) -> NeedlePlan {
    let facts = WorldFact.draw(Self.mostPairs, random: &random)
    let texts = facts.map { object($0, wording) }
    var plan = NeedlePlan()
    var left = length - wording.leastHaystack
    for (index, depth) in depths.enumerated() {
      let question = question(facts[index], wording)
      let place = plan.state(texts[index].tokens, at: depth)
      plan.ask(question, [(facts[index].key, depth, [place])])
      left -= texts[index].tokens.count + 1 + question.tokens.count
    }
    var decoys = texts.dropFirst(depths.count).prefix { text in
      left -= text.tokens.count + 1
      return left >= 0
    }[...]
    let count = decoys.count
    for place in 0..<count {
      guard let text = decoys.popFirst() else { break }
      plan.state(text.tokens, at: (Double(place) + 0.5) / Double(count))
    }
    plan.candidates = texts.prefix(depths.count + count).flatMap { text in
      text.answers.map { Array(text.tokens[$0]) }
    }
    return plan
  }

  private func object(_ fact: WorldFact, _ wording: any NeedleWording) -> NeedleText {
    wording.text(
      world: "key \(fact.key) [\(fact.value)] ;", bytes: "{\"\(fact.key)\": [\(fact.value)]}")
  }

  private func question(_ fact: WorldFact, _ wording: any NeedleWording) -> NeedleText {
    wording.text(
      world: "assert \(fact.key) [\(fact.value)] ;",
      bytes: "\nQuestion: {\"\(fact.key)\": [\(fact.value)]}")
  }
}
