import Support

extension Scene {
  /// Sentences of a page about a place.
  private static let pageSentences = [
    "the L lies to the north of the M .",
    "the L is known for its O .",
    "the O was made at the L .",
    "P lived near the L with Q .",
    "every year many people W to the L .",
    "in the summer people V the O there .",
    "P was born near the M but lived at the L .",
    "the first page about the L says that P found it .",
    "P V the O there .",
    "in the winter the L is cold and dark .",
    "it stands near the M and P built it .",
    "many people say that P V the O .",
    "today the O is still at the L .",
    "Q S P there and left the O .",
    "on a day in spring P found the O .",
  ].map { SentenceTemplate($0) }

  private static let title = SentenceTemplate("# L \n")
  private static let nextTitle = SentenceTemplate("\n # L \n")

  /// Pages with titles, each about a place, of at most `tokens` tokens and nearly as many.
  ///
  /// A page says each sentence once at most, so that it does not contradict itself.
  mutating func pages(tokens: Int, _ random: inout RandomStream) -> SentenceList {
    var list = SentenceList()
    var unsaid: [SentenceTemplate] = []
    while true {
      let left = tokens - list.tokens.count
      if unsaid.isEmpty {
        // A title wants at least a sentence under it.
        guard left >= Self.nextTitle.length + 8 else { return list }
        unsaid = Self.pageSentences.shuffled(using: &random)
        let spots = random.sortedSample(2, below: places.count)
        place = places[spots[0]]
        elsewhere = places[spots[1]]
        fill(list.count == 0 ? Self.title : Self.nextTitle, into: &list, &random)
        continue
      }
      guard let index = unsaid.lastIndex(where: { $0.length <= left }) else { return list }
      choosePersons(&random)
      thing = random.below(things.count)
      fill(unsaid.remove(at: index), into: &list, &random)
    }
  }

  /// Where a thing is or who holds it, as question and answer; for a thing that has been named.
  func question(about index: Int) -> [Int32] {
    let thing = things[index]
    let name = [thing.adjective, thing.noun]
    if let holder = thing.holder {
      return Self.holderQuestion + name + Self.mark + [holder] + Self.stop
    }
    return Self.placeQuestion + name + Self.placeAnswer + [thing.place] + Self.stop
  }

  private static let holderQuestion = WorldVocabulary.tokens("question : who has the")
  private static let placeQuestion = WorldVocabulary.tokens("question : where is the")
  private static let placeAnswer = WorldVocabulary.tokens("? at the")
  private static let mark = WorldVocabulary.tokens("?")
  private static let stop = WorldVocabulary.tokens(".")
}
