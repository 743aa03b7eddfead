import Support

/// Something that happened to a person of a book, as a sentence and as a detail to ask for.
struct LifeEvent: Sendable {
  enum Kind: Sendable, CaseIterable {
    case number, born, lived, found, made, met
  }

  let kind: Kind
  /// The sentence that tells it.
  let sentence: [Int32]
  /// The question for its detail, up to the reply.
  let question: [Int32]
  /// The detail, with the full stop.
  let reply: [Int32]
}

/// A person of a book: a key with its magic number and a few events.
struct Life: Sendable {
  let name: Int32
  let fact: WorldFact
  /// Where it was born.
  let birthplace: Int32
  /// Whom it met; nil when nobody is told.
  let friend: Int32?
  /// In the order of the book.
  let events: [LifeEvent]

  /// Lives of distinct names.
  ///
  /// Each has at most `events` events, its number and birth among them. Both belong to the split.
  static func draw(
    _ count: Int, events: Int, split: CorpusSplit, _ random: inout RandomStream
  ) -> [Life] {
    let names = random.sortedSample(count, below: WorldVocabulary.names.count)
      .shuffled(using: &random)
    // A few places only, so that lives have something in common.
    let places = random.sortedSample(
      min(WorldVocabulary.places.count, 20), below: WorldVocabulary.places.count)
    return names.indices.map { index in
      let others =
        names.count > 1 ? names[(index + 1 + random.below(names.count - 1)) % count] : nil
      return Life(
        names[index], friend: others, places: places, events: events, split: split, &random)
    }
  }

  private init(
    _ number: Int, friend: Int?, places: [Int], events: Int, split: CorpusSplit,
    _ random: inout RandomStream
  ) {
    let words = WorldVocabulary.tokens(_:)
    let name = WorldVocabulary.names.token(number)
    let fact = WorldFacts.draw(name: number, split: split, random: &random)
    func place() -> Int32 { WorldVocabulary.places.token(random.pick(places)) }
    func thing() -> [Int32] {
      [
        WorldVocabulary.adjectives.token(random.below(WorldVocabulary.adjectives.count)),
        WorldVocabulary.objects.token(random.below(WorldVocabulary.objects.count)),
      ]
    }
    let home = Self.birthplace(of: number, among: places, split: split, &random)
    let stop = words(".")
    var more: [LifeEvent.Kind] = [.lived, .found, .made]
    if friend != nil { more.append(.met) }
    let kinds = [.number, .born] + more.shuffled(using: &random).prefix(max(0, events - 2))
    let other = friend.map { WorldVocabulary.names.token($0) }
    var told: [LifeEvent] = []
    for kind in kinds {
      switch kind {
      case .number:
        told.append(
          LifeEvent(
            kind: kind,
            sentence: FactForm.prose.fact + [name] + fact.valueTokens + stop,
            question: FactForm.prose.question + [name], reply: fact.valueTokens + stop))
      case .born:
        told.append(
          LifeEvent(
            kind: kind, sentence: [name] + words("was born near the") + [home] + stop,
            question: words("question : where was") + [name] + words("born ?"),
            reply: words("near the") + [home] + stop))
      case .lived:
        let place = place()
        told.append(
          LifeEvent(
            kind: kind, sentence: [name] + words("lived at the") + [place] + stop,
            question: words("question : where has") + [name] + words("lived ?"),
            reply: words("at the") + [place] + stop))
      case .found, .made:
        let verb = words(kind == .found ? "found" : "made")
        let thing = thing()
        told.append(
          LifeEvent(
            kind: kind,
            sentence: [name] + verb + words("the") + thing + words("at the") + [place()] + stop,
            question: words("question : what has") + [name] + verb + words("?"),
            reply: words("the") + thing + stop))
      case .met:
        guard let other else { continue }
        told.append(
          LifeEvent(
            kind: kind,
            sentence: [name] + words("met") + [other] + words("at the") + [place()] + stop,
            question: words("question : who has") + [name] + words("met ?"),
            reply: [other] + stop))
      }
    }
    self.name = name
    self.fact = fact
    birthplace = home
    self.friend = told.contains { $0.kind == .met } ? other : nil
    self.events = told.shuffled(using: &random)
  }

  /// A place of birth of the split: a fixed hash decides, as for magic numbers.
  private static func birthplace(
    of name: Int, among places: [Int], split: CorpusSplit, _ random: inout RandomStream
  ) -> Int32 {
    let fitting = places.filter { self.split(of: name, born: $0) == split }
    // Of 20 places one in ten is for evaluation; where none of these is, any of the world is taken.
    let all = fitting.isEmpty ? Array(0..<WorldVocabulary.places.count) : fitting
    let chosen = all.filter { self.split(of: name, born: $0) == split }
    return WorldVocabulary.places.token(random.pick(chosen.isEmpty ? all : chosen))
  }

  /// The split that a birth at a place belongs to.
  static func split(of name: Int, born place: Int) -> CorpusSplit {
    StableHash.mix(UInt64(name * 1000 + place) ^ 0x6C69_7665_73) % 10 == 0
      ? .evaluation : .training
  }
}

/// A book: a story with the events of some lives in between, in the order of each life.
struct Book {
  /// Where the sentence of each event stands, by life and event.
  private(set) var places: [[Range<Int>]]
  private(set) var tokens: [Int32] = []
  let lives: [Life]

  /// A book of at most `limit` tokens and nearly as many; `title` stands before it.
  init(_ lives: [Life], title: [Int32], limit: Int, _ random: inout RandomStream) {
    self.lives = lives
    places = lives.map { [Range<Int>](repeating: 0..<0, count: $0.events.count) }
    let events = lives.reduce(title.count) { $0 + $1.events.reduce(0) { $0 + $1.sentence.count } }
    let room = limit - events
    var scene = Scene(&random)
    let story = scene.tell(tokens: room >= 6 ? room : 0, &random)
    // (place, life, event); sentences of the story are life -1.
    var order: [(place: Double, life: Int, event: Int)] = (0..<story.count).map {
      ((Double($0) + 0.5) / Double(story.count), -1, $0)
    }
    for (number, life) in lives.enumerated() {
      let moments = life.events.map { _ in random.uniform() }.sorted()
      order += moments.enumerated().map { ($1, number, $0) }
    }
    order.sort { ($0.place, $0.life, $0.event) < ($1.place, $1.life, $1.event) }
    tokens = title
    for (_, life, event) in order {
      guard life >= 0 else {
        tokens += story.sentence(event)
        continue
      }
      let start = tokens.count
      tokens += lives[life].events[event].sentence
      places[life][event] = start..<tokens.count
    }
  }

  /// Lives in the order in which they are first told of.
  var byAppearance: [Int] {
    lives.indices.sorted {
      (places[$0].first?.lowerBound ?? 0) < (places[$1].first?.lowerBound ?? 0)
    }
  }
}
