import Support

/// Puts facts and their queries between the sentences of a text.
///
/// A fact stands at a uniformly random place, its query at a uniformly random place after it; the
/// sentences of the text keep their order and are spread evenly.
enum FactWeaver {
  /// Puts facts and queries between the sentences.
  ///
  /// With `title` the first sentence is a title, which nothing may precede.
  static func weave(
    _ text: SentenceList, _ plan: FactPlan, form: FactForm, title: Bool = false,
    random: inout RandomStream
  ) -> Document {
    // Facts come before their queries, so that a fact precedes its query even at equal places.
    var facts: [(place: Double, piece: Document)] = []
    var queries: [(place: Double, piece: Document)] = []
    for planned in plan.facts {
      let place = random.uniform()
      facts.append((place, Document(stating: planned.fact, form: form)))
      var query = Document()
      query.append(query: planned, form: form)
      queries.append((place + (1 - place) * random.uniform(), query))
    }
    return weave(text, facts + queries, title: title)
  }

  /// Puts pieces with places of 0 to 1 between the sentences of a text.
  ///
  /// The number breaks ties: sentences first, then pieces in their order.
  static func weave(
    _ text: SentenceList, _ pieces: [(place: Double, piece: Document)], title: Bool = false
  ) -> Document {
    let sentences = text.count
    let places =
      (0..<sentences).map { index in
        title && index == 0 ? -1 : (Double(index) + 0.5) / Double(sentences)
      } + pieces.map(\.place)
    let order = places.indices.sorted { (places[$0], $0) < (places[$1], $1) }
    var document = Document()
    let count = pieces.reduce(text.tokens.count) { $0 + $1.piece.tokens.count }
    document.tokens.reserveCapacity(count)
    document.roles.reserveCapacity(count)
    for number in order {
      if number < sentences {
        document.append(text.sentence(number))
      } else {
        document.tokens += pieces[number - sentences].piece.tokens
        document.roles += pieces[number - sentences].piece.roles
      }
    }
    return document
  }

  /// Puts the facts alone between the sentences; their queries come elsewhere.
  static func weave(
    _ text: SentenceList, facts: [PlannedFact], random: inout RandomStream
  ) -> Document {
    var before = [[PlannedFact]](repeating: [], count: text.count + 1)
    for planned in facts { before[random.below(text.count + 1)].append(planned) }
    var document = Document()
    for index in 0...text.count {
      for planned in before[index] { document.append(planned.fact, form: .prose) }
      if index < text.count { document.append(text.sentence(index)) }
    }
    return document
  }
}
