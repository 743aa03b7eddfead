public import Support

/// A few random names and numbers, repeated to the end: the shortest way to learn copying.
///
/// - SeeAlso: Olsson et al., "In-context learning and induction heads" (arXiv:2209.11895), whose
///   test of induction is a repeated random sequence.
public struct Repeat: WorldKind {
  /// What `describe` says.
  public static let kind = KindDescription(
    "repeat", "5 to 15 random names and numbers, repeated to the end of the row.",
    source: "after the induction test of Olsson et al., arXiv:2209.11895")

  /// Builds it from checked settings.
  public init(_ values: SettingsValues) {}

  /// Exactly `limit` tokens; all after the first round are recall.
  public func document(
    limit: Int, split: CorpusSplit, random: inout RandomStream
  ) -> Document {
    let count = min(random.integer(in: 5...15), max(1, limit / 2))
    var round = Self.draw(count, &random)
    // A name before two chunks reads as a fact; it may not be one of the other split.
    while Self.holdsFact(round, notOf: split) { round = Self.draw(count, &random) }
    var document = Document()
    document.tokens = (0..<limit).map { round[$0 % count] }
    document.roles = (0..<limit).map { $0 < count ? .text : .recall }
    return document
  }

  private static func draw(_ count: Int, _ random: inout RandomStream) -> [Int32] {
    let names = WorldVocabulary.names
    let numbers = WorldVocabulary.numbers
    return (0..<count).map { _ in
      let choice = random.below(names.count + numbers.count)
      return choice < names.count ? names.token(choice) : numbers.token(choice - names.count)
    }
  }

  private static func holdsFact(_ round: [Int32], notOf split: CorpusSplit) -> Bool {
    round.indices.contains { index in
      let next = round[(index + 1) % round.count]
      let last = round[(index + 2) % round.count]
      guard
        let fact = WorldFacts.read(round[index], next, last)
      else { return false }
      return WorldFacts.split(of: fact) != split
    }
  }
}
