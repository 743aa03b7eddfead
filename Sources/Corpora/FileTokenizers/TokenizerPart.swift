import Support

/// A value of a tokenizer.json, and where it stands.
struct TokenizerPart {
  /// The file.
  let file: String
  /// The path of keys, such as `pre_tokenizer.pretokenizers[1]`.
  let key: String
  let value: JSONValue

  /// What stands under a key; nil for nothing and for null.
  subscript(_ name: String) -> TokenizerPart? {
    guard let found = value[name] else { return nil }
    if case .null = found { return nil }
    return TokenizerPart(file: file, key: key.isEmpty ? name : "\(key).\(name)", value: found)
  }

  /// What stands under a key that must be there.
  func need(_ name: String) throws -> TokenizerPart {
    guard let found = self[name] else { throw error("no \(name) found") }
    return found
  }

  /// The elements of a list.
  var list: [TokenizerPart] {
    get throws {
      guard case .list(let values) = value else { throw error("no list found") }
      return values.enumerated().map {
        TokenizerPart(file: file, key: "\(key)[\($0.offset)]", value: $0.element)
      }
    }
  }

  /// A text.
  var text: String {
    get throws {
      guard case .text(let text) = value else { throw error("no text found") }
      return text
    }
  }

  /// A token number.
  var id: Int {
    get throws {
      guard let id = value.integerValue, id >= 0, id <= Int(Int32.max) else {
        throw error("no token number found")
      }
      return id
    }
  }

  /// A truth value under a key, or what it is when the key is absent.
  func flag(_ name: String, default absent: Bool = false) throws -> Bool {
    guard let part = self[name] else { return absent }
    guard case .bool(let value) = part.value else { throw part.error("no true or false found") }
    return value
  }

  /// The name of its type.
  var type: String { get throws { try need("type").text } }

  /// Refuses one step more when there are so many that none has them in earnest.
  func countStep(after count: Int) throws {
    guard count < 64 else { throw error("more than 64 steps found") }
  }

  /// An error about it.
  func error(_ finding: String, remedy: String = "Use another tokenizer.json.") -> UserError {
    UserError(key.isEmpty ? file : "\(file): \(key)", finding, remedy: remedy)
  }

  /// The error for a type that is not known.
  func unknownType(_ known: [String]) throws -> UserError {
    error("the type \(try type) is not known", remedy: "Known: \(known.joined(separator: ", ")).")
  }
}
