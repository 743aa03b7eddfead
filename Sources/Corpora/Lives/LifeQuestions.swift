import Support

/// A turn of a conversation about books: question, reply, and the sentences that tell it.
struct LifeTurn: Sendable {
  let kind: String
  let question: [Int32]
  let reply: [Int32]
  /// Sentences as (book, life, event).
  let evidence: [(book: Int, life: Int, event: Int)]
}

/// Makes the turns of the three tasks of Llama-3's 80K recipe.
struct LifeQuestions {
  private static let stop = WorldVocabulary.token(".")
  private static let comma = WorldVocabulary.token(",")
  private static let largerNumber = WorldVocabulary.tokens(
    "question : who has the magic number > ,")
  private static let friendsNumber = WorldVocabulary.tokens(
    "question : what is the magic number of the name")
  private static let countBorn = WorldVocabulary.tokens("question : count every name born near the")
  private static let whichPage = WorldVocabulary.tokens("question : what page says where")
  private static let everyName = WorldVocabulary.tokens("question : name every name .")
  private static let who = WorldVocabulary.tokens("question : who is")
  private static let total = WorldVocabulary.tokens("that is")
  /// Most names of one reply.
  private static let mostNames = 12

  let books: [Book]
  /// The title word of each book, where there are several.
  let titles: [Int32]

  /// Questions for one detail each.
  func single(_ count: Int, _ random: inout RandomStream) -> [LifeTurn] {
    var all: [(book: Int, life: Int, event: Int)] = []
    for (book, text) in books.enumerated() {
      for (life, events) in text.places.enumerated() {
        all += events.indices.map { (book, life, $0) }
      }
    }
    return all.shuffled(using: &random).prefix(count).map { place in
      let event = books[place.book].lives[place.life].events[place.event]
      return LifeTurn(
        kind: "single \(event.kind)", question: event.question, reply: event.reply,
        evidence: [place])
    }
  }

  /// Questions for several details: of one book, or, where there are several, across them.
  func several(_ count: Int, _ random: inout RandomStream) -> [LifeTurn] {
    var turns: [LifeTurn] = []
    for _ in 0..<8 * count where turns.count < count {
      let turn =
        switch random.below(3) {
        case 0: larger(&random)
        case 1: born(&random)
        default: books.count > 1 ? page(&random) : hop(&random)
        }
      if let turn, !turns.contains(where: { $0.question == turn.question }) { turns.append(turn) }
    }
    return turns
  }

  /// Who is in the book, then the life of each as the book tells it.
  func biographies(_ count: Int) -> [LifeTurn] {
    guard let book = books.first else { return [] }
    let order = Array(book.byAppearance.prefix(Self.mostNames))
    let names = Array(order.map { [book.lives[$0].name] }.joined(separator: [Self.comma]))
    let first = LifeTurn(
      kind: "biography names", question: Self.everyName, reply: names + [Self.stop],
      evidence: order.map { (0, $0, 0) })
    return [first]
      + order.prefix(max(0, count - 1)).map { life in
        LifeTurn(
          kind: "biography",
          question: Self.who + [book.lives[life].name] + WorldVocabulary.tokens("?"),
          reply: book.lives[life].events.flatMap(\.sentence),
          evidence: book.lives[life].events.indices.map { (0, life, $0) })
      }
  }

  // MARK: questions for several details

  /// A life, from any book; another book than `not` when there are several.
  private func pick(
    _ random: inout RandomStream, not other: Int? = nil
  ) -> (book: Int, life: Int) {
    var book = random.below(books.count)
    if let other, books.count > 1 {
      book = (other + 1 + random.below(books.count - 1)) % books.count
    }
    return (book, random.below(books[book].lives.count))
  }

  private func place(
    _ at: (book: Int, life: Int), _ kind: LifeEvent.Kind
  ) -> (book: Int, life: Int, event: Int)? {
    books[at.book].lives[at.life].events.firstIndex { $0.kind == kind }
      .map { (at.book, at.life, $0) }
  }

  private func larger(_ random: inout RandomStream) -> LifeTurn? {
    let one = pick(&random)
    let two = pick(&random, not: one.book)
    let (first, second) = (books[one.book].lives[one.life], books[two.book].lives[two.life])
    let numbers = [first, second].map { $0.fact.first * 100 + $0.fact.second }
    guard first.name != second.name, numbers[0] != numbers[1], let here = place(one, .number),
      let there = place(two, .number)
    else { return nil }
    let winner = numbers[0] > numbers[1] ? first : second
    let working = [first, second].flatMap { [$0.name] + $0.fact.valueTokens + [Self.stop] }
    return LifeTurn(
      kind: "larger number",
      question: Self.largerNumber + [first.name, Self.comma, second.name]
        + WorldVocabulary.tokens("?"),
      reply: working + Self.total + [winner.name, Self.stop], evidence: [here, there])
  }

  private func born(_ random: inout RandomStream) -> LifeTurn? {
    let one = pick(&random)
    let place = books[one.book].lives[one.life].birthplace
    var names: [Int32] = []
    var evidence: [(book: Int, life: Int, event: Int)] = []
    for book in books.indices {
      for life in books[book].byAppearance where books[book].lives[life].birthplace == place {
        names.append(books[book].lives[life].name)
        if let told = self.place((book, life), .born) { evidence.append(told) }
      }
    }
    guard names.count <= Self.mostNames else { return nil }
    let list = Array(names.map { [$0] }.joined(separator: [Self.comma]))
    return LifeTurn(
      kind: "count", question: Self.countBorn + [place, Self.stop],
      reply: list + [Self.stop] + Self.total
        + [WorldVocabulary.numbers.token(names.count), Self.stop], evidence: evidence)
  }

  private func hop(_ random: inout RandomStream) -> LifeTurn? {
    let one = pick(&random)
    let life = books[one.book].lives[one.life]
    guard let friend = life.friend,
      let other = books[one.book].lives.firstIndex(where: { $0.name == friend }),
      let met = place(one, .met), let number = place((one.book, other), .number)
    else { return nil }
    return LifeTurn(
      kind: "two hops",
      question: Self.friendsNumber + [life.name] + WorldVocabulary.tokens("met ?"),
      reply: [friend] + books[one.book].lives[other].fact.valueTokens + [Self.stop],
      evidence: [met, number])
  }

  private func page(_ random: inout RandomStream) -> LifeTurn? {
    let one = pick(&random)
    guard let born = place(one, .born) else { return nil }
    return LifeTurn(
      kind: "which text",
      question: Self.whichPage + [books[one.book].lives[one.life].name]
        + WorldVocabulary.tokens("was born ?"),
      reply: WorldVocabulary.tokens("the") + [titles[one.book], Self.stop], evidence: [born])
  }
}
