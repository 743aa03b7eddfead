public import Support

/// Tables, and questions how many of their rows have a place.
///
/// Which places are asked for under which caption belongs to a split, so that an evaluation never
/// asks what a training has asked.
public struct Counts: WorldKind {
  /// What `describe` says.
  public static let kind = KindDescription(
    "counts",
    "Tables of any length up to the row's, each with a few questions how many rows have a place; "
      + "teaches count.",
    source: "after InfiniteBench (arXiv:2402.13718) and LongSkywork's tables (arXiv:2406.00605)",
    settings: [
      Setting(
        "most", .integer(2...9), default: .integer(5), help: "The largest count.",
        applies: .nextStage)
    ])

  private static let caption = WorldVocabulary.tokens("table of the")
  private static let header = WorldVocabulary.tokens(": \n | name | object | place | \n")
  private static let question = WorldVocabulary.tokens("question : count the")
  private static let bar = WorldVocabulary.token("|")
  private static let lineBreak = WorldVocabulary.token("\n")
  private static let captionTokens = caption.count + 1 + header.count
  private static let questionTokens = question.count + 3
  private static let rowTokens = 9
  private static let shortest = 64
  private static let mostQuestions = 3

  private let most: Int

  /// Builds it from checked settings.
  public init(_ values: SettingsValues) {
    most = values.integer("most") ?? 5
  }

  /// The split that a question for a place belongs to, in a table with a caption: a fixed hash.
  public static func split(counting place: String, under caption: String) -> CorpusSplit {
    StableHash.mix(StableHash.fnv1a("\(caption)/\(place)")) % 5 == 0 ? .evaluation : .training
  }

  /// A document of at most `limit` tokens.
  public func document(
    limit: Int, split: CorpusSplit, random: inout RandomStream
  ) -> Document {
    // Halved a random number of times: short tables are where counting is learnt first.
    var size = limit
    while size > 2 * Self.shortest, random.chance(0.5) { size /= 2 }
    size -= random.below(max(1, size / 4))
    let places = WorldWords.places.shuffled(using: &random)
    let fitting = places.dropFirst().filter { Self.split(counting: $0, under: places[0]) == split }
    let questions = random.integer(in: 1...Self.mostQuestions)
    let asked = Array(fitting.prefix(questions))
    let others = places.filter { !asked.contains($0) }

    let taken = Self.captionTokens + asked.count * Self.questionTokens
    let rows = max(asked.count, (size - taken) / Self.rowTokens)
    var counts: [Int] = []
    for index in asked.indices {
      let free = rows - counts.reduce(0, +) - (asked.count - index - 1)
      counts.append(random.integer(in: 1...max(1, min(most, free))))
    }
    var cells = zip(asked, counts).flatMap { Array(repeating: $0, count: $1) }
    while cells.count < rows { cells.append(random.pick(others)) }

    var document = Document()
    document.append(Self.caption + [WorldVocabulary.token(places[0])] + Self.header)
    for place in cells.shuffled(using: &random) { document.append(Self.row(place, &random)) }
    for (place, count) in zip(asked, counts) {
      document.append(Self.question + [WorldVocabulary.token(place)])
      document.tokens.append(WorldVocabulary.numbers.token(count))
      document.roles.append(.answer)
      document.append(WorldVocabulary.tokens("."))
    }
    return document.cut(to: limit)
  }

  private static func row(_ place: String, _ random: inout RandomStream) -> [Int32] {
    func word(_ range: WordRange) -> Int32 { range.token(random.below(range.count)) }
    return [bar, word(WorldVocabulary.persons), bar, word(WorldVocabulary.adjectives)]
      + [word(WorldVocabulary.objects), bar, WorldVocabulary.token(place), bar, lineBreak]
  }
}
