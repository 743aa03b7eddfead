public import Support

/// A fact of the miniature world: a name and its magic number.
public struct WorldFact: Sendable, Equatable, Hashable {
  /// The key, 0 ..< 300.
  public let name: Int
  /// The first two digits of the number, 0 ..< 100.
  public let first: Int
  /// The last two digits of the number, 0 ..< 100.
  public let second: Int

  /// A fact by its numbers.
  public init(name: Int, first: Int, second: Int) {
    self.name = name
    self.first = first
    self.second = second
  }

  /// The key's token.
  public var nameToken: Int32 { WorldVocabulary.names.token(name) }
  /// The two tokens of the number.
  public var valueTokens: [Int32] {
    [WorldVocabulary.numbers.token(first), WorldVocabulary.numbers.token(second)]
  }
}

/// Decides which facts belong to evaluation.
///
/// A fixed hash of the fact decides, about one in ten: no list, no seed, no state. Generators of
/// training data draw again until a fact is theirs, so that no evaluation ever asks for a fact that
/// a model may have learnt by heart.
public enum WorldFacts {
  /// True for a fact that training never sees.
  public static func isEvaluation(_ fact: WorldFact) -> Bool {
    let number = UInt64((fact.name * 100 + fact.first) * 100 + fact.second)
    return StableHash.mix(number ^ 0x6E65_6564_6C65) % 10 == 0
  }

  /// The split that a fact belongs to.
  public static func split(of fact: WorldFact) -> CorpusSplit {
    isEvaluation(fact) ? .evaluation : .training
  }

  /// A uniformly drawn fact of a split about the given name.
  public static func draw(
    name: Int, split: CorpusSplit, random: inout RandomStream
  ) -> WorldFact {
    while true {
      let value = random.below(10_000)
      let fact = WorldFact(name: name, first: value / 100, second: value % 100)
      if self.split(of: fact) == split { return fact }
    }
  }

  /// A uniformly drawn fact of a split about the given name whose number begins with `first`.
  ///
  /// - Returns: nil when the split has none, as may be among the few facts of the evaluation.
  static func draw(
    name: Int, first: Int, split: CorpusSplit, random: inout RandomStream
  ) -> WorldFact? {
    (0..<100).map { WorldFact(name: name, first: first, second: $0) }
      .filter { self.split(of: $0) == split }.randomElement(using: &random)
  }

  /// A uniformly drawn fact whose number is of the split for this name and for another one.
  public static func draw(
    name: Int, sharedWith other: Int, split: CorpusSplit, random: inout RandomStream
  ) -> WorldFact {
    while true {
      let fact = draw(name: name, split: split, random: &random)
      let shared = WorldFact(name: other, first: fact.first, second: fact.second)
      if self.split(of: shared) == split { return fact }
    }
  }

  /// The fact that three neighbouring tokens state, or nil when they are no name and number.
  public static func read(_ name: Int32, _ first: Int32, _ second: Int32) -> WorldFact? {
    let numbers = WorldVocabulary.numbers
    guard
      WorldVocabulary.names.contains(name), numbers.contains(first), numbers.contains(second)
    else { return nil }
    return WorldFact(
      name: Int(name - WorldVocabulary.names.first), first: Int(first - numbers.first),
      second: Int(second - numbers.first))
  }
}
