/// A run of token numbers that belongs to one list of words.
struct WordRange: Sendable {
  let first: Int32
  let count: Int

  func token(_ index: Int) -> Int32 { first + Int32(index) }

  func contains(_ token: Int32) -> Bool { token >= first && token < first + Int32(count) }
}

/// The vocabulary of the miniature world: word lists laid out one after the other.
enum WorldVocabulary {
  /// What encodes a word that the world does not know.
  static let unknown = "<unknown>"

  /// Number chunks "00" to "99"; a four-digit number is two of them.
  static let chunks = (0..<100).map { $0 < 10 ? "0\($0)" : "\($0)" }

  private static let lists = [
    [unknown, "\n"] + WorldWords.glue, WorldWords.names, chunks, WorldWords.persons,
    WorldWords.objects, WorldWords.places, WorldWords.adjectives, WorldWords.handling,
    WorldWords.motion, WorldWords.social,
  ]

  /// Every word by its token number.
  static let words = lists.flatMap { $0 }

  /// The token number of each word in lower case.
  static let numbersByWord: [String: Int32] = Dictionary(
    words.enumerated().map { ($1.lowercased(), Int32($0)) },
    uniquingKeysWith: { first, _ in first })

  static let names = range(1)
  static let numbers = range(2)
  static let persons = range(3)
  static let objects = range(4)
  static let places = range(5)
  static let adjectives = range(6)
  static let handling = range(7)
  static let motion = range(8)
  static let social = range(9)

  private static func range(_ list: Int) -> WordRange {
    let first = lists[0..<list].reduce(0) { $0 + $1.count }
    return WordRange(first: Int32(first), count: lists[list].count)
  }

  /// The token of a word that the program itself writes.
  static func token(_ word: String) -> Int32 {
    guard let token = numbersByWord[word.lowercased()] else {
      preconditionFailure("\"\(word)\" is no word of the miniature world")
    }
    return token
  }

  /// The tokens of a template, words parted by spaces.
  static func tokens(_ text: String) -> [Int32] {
    text.split(separator: " ").map { token(String($0)) }
  }
}
