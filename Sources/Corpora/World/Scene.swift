import Support

/// Tells scenes: two persons at a place with a thing that is held or lies there.
///
/// Persons come back during a document, and things keep their adjective, holder and place, so that
/// later sentences agree with earlier ones.
struct Scene {
  struct Thing {
    let adjective: Int32
    let noun: Int32
    var place: Int32
    var holder: Int32?
  }

  /// Things that a sentence has named, by their number.
  private(set) var mentioned: Set<Int> = []
  private var cast: [Int32]
  var places: [Int32]
  var things: [Thing] = []
  private var person: Int32
  private var other: Int32
  var place: Int32
  var elsewhere: Int32
  var thing = 0
  private var sentencesLeft = 0
  private var lastTemplate: SentenceTemplate?

  init(_ random: inout RandomStream) {
    cast = Self.distinct(6, of: WorldVocabulary.persons, &random)
    places = Self.distinct(5, of: WorldVocabulary.places, &random)
    person = cast[0]
    other = cast[1]
    place = places[0]
    elsewhere = places[1]
    let nouns = Self.distinct(6, of: WorldVocabulary.objects, &random)
    let adjectives = Self.distinct(6, of: WorldVocabulary.adjectives, &random)
    for (noun, adjective) in zip(nouns, adjectives) {
      things.append(Thing(adjective: adjective, noun: noun, place: random.pick(places)))
    }
  }

  /// Tells sentences of exactly `tokens` tokens in all; 0, or at least 6.
  mutating func tell(tokens: Int, _ random: inout RandomStream) -> SentenceList {
    var list = SentenceList()
    while tokens > list.tokens.count {
      let left = tokens - list.tokens.count
      var template = choose(left, &random)
      // Nobody says the same thing twice on end, unless nothing else fits.
      if template == lastTemplate { template = choose(left, &random) }
      lastTemplate = template
      fill(template, into: &list, &random)
      apply(template.effect, &random)
      sentencesLeft -= 1
    }
    return list
  }

  /// A sentence that leaves either nothing or room for another one.
  private mutating func choose(_ left: Int, _ random: inout RandomStream) -> SentenceTemplate {
    if left > 18 {
      if sentencesLeft <= 0 {
        open(&random)
        return random.pick(StorySentences.openings)
      }
      if random.chance(0.2) { return random.pick(StorySentences.neutral) }
      return random.pick(
        things[thing].holder == person ? StorySentences.held : StorySentences.lying)
    }
    let fitting = StorySentences.neutral.filter { $0.length == left || left - $0.length >= 6 }
    return random.pick(fitting)
  }

  private mutating func open(_ random: inout RandomStream) {
    sentencesLeft = random.integer(in: 4...8)
    // Now and then somebody or something new comes into a long story.
    if random.chance(0.15) {
      cast[random.below(cast.count)] = Self.fresh(WorldVocabulary.persons, not: cast, &random)
    }
    if random.chance(0.15) {
      places[random.below(places.count)] = Self.fresh(WorldVocabulary.places, not: places, &random)
    }
    if random.chance(0.2) {
      replaceThing(random.below(things.count), place: random.pick(places), &random)
    }
    choosePersons(&random)
    let spots = random.sortedSample(2, below: places.count)
    place = places[spots[0]]
    elsewhere = places[spots[1]]
    chooseThing(&random)
  }

  mutating func choosePersons(_ random: inout RandomStream) {
    let persons = random.sortedSample(2, below: cast.count)
    let swapped = random.chance(0.5)
    person = cast[persons[swapped ? 1 : 0]]
    other = cast[persons[swapped ? 0 : 1]]
  }

  /// A thing that the first person holds or that lies here; else one turns up here.
  private mutating func chooseThing(_ random: inout RandomStream) {
    let near = things.indices.filter {
      things[$0].holder == person || (things[$0].holder == nil && things[$0].place == place)
    }
    if let found = near.isEmpty ? nil : random.pick(near) {
      thing = found
      return
    }
    // What has been named stays where it was; something new turns up instead.
    let unnamed = things.indices.filter { !mentioned.contains($0) }
    thing = unnamed.isEmpty ? random.below(things.count) : random.pick(unnamed)
    replaceThing(thing, place: place, &random)
  }

  private mutating func replaceThing(
    _ index: Int, place: Int32, _ random: inout RandomStream
  ) {
    let noun = Self.fresh(WorldVocabulary.objects, not: things.map(\.noun), &random)
    let adjective = Self.any(WorldVocabulary.adjectives, &random)
    things[index] = Thing(adjective: adjective, noun: noun, place: place)
    mentioned.remove(index)
  }

  private mutating func apply(_ effect: SceneEffect, _ random: inout RandomStream) {
    switch effect {
    case .nothing: break
    case .take: things[thing].holder = person
    case .give:
      things[thing].holder = other
      swap(&person, &other)
    case .leave:
      things[thing].holder = nil
      things[thing].place = place
    case .go:
      place = elsewhere
      sentencesLeft = 1
    case .part: sentencesLeft = 1
    }
  }

  mutating func fill(
    _ template: SentenceTemplate, into list: inout SentenceList, _ random: inout RandomStream
  ) {
    for part in template.parts {
      if part >= 0 {
        list.append(part)
        continue
      }
      switch SentenceTemplate.Gap(rawValue: part) {
      case .person: list.append(person)
      case .other: list.append(other)
      case .thing:
        list.append(things[thing].adjective)
        list.append(things[thing].noun)
        mentioned.insert(thing)
      case .place: list.append(place)
      case .elsewhere: list.append(elsewhere)
      case .handling: list.append(Self.any(WorldVocabulary.handling, &random))
      case .motion: list.append(Self.any(WorldVocabulary.motion, &random))
      case .social: list.append(Self.any(WorldVocabulary.social, &random))
      case nil: break
      }
    }
    list.endSentence()
  }

  private static func any(_ range: WordRange, _ random: inout RandomStream) -> Int32 {
    range.token(random.below(range.count))
  }

  private static func distinct(
    _ count: Int, of range: WordRange, _ random: inout RandomStream
  ) -> [Int32] {
    var tokens: [Int32] = []
    while tokens.count < count { tokens.append(fresh(range, not: tokens, &random)) }
    return tokens
  }

  private static func fresh(
    _ range: WordRange, not taken: [Int32], _ random: inout RandomStream
  ) -> Int32 {
    while true {
      let token = any(range, &random)
      if !taken.contains(token) { return token }
    }
  }
}
