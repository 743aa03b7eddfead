/// Writes a recipe's tree as YAML that a person would write: groups of plain values on one line.
enum RecipeEmitter {
  static let lineWidth = 100

  /// The whole recipe, ending with a line feed.
  static func text(_ root: RecipeNode) -> String {
    block(root, indent: 0).joined(separator: "\n") + "\n"
  }

  /// A value on one line.
  static func flow(_ node: RecipeNode) -> String {
    switch node.content {
    case .scalar(let text, let isQuoted): scalar(text, isQuoted: isQuoted)
    case .sequence(let elements): "[" + elements.map(flow).joined(separator: ", ") + "]"
    case .mapping(let entries):
      entries.isEmpty
        ? "{}"
        : "{ " + entries.map { key($0.key) + ": " + flow($0.value) }.joined(separator: ", ") + " }"
    }
  }

  private static func block(_ node: RecipeNode, indent: Int) -> [String] {
    let blank = String(repeating: " ", count: indent)
    switch node.content {
    case .scalar:
      return [blank + flow(node)]
    case .mapping(let entries):
      guard !entries.isEmpty else { return [blank + "{}"] }
      return entries.flatMap { entry in
        let head = blank + key(entry.key) + ":"
        if let line = oneLine(entry.value, indent: head.count + 1) { return [head + " " + line] }
        return [head] + block(entry.value, indent: indent + 2)
      }
    case .sequence(let elements):
      guard !elements.isEmpty else { return [blank + "[]"] }
      return elements.flatMap { element in
        if let line = oneLine(element, indent: indent + 2) { return [blank + "- " + line] }
        var lines = block(element, indent: indent + 2)
        lines[0] = blank + "- " + lines[0].dropFirst(indent + 2)
        return lines
      }
    }
  }

  /// One line for scalars, short lists of scalars, and short groups of those; nil for the rest.
  private static func oneLine(_ node: RecipeNode, indent: Int) -> String? {
    if case .scalar = node.content { return flow(node) }
    guard node.isFlat else { return nil }
    let line = flow(node)
    return indent + line.count <= lineWidth ? line : nil
  }

  private static func key(_ text: String) -> String { scalar(text, isQuoted: false) }

  private static func scalar(_ text: String, isQuoted: Bool) -> String {
    if !isQuoted, isPlain(text) { return text }
    var result = "\""
    for unit in text.unicodeScalars {
      switch unit {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      default:
        // YAML's escapes take eight digits for any code point.
        let isPrintable =
          (32..<127).contains(unit.value)
          || (0xA1...0xD7FF).contains(unit.value)
            && unit.value != 0x2028 && unit.value != 0x2029
          || (0xE000...0xFFFD).contains(unit.value) && unit.value != 0xFEFF
          || unit.value >= 0x10000
        if isPrintable {
          result.unicodeScalars.append(unit)
        } else {
          let digits = String(unit.value, radix: 16)
          result += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
        }
      }
    }
    return result + "\""
  }

  /// Texts that YAML and every reader of it take as they stand, in a flow or a block.
  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.utf8.first, text.utf8.last != 32, text.utf8.last != 58 else {
      return false
    }
    let isSafe = text.utf8.allSatisfy { byte in
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        || " _-+./^~".utf8.contains(byte)
    }
    let startsSafely =
      (48...57).contains(first) || (65...90).contains(first) || (97...122).contains(first)
      || "_./+".utf8.contains(first)
      || (first == 45 && text.utf8.dropFirst().first != 32 && text != "-" && text != "---")
    return isSafe && startsSafely && text != "null" && text != "..."
  }
}

extension RecipeNode {
  /// True for a list of scalars, or a group of scalars and such lists.
  fileprivate var isFlat: Bool {
    func isScalar(_ node: RecipeNode) -> Bool {
      if case .scalar = node.content { true } else { false }
    }
    switch content {
    case .scalar: return true
    case .sequence(let elements): return elements.allSatisfy(isScalar)
    case .mapping(let entries):
      return entries.allSatisfy { entry in
        isScalar(entry.value) || entry.value.elements?.allSatisfy(isScalar) == true
      }
    }
  }
}
