/// Sentences one after the other in one flat array.
struct SentenceList {
  private(set) var tokens: [Int32] = []
  /// Index after the last token of each sentence.
  private(set) var ends: [Int] = []

  var count: Int { ends.count }

  func sentence(_ index: Int) -> ArraySlice<Int32> {
    tokens[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
  }

  mutating func append(_ token: Int32) { tokens.append(token) }

  mutating func append(contentsOf sentence: [Int32]) { tokens += sentence }

  mutating func endSentence() { ends.append(tokens.count) }
}
