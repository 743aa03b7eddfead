public import Support

/// A piece of a recall test, and which of its tokens are answers.
public struct NeedleText: Sendable, Equatable {
  /// Token numbers.
  public let tokens: [Int32]
  /// Where the answers stand, in their order.
  public let answers: [Range<Int>]
}

/// How a tokenizer words facts, questions and stories.
public protocol NeedleWording: Sendable {
  /// Tokens of a fact and its question, about.
  var typicalTokens: Int { get }
  /// Fewest tokens of haystack that can be told.
  var leastHaystack: Int { get }
  /// The tokens of a text, which has one form in words of the world and one in any other; what stands
  /// in square brackets is an answer, the brackets themselves are no text.
  func text(world: String, bytes: String) -> NeedleText
  /// A statement as it stands in a text: at its start it may be spaced otherwise, with as many tokens.
  func placed(_ statement: [Int32], atStart: Bool) -> [Int32]
  /// A story of exactly this many tokens.
  func story(tokens: Int, _ random: inout RandomStream) -> [Int32]
  /// True when a sentence ends right before the index, which is inside the text.
  func isBoundary(_ text: [Int32], _ index: Int) -> Bool
}

extension NeedleWording {
  /// The statement of a fact.
  public func fact(_ fact: WorldFact) -> NeedleText {
    text(
      world: "the magic number of \(fact.key) [\(fact.value)] .",
      bytes: "The magic number of \(fact.key) is: [\(fact.value)].")
  }

  /// The question for a fact, with its answer.
  public func question(_ fact: WorldFact) -> NeedleText {
    text(
      world: "question : what is the magic number of \(fact.key) [\(fact.value)] .",
      bytes:
        "\nWhat is the magic number of \(fact.key)? The magic number of \(fact.key) is: "
        + "[\(fact.value)].")
  }

  /// The tokens of a text without answers.
  public func tokens(world: String, bytes: String) -> [Int32] {
    text(world: world, bytes: bytes).tokens
  }

  /// The tokens of a text whose answers stand in square brackets.
  fileprivate func parse(_ text: String, by tokenizer: any Tokenizer) -> NeedleText {
    var tokens: [Int32] = []
    var answers: [Range<Int>] = []
    let parts = text.split(omittingEmptySubsequences: false) { $0 == "[" || $0 == "]" }
    for (index, part) in parts.enumerated() {
      let start = tokens.count
      tokens += tokenizer.encode(String(part), .continues)
      if index % 2 == 1 { answers.append(start..<tokens.count) }
    }
    return NeedleText(tokens: tokens, answers: answers)
  }
}

/// Recall tests as words: the very sentences that the world's documents train.
struct WorldNeedleWording: NeedleWording {
  private let tokenizer = WorldTokenizer()

  var typicalTokens: Int {
    FactForm.prose.factTokens + FactForm.prose.queryTokens(restated: false)
  }
  var leastHaystack: Int { 6 }

  func text(world: String, bytes: String) -> NeedleText { parse(world, by: tokenizer) }

  func placed(_ statement: [Int32], atStart: Bool) -> [Int32] { statement }

  func story(tokens: Int, _ random: inout RandomStream) -> [Int32] {
    var scene = Scene(&random)
    return scene.tell(tokens: tokens, &random).tokens
  }

  func isBoundary(_ text: [Int32], _ index: Int) -> Bool {
    tokenizer.isSentenceEnd(text[index - 1])
  }
}

/// Recall tests as text, by any tokenizer that reads it: sentences parted by spaces, and lines.
///
/// Tokens are joined piece by piece and never read again, so that an answer always has the same ones.
struct TextNeedleWording: NeedleWording {
  private let tokenizer: any Tokenizer
  private let space: [Int32]
  /// For every token number whether a line is over in it, [V].
  private let endsLine: [Bool]
  /// For every token number whether it parts words, or ends a document, [V].
  private let opensWithSpace: [Bool]
  let typicalTokens: Int

  /// - Throws: `UserError` when the tokenizer has no tokens for the words of a needle.
  init(_ tokenizer: any Tokenizer) throws {
    self.tokenizer = tokenizer
    space = tokenizer.encode(" ", .continues)
    let words = (0..<tokenizer.vocabularySize).map { tokenizer.word(Int32($0)).utf8 }
    endsLine = words.map { $0.contains(UInt8(ascii: "\n")) }
    let spaces = " \n\r\t".utf8
    opensWithSpace = words.enumerated().map { number, word in
      word.first.map(spaces.contains) ?? false || Int32(number) == tokenizer.documentEnd
    }
    typicalTokens = tokenizer.encode(Self.typical, .continues).count
    guard !space.isEmpty, typicalTokens > 0 else {
      throw UserError(
        "needle", "the tokenizer has no tokens for letters, digits and spaces",
        remedy: "Use a tokenizer of bytes, or one with an unknown token.")
    }
  }

  /// A fact and its question, 110 bytes as most are.
  private static let typical =
    " The magic number of Miriam is: 4187.\nWhat is the magic number of Miriam? "
    + "The magic number of Miriam is: 4187."

  var leastHaystack: Int { 1 }

  func text(world: String, bytes: String) -> NeedleText { parse(bytes, by: tokenizer) }

  func placed(_ statement: [Int32], atStart: Bool) -> [Int32] {
    if let last = statement.last, endsLine[Int(last)] { return statement }
    return atStart ? statement + space : space + statement
  }

  func story(tokens: Int, _ random: inout RandomStream) -> [Int32] {
    let world = WorldNeedleWording()
    var words = max(6, tokens)
    while true {
      let text = WorldTokenizer().decode(world.story(tokens: words, &random))
      let told = tokenizer.encode(text, .continues)
      if told.count >= tokens { return Array(told[0..<tokens]) }
      words *= 2
    }
  }

  /// After a full stop, question or exclamation mark that space follows, or after a line.
  func isBoundary(_ text: [Int32], _ index: Int) -> Bool {
    guard tokenizer.isSentenceEnd(text[index - 1]) else { return false }
    return endsLine[Int(text[index - 1])] || opensWithSpace[Int(text[index])]
  }
}
