import Support

/// A piece of a needle test, and which of its tokens are the answer.
struct NeedleText: Sendable {
  let tokens: [Int32]
  let answer: Range<Int>
}

/// How a tokenizer's world words needles, questions and stories.
protocol NeedleWording: Sendable {
  /// Tokens of a needle and its question, about.
  var typicalTokens: Int { get }
  /// Fewest tokens of haystack that can be told.
  var leastHaystack: Int { get }
  /// A needle; at the start of the text it may be spaced otherwise, with as many tokens.
  func needle(_ fact: WorldFact, atStart: Bool) -> NeedleText
  func question(_ fact: WorldFact) -> NeedleText
  /// A story of exactly this many tokens.
  func story(tokens: Int, _ random: inout RandomStream) -> [Int32]
  /// True when a sentence ends right before the index.
  func isBoundary(_ text: [Int32], _ index: Int) -> Bool
}

/// Needles as words: the very sentences that the world's documents train.
struct WorldNeedleWording: NeedleWording {
  private let form = FactForm.prose
  private let tokenizer = WorldTokenizer()

  var typicalTokens: Int { form.factTokens + form.queryTokens(restated: false) }
  var leastHaystack: Int { 6 }

  func needle(_ fact: WorldFact, atStart: Bool) -> NeedleText { text(form.fact, fact) }

  func question(_ fact: WorldFact) -> NeedleText { text(form.question, fact) }

  private func text(_ words: [Int32], _ fact: WorldFact) -> NeedleText {
    let key = words + [fact.nameToken]
    return NeedleText(
      tokens: key + fact.valueTokens + [form.end], answer: key.count..<key.count + 2)
  }

  func story(tokens: Int, _ random: inout RandomStream) -> [Int32] {
    var scene = Scene(&random)
    return scene.tell(tokens: tokens, &random).tokens
  }

  func isBoundary(_ text: [Int32], _ index: Int) -> Bool {
    tokenizer.isSentenceEnd(text[index - 1])
  }
}

/// Needles as bytes, such as "The magic number of Mara is: 4187" with a full stop.
struct ByteNeedleWording: NeedleWording {
  private let tokenizer = ByteTokenizer()

  var typicalTokens: Int { 110 }
  var leastHaystack: Int { 1 }

  func needle(_ fact: WorldFact, atStart: Bool) -> NeedleText {
    atStart ? text("", fact, ". ") : text(" ", fact, ".")
  }

  func question(_ fact: WorldFact) -> NeedleText {
    text("\nWhat is the magic number of \(name(fact))? ", fact, ".")
  }

  private func name(_ fact: WorldFact) -> String { WorldVocabulary.words[Int(fact.nameToken)] }

  private func text(_ before: String, _ fact: WorldFact, _ after: String) -> NeedleText {
    let key = tokenizer.encode("\(before)The magic number of \(name(fact)) is: ")
    let value = WorldVocabulary.chunks[fact.first] + WorldVocabulary.chunks[fact.second]
    let tokens = key + tokenizer.encode(value)
    return NeedleText(tokens: tokens + tokenizer.encode(after), answer: key.count..<tokens.count)
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
    let space: [Int32] = [32, 10, 13, 9, ByteTokenizer.end]
    return text[index - 1] == 10 || space.contains(text[index])
  }
}
