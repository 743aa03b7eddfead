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
  /// The tokens of a text, which has one form in words of the world and one in bytes; what stands
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
  fileprivate func parse(_ text: String, by tokenizer: some Tokenizer) -> NeedleText {
    var tokens: [Int32] = []
    var answers: [Range<Int>] = []
    let parts = text.split(omittingEmptySubsequences: false) { $0 == "[" || $0 == "]" }
    for (index, part) in parts.enumerated() {
      let start = tokens.count
      tokens += tokenizer.encode(String(part))
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

/// Recall tests as bytes: sentences parted by spaces, and lines.
struct ByteNeedleWording: NeedleWording {
  private static let space = Int32(UInt8(ascii: " "))
  private static let lineBreak = Int32(UInt8(ascii: "\n"))
  private let tokenizer = ByteTokenizer()

  var typicalTokens: Int { 110 }
  var leastHaystack: Int { 1 }

  func text(world: String, bytes: String) -> NeedleText { parse(bytes, by: tokenizer) }

  func placed(_ statement: [Int32], atStart: Bool) -> [Int32] {
    if statement.last == Self.lineBreak { return statement }
    return atStart ? statement + [Self.space] : [Self.space] + statement
  }

  func story(tokens: Int, _ random: inout RandomStream) -> [Int32] {
    let world = WorldNeedleWording()
    // A word is at least two bytes long with its space, so this is always enough.
    let text = WorldTokenizer().decode(world.story(tokens: max(6, tokens), &random))
    return Array(tokenizer.encode(text)[0..<tokens])
  }

  /// After a full stop, question or exclamation mark that space follows, or after a line.
  func isBoundary(_ text: [Int32], _ index: Int) -> Bool {
    guard tokenizer.isSentenceEnd(text[index - 1]) else { return false }
    let space: [Int32] = [Self.space, Self.lineBreak, 13, 9, ByteTokenizer.end]
    return text[index - 1] == Self.lineBreak || space.contains(text[index])
  }
}
