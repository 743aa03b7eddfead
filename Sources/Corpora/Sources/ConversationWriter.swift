/// Writes a conversation: what is given, then questions with replies that are to be learnt.
struct ConversationWriter {
  private let tokenizer: any Tokenizer
  private let isLearntWhole: Bool
  private var document = Document()

  /// A writer; with `isLearntWhole` what is given is learnt too.
  init(_ tokenizer: any Tokenizer, isLearntWhole: Bool) {
    self.tokenizer = tokenizer
    self.isLearntWhole = isLearntWhole
    if let begin = tokenizer.documentBegin { append([begin], .text) }
  }

  /// Tokens so far.
  var count: Int { document.tokens.count }

  /// Tokens of the mark that ends a document.
  var closingTokens: Int { tokenizer.documentEnd == nil ? 0 : 1 }

  /// Appends a text that the reader is given.
  mutating func give(_ text: String) { give(tokenizer.encode(text, .continues)) }

  /// Appends tokens that the reader is given.
  mutating func give(_ tokens: [Int32]) { append(tokens, isLearntWhole ? .text : .ignored) }

  /// Appends a question and its reply, unless they would not fit into `limit` tokens.
  ///
  /// `evidence` is where what tells the reply stands; the result says whether they fitted.
  @discardableResult
  mutating func ask(
    _ question: [Int32], reply: [Int32], kind: String, evidence: [Range<Int>], limit: Int
  ) -> Bool {
    guard count + question.count + reply.count + closingTokens <= limit else { return false }
    give(question)
    document.questions.append(
      AskedQuestion(kind: kind, answer: count..<count + reply.count, evidence: evidence))
    append(reply, .answer)
    return true
  }

  private mutating func append(_ tokens: [Int32], _ role: TokenRole) {
    document.tokens += tokens
    document.roles += repeatElement(role, count: tokens.count)
  }

  /// The conversation with the mark that ends it.
  func finished() -> Document {
    var result = document
    if let end = tokenizer.documentEnd {
      result.tokens.append(end)
      result.roles.append(.text)
    }
    return result
  }
}

extension Document {
  /// The first `limit` tokens, and what is asked in them.
  func cut(to limit: Int) -> Document {
    guard tokens.count > limit else { return self }
    var result = self
    result.tokens.removeSubrange(limit...)
    result.roles.removeSubrange(limit...)
    result.labels?.removeSubrange(limit...)
    result.positions?.removeSubrange(limit...)
    result.questions = questions.filter { $0.answer.upperBound <= limit }
    result.croppedTokens = tokens.count - limit
    return result
  }
}
