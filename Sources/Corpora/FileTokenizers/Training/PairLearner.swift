/// Words as rows of tokens, and how often each pair of neighbours stands in them.
///
/// Joining a pair changes the counts of its neighbours only, and visits only the words that have it.
struct PairLearner {
  /// A pair of neighbours.
  struct Pair {
    let left: Int32
    let right: Int32
    /// How often it stands in the text.
    fileprivate(set) var count = 0
    /// Words that may have it.
    fileprivate(set) var words: [Int32] = []
    /// The last join that gave it a place.
    fileprivate var joined = -1
  }

  private struct Word {
    let start: Int
    var count: Int
    /// How often the word stands in the text.
    let weight: Int
  }

  /// A pair by the count that it had: the most frequent comes first, of equal ones that of the
  /// smallest token numbers, as in Hugging Face's library.
  private struct Candidate: Comparable {
    let count: Int
    let left: Int32
    let right: Int32
    let pair: Int32

    static func < (first: Candidate, second: Candidate) -> Bool {
      if first.count != second.count { return first.count > second.count }
      return (first.left, first.right) < (second.left, second.right)
    }
  }

  private var symbols: [Int32] = []
  private var words: [Word] = []
  private var pairs: [Pair] = []
  private var numbers = PairTable(capacity: 1 << 12)
  private var heap = MinHeap<Candidate>()
  private var joins = 0

  /// Adds a word that stands `weight` times in the text.
  mutating func add(_ word: some Collection<Int32>, weight: Int) {
    let number = Int32(words.count)
    words.append(Word(start: symbols.count, count: word.count, weight: weight))
    symbols += word
    for (left, right) in zip(word, word.dropFirst()) {
      _ = change(left, right, by: weight, in: number)
    }
  }

  /// Makes the counts ready, after the last word.
  mutating func begin() {
    for pair in pairs.indices { push(pair) }
  }

  private mutating func push(_ number: Int) {
    let pair = pairs[number]
    guard pair.count > 0 else { return }
    heap.push(
      Candidate(count: pair.count, left: pair.left, right: pair.right, pair: Int32(number)))
  }

  /// The most frequent pair; nil when none stands in the text `least` times.
  mutating func next(least: Int) -> (number: Int, pair: Pair)? {
    while let candidate = heap.pop() {
      let number = Int(candidate.pair)
      guard pairs[number].count == candidate.count else {
        // It has become rarer since.
        push(number)
        continue
      }
      return candidate.count >= least ? (number, pairs[number]) : nil
    }
    return nil
  }

  /// Joins a pair to a token wherever it stands.
  mutating func join(_ number: Int, to token: Int32) {
    joins += 1
    let pair = pairs[number]
    pairs[number].words = []
    var more: [Int] = []
    func given(_ number: Int?) {
      if let number { more.append(number) }
    }
    for word in pair.words {
      let (start, weight) = (words[Int(word)].start, words[Int(word)].weight)
      let end = start + words[Int(word)].count
      var (read, write) = (start, start)
      while read < end {
        if symbols[read] == pair.left, read + 1 < end, symbols[read + 1] == pair.right {
          if write > start {
            _ = change(symbols[write - 1], pair.left, by: -weight, in: word)
            given(change(symbols[write - 1], token, by: weight, in: word))
          }
          if read + 2 < end {
            _ = change(pair.right, symbols[read + 2], by: -weight, in: word)
            given(change(token, symbols[read + 2], by: weight, in: word))
          }
          symbols[write] = token
          read += 2
        } else {
          symbols[write] = symbols[read]
          read += 1
        }
        write += 1
      }
      words[Int(word)].count = write - start
    }
    for number in more { push(number) }
  }

  /// Changes the count of a pair; its number when this join gives it a place for the first time.
  private mutating func change(
    _ left: Int32, _ right: Int32, by weight: Int, in word: Int32
  ) -> Int? {
    let number: Int
    if let known = numbers.value(left, right) {
      number = Int(known)
    } else {
      number = pairs.count
      numbers.set(left, right, Int32(number))
      pairs.append(Pair(left: left, right: right))
    }
    pairs[number].count += weight
    guard weight > 0 else { return nil }
    if pairs[number].words.last != word { pairs[number].words.append(word) }
    guard pairs[number].joined != joins else { return nil }
    pairs[number].joined = joins
    return number
  }
}
