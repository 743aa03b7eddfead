/// One value of a recipe's tree, with the line it stands on.
struct RecipeNode: Sendable, Equatable {
  /// A key with its value.
  struct Entry: Sendable, Equatable {
    var key: String
    var line: Int
    var value: RecipeNode
  }

  enum Content: Sendable, Equatable {
    case scalar(String, isQuoted: Bool)
    case sequence([RecipeNode])
    case mapping([Entry])
  }

  var content: Content
  /// Line in the file, from 1; 0 for a value that was set by an edit.
  var line: Int

  init(_ content: Content, line: Int = 0) {
    self.content = content
    self.line = line
  }

  static func scalar(_ text: String, line: Int = 0) -> RecipeNode {
    RecipeNode(.scalar(text, isQuoted: false), line: line)
  }

  /// The text of a scalar; nil for anything else and for an absent value.
  var text: String? {
    guard case .scalar(let text, _) = content, !isAbsent else { return nil }
    return text
  }

  var entries: [Entry]? {
    guard case .mapping(let entries) = content else { return nil }
    return entries
  }

  var elements: [RecipeNode]? {
    guard case .sequence(let elements) = content else { return nil }
    return elements
  }

  /// True for an unquoted empty value, `~` or `null`: the recipe is silent.
  var isAbsent: Bool {
    guard case .scalar(let text, isQuoted: false) = content else { return false }
    return text.isEmpty || text == "~" || text == "null"
  }

  subscript(key: String) -> RecipeNode? {
    entries?.first { $0.key == key && !$0.value.isAbsent }?.value
  }

  /// What stands here, for an error sentence: short and free of control characters.
  var found: String {
    switch content {
    case .scalar(let text, _): isAbsent ? "nothing" : Self.quoted(text)
    case .sequence(let elements): "a list of \(elements.count)"
    case .mapping(let entries): "a group of \(entries.count) \(entries.count == 1 ? "key" : "keys")"
    }
  }

  /// A text in quotes, cut to 40 characters, control characters replaced.
  static func quoted(_ text: String) -> String {
    let clean = text.unicodeScalars.prefix(41).map { scalar -> Character in
      let isControl = scalar.value < 32 || (127..<160).contains(scalar.value)
      return isControl ? "?" : Character(scalar)
    }
    return clean.count > 40 ? "\"\(String(clean.prefix(40)))...\"" : "\"\(String(clean))\""
  }
}
