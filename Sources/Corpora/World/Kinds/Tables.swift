public import Support

/// Tables whose rows hold facts; the queries follow a table.
public struct Tables: WorldKind {
  /// What `describe` says.
  public static let kind = KindDescription(
    "tables", "Tables of 100 to 400 tokens; rows hold facts, queries follow a table.",
    settings: [FactDensity.setting])

  private static let caption = WorldVocabulary.tokens("table of the")
  private static let header = WorldVocabulary.tokens(": \n | name | object | place | \n")
  private static let bar = WorldVocabulary.token("|")
  private static let lineBreak = WorldVocabulary.token("\n")
  /// Tokens of caption with header, of a plain row, and of a row that states a fact.
  private static let captionTokens = caption.count + 1 + header.count
  private static let rowTokens = 9
  private static let factRowTokens = 11

  private let density: Double

  /// Builds it from checked settings.
  public init(_ values: SettingsValues) {
    density = FactDensity.of(values)
  }

  /// A document of at most `limit` tokens.
  public func document(
    limit: Int, split: CorpusSplit, random: inout RandomStream
  ) -> Document {
    let size = min(limit, random.integer(in: 100...400))
    let tables = max(1, size / 150)
    let captions = tables * Self.captionTokens
    // A row with a fact takes a few tokens more than a fact in prose.
    let more = Self.factRowTokens - FactForm.prose.factTokens
    let plan = FactPlan(
      density: density, limit: size, row: limit, form: .prose, split: split, random: &random
    ) { $0 >= captions }
    let facts = plan.facts.prefix((size - captions - plan.tokens) / more)
    let taken = facts.reduce(captions) {
      $0 + Self.factRowTokens + FactForm.prose.queryTokens(restated: $1.isRestated)
    }
    let plainRows = max(0, size - taken) / Self.rowTokens

    var rows = [[PlannedFact?]](repeating: [], count: tables)
    var queries = [[PlannedFact]](repeating: [], count: tables)
    for _ in 0..<plainRows { rows[random.below(tables)].append(nil) }
    for planned in facts {
      let place = random.below(tables)
      rows[place].append(planned)
      queries[random.integer(in: place...tables - 1)].append(planned)
    }
    var document = Document()
    for table in 0..<tables {
      document.append(Self.caption + [Self.word(WorldVocabulary.places, &random)] + Self.header)
      for row in rows[table].shuffled(using: &random) { append(row, to: &document, &random) }
      for planned in queries[table].shuffled(using: &random) {
        document.append(query: planned, form: .prose)
      }
    }
    return document
  }

  private func append(
    _ planned: PlannedFact?, to document: inout Document, _ random: inout RandomStream
  ) {
    let head =
      planned.map { [$0.fact.nameToken] + $0.fact.valueTokens }
      ?? [Self.word(WorldVocabulary.persons, &random)]
    document.append([Self.bar] + head + [Self.bar])
    document.append([
      Self.word(WorldVocabulary.adjectives, &random), Self.word(WorldVocabulary.objects, &random),
      Self.bar, Self.word(WorldVocabulary.places, &random), Self.bar, Self.lineBreak,
    ])
  }

  private static func word(_ range: WordRange, _ random: inout RandomStream) -> Int32 {
    range.token(random.below(range.count))
  }
}
