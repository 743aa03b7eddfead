import Support

/// The tokens of a tokenizer.json as they are written there.
struct TokenVocabulary: Sendable {
  /// Most tokens that a file may have.
  private static let mostTokens = 4 << 20

  private var numbers: ByteTable
  private var texts: [UInt8] = []
  /// Where the text of each number stands; nil for numbers that nothing has.
  private var places: [Range<Int>?] = []
  /// The greatest number that a token may have, so that a short file asks for little memory.
  private let greatest: Int

  /// The vocabulary of a model, `{token: number}`.
  init(_ part: TokenizerPart) throws {
    guard case .object(let pairs) = part.value, !pairs.isEmpty else {
      throw part.error("no tokens found")
    }
    guard pairs.count <= Self.mostTokens else {
      throw part.error("\(pairs.count) tokens are too many")
    }
    numbers = ByteTable(capacity: pairs.count)
    greatest = 4 * pairs.count + 65_536
    places.reserveCapacity(pairs.count + 1024)
    for (text, value) in pairs {
      guard let id = value.integerValue, (0...greatest).contains(id) else {
        throw part.error("the number of \(Self.quoted(text)) is \(value.line)")
      }
      try add(text, id, part)
    }
  }

  /// One more than the greatest number.
  var count: Int { places.count }

  /// Adds a token.
  ///
  /// - Throws: `UserError` when the number or the text is taken by another one.
  mutating func add(_ text: String, _ id: Int, _ part: TokenizerPart) throws {
    if id < places.count, places[id] != nil {
      guard bytes(id).elementsEqual(text.utf8) else {
        throw part.error("the number \(id) of \(Self.quoted(text)) is taken")
      }
      return
    }
    guard id <= greatest else {
      throw part.error("the number of \(Self.quoted(text)) is \(id)")
    }
    var text = text
    let isNew = text.withUTF8 { numbers.insert($0, Int32(id)) }
    guard isNew else { throw part.error("\(Self.quoted(text)) has two numbers") }
    if places.count <= id {
      places.append(contentsOf: repeatElement(nil, count: id + 1 - places.count))
    }
    places[id] = texts.count..<texts.count + text.utf8.count
    texts.append(contentsOf: text.utf8)
  }

  /// The number of a token.
  func id(_ text: String) -> Int32? {
    var text = text
    return text.withUTF8 { numbers.value($0) }
  }

  /// The number of a token.
  func id(_ bytes: UnsafeBufferPointer<UInt8>) -> Int32? { numbers.value(bytes) }

  /// The text of a number as UTF-8; empty when nothing has it.
  func bytes(_ id: Int) -> ArraySlice<UInt8> {
    guard id >= 0, id < places.count, let place = places[id] else { return [] }
    return texts[place]
  }

  /// Calls `body` with each number and its text.
  func forEach(_ body: (Int32, UnsafeBufferPointer<UInt8>) -> Void) {
    texts.withUnsafeBufferPointer { texts in
      for (id, place) in places.enumerated() {
        guard let place else { continue }
        body(Int32(id), UnsafeBufferPointer(rebasing: texts[place]))
      }
    }
  }

  private static func quoted(_ text: String) -> String { JSONValue.text(text).line }
}
