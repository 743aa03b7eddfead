public import Support

/// Long texts of the miniature world with questions in several turns: the three tasks that extended
/// Llama-3 to 80K, in their published proportions.
///
/// - SeeAlso: Zhang et al. (arXiv:2404.19553), section 2. There a language model wrote the questions;
///   here the world knows the answers.
public struct Conversations: SourceKind {
  /// What `describe` says.
  public static let kind = KindDescription(
    "conversations",
    "Long texts with questions in several turns: single detail, several details of one text or "
      + "of many, and biographies.",
    source: "after Zhang et al. (arXiv:2404.19553), section 2",
    settings: [
      weight("single", 3000, "questions for one detail"),
      weight("homogeneous", 250, "questions over several details of one text"),
      weight("heterogeneous", 100, "questions over several short texts"),
      weight("biography", 150, "lives of the main persons"),
      Setting(
        "turns", .integer(1...64), default: .integer(4),
        help: "Most questions of a conversation.", applies: .nextStage),
      Setting(
        "texts", .integer(2...16), default: .integer(4),
        help: "Texts of a conversation about several.", applies: .nextStage),
      Setting(
        "loss", .choice(["answers", "all"]), default: .text("answers"),
        help: "What is learnt: the answers, or the text and the questions too.",
        applies: .nextStage),
    ])

  private enum Task: CaseIterable {
    case single, homogeneous, heterogeneous, biography
  }

  private static func weight(_ key: String, _ value: Double, _ what: String) -> Setting {
    Setting(
      key, .real(0...1e9), default: .real(value),
      help: "Share of the conversations with \(what), relative to the others.",
      applies: .nextStage)
  }

  private let weights: [Double]
  private let turns: Int
  private let texts: Int
  private let isLearntWhole: Bool

  /// Builds it from checked settings.
  ///
  /// - Throws: `UserError` when all shares are 0.
  public init(_ values: SettingsValues) throws {
    weights = Task.allCases.map { values.real("\($0)") ?? 0 }
    turns = values.integer("turns") ?? 4
    texts = values.integer("texts") ?? 4
    isLearntWhole = values.text("loss") == "all"
    guard weights.contains(where: { $0 > 0 }) else {
      throw UserError(
        "conversations", "all of single, homogeneous, heterogeneous and biography are 0",
        remedy: "Give one of them a share.")
    }
  }

  /// Opens the endless source.
  public func open(_ opening: SourceOpening) -> any DocumentSource {
    let tokenizer = opening.tokenizer
    let split = opening.split
    return GeneratedSource(name: Self.kind.name, random: opening.random) { limit, random in
      // A word is about one token, or six bytes; too long a guess is made again.
      var words = tokenizer is ByteTokenizer ? limit / 6 : limit
      while true {
        let document = self.document(words, limit, tokenizer, split, &random)
        if document.tokens.count <= limit || words <= 16 { return document.cut(to: limit) }
        words = words * 7 / 8
      }
    }
  }

  private func document(
    _ words: Int, _ limit: Int, _ tokenizer: any Tokenizer, _ split: CorpusSplit,
    _ random: inout RandomStream
  ) -> Document {
    let task = draw(&random)
    let size = words - random.below(max(1, words / 5))
    var writer = ConversationWriter(tokenizer, isLearntWhole: isLearntWhole)
    var voice = WorldVoice(tokenizer)
    let texts = task == .heterogeneous ? max(1, min(texts, size / 96)) : 1
    // About a third of the text are events, and about a fifth is left for the questions.
    let each = size * 4 / 5 / texts
    let count = min(60 / texts, each / 120 + 1)
    let events = each < 100 ? 2 : 5
    let lives = Life.draw(count * texts, events: events, split: split, &random)
    let titles = random.sortedSample(texts, below: WorldVocabulary.places.count)
      .map { WorldVocabulary.places.token($0) }
    var books: [Book] = []
    // Where each sentence stands in the conversation's own tokens.
    var places: [[[Range<Int>]]] = []
    for text in 0..<texts {
      let title =
        texts > 1 ? WorldVocabulary.tokens("#") + [titles[text]] + WorldVocabulary.tokens("\n") : []
      let book = Book(
        Array(lives[text * count..<(text + 1) * count]), title: title, limit: each, &random)
      places.append(writer.give(book, by: &voice))
      books.append(book)
    }
    let questions = LifeQuestions(books: books, titles: titles)
    let asked: [LifeTurn] =
      switch task {
      case .single: questions.single(turns, &random)
      case .homogeneous, .heterogeneous: questions.several(turns, &random)
      case .biography: questions.biographies(turns)
      }
    for turn in asked {
      var next = voice
      let question = next.tokens(of: turn.question)
      let reply = next.tokens(of: turn.reply)
      let isTaken = writer.ask(
        question, reply: reply, kind: turn.kind,
        evidence: turn.evidence.map { places[$0.book][$0.life][$0.event] }, limit: limit)
      if isTaken { voice = next }
    }
    return writer.finished()
  }

  private func draw(_ random: inout RandomStream) -> Task {
    var place = random.uniform() * weights.reduce(0, +)
    for (task, weight) in zip(Task.allCases, weights) where weight > 0 {
      if place < weight { return task }
      place -= weight
    }
    return Task.allCases[weights.lastIndex { $0 > 0 } ?? 0]
  }
}

/// Tells words of the world in a tokenizer's tokens, word after word.
struct WorldVoice {
  private let tokenizer: any Tokenizer
  private let world = WorldTokenizer()
  private var last: Int32?

  init(_ tokenizer: any Tokenizer) { self.tokenizer = tokenizer }

  /// The tokens of words that follow those told before.
  mutating func tokens(of words: [Int32]) -> [Int32] {
    guard !(tokenizer is WorldTokenizer) else { return words }
    // Capitals and spaces depend on the word before.
    let before = last.map { [$0] } ?? []
    let text = world.decode(before + words).dropFirst(world.decode(before).count)
    last = words.last ?? last
    return tokenizer.encode(String(text), .continues)
  }
}

extension ConversationWriter {
  /// Gives a whole book.
  ///
  /// - Returns: where the sentence of each event stands, by life and event.
  fileprivate mutating func give(_ book: Book, by voice: inout WorldVoice) -> [[Range<Int>]] {
    var places = book.places
    var told = 0
    let events = places.indices.flatMap { life in places[life].indices.map { (life, $0) } }
      .sorted { book.places[$0.0][$0.1].lowerBound < book.places[$1.0][$1.1].lowerBound }
    for (life, event) in events {
      let place = book.places[life][event]
      give(voice.tokens(of: Array(book.tokens[told..<place.lowerBound])))
      let start = count
      give(voice.tokens(of: Array(book.tokens[place])))
      places[life][event] = start..<count
      told = place.upperBound
    }
    give(voice.tokens(of: Array(book.tokens[told...])))
    return places
  }
}
