import Support

/// Reads one setting's value from a recipe's tree by its declared form.
enum SettingReader {
  /// What was expected and what to do, for a value that does not fit.
  struct Mismatch: Error {
    let finding: String
    let remedy: String
  }

  /// - Throws: `Mismatch` for a wrong type, an unknown word or a value out of range.
  static func read(_ node: RecipeNode, _ form: Setting.Form) throws(Mismatch) -> SettingsValue {
    switch form {
    case .integer(let range):
      .integer(try number(node, range, Quantity.integer, "a whole number", "8, 200 or 2^10"))
    case .size(let range):
      .integer(try number(node, range, Quantity.size, "a number of tokens", "4096, 4k or 2^12"))
    case .real(let range):
      .real(try number(node, range, Quantity.real, "a number", "0.001, 1e-3 or 160k"))
    case .sizes(let range):
      .integers(
        try list(node) { (element) throws(Mismatch) in
          try number(element, range, Quantity.size, "a number of tokens", "4096, 4k or 2^12")
        })
    case .reals(let range):
      .reals(
        try list(node) { (element) throws(Mismatch) in
          try number(element, range, Quantity.real, "a number", "0.001, 1e-3 or 160k")
        })
    case .words(let words):
      .texts(try several(node, words))
    case .flag:
      .flag(try flag(node))
    case .text:
      .text(try text(node, "a text"))
    case .path:
      .text(try text(node, "a path"))
    case .choice(let words):
      .text(try choice(node, words))
    }
  }

  private static func number<Value>(
    _ node: RecipeNode, _ range: ClosedRange<Value>, _ parse: (String) -> Value?, _ noun: String,
    _ examples: String
  ) throws(Mismatch) -> Value {
    guard let value = node.text.flatMap(parse) else {
      throw Mismatch(
        finding: "\(noun) is needed, \(node.found) found", remedy: "Write for example \(examples).")
    }
    guard range.contains(value) else {
      let border =
        value < range.lowerBound
        ? "at least \(show(range.lowerBound))" : "at most \(show(range.upperBound))"
      throw Mismatch(
        finding: "\(noun) of \(border) is needed, \(RecipeNode.quoted(node.text ?? "")) found",
        remedy: "Choose from \(show(range.lowerBound)) to \(show(range.upperBound)).")
    }
    return value
  }

  private static func show(_ value: some Any) -> String {
    (value as? Double).map(Quantity.text) ?? "\(value)"
  }

  private static func list<Value>(
    _ node: RecipeNode, _ read: (RecipeNode) throws(Mismatch) -> Value
  ) throws(Mismatch) -> [Value] {
    // One value may stand without brackets.
    guard let elements = node.elements ?? (node.text == nil ? nil : [node]), !elements.isEmpty,
      elements.count <= 1000
    else {
      throw Mismatch(
        finding: "a list of 1 to 1000 values is needed, \(node.found) found",
        remedy: "Write for example [256, 512, 1k].")
    }
    var values: [Value] = []
    for element in elements { values.append(try read(element)) }
    return values
  }

  private static func flag(_ node: RecipeNode) throws(Mismatch) -> Bool {
    switch node.text {
    case "true": return true
    case "false": return false
    default:
      throw Mismatch(
        finding: "true or false is needed, \(node.found) found", remedy: "Write true or false.")
    }
  }

  private static func text(_ node: RecipeNode, _ noun: String) throws(Mismatch) -> String {
    guard case .scalar(let text, _) = node.content, !node.isAbsent, !text.isEmpty else {
      throw Mismatch(
        finding: "\(noun) is needed, \(node.found) found",
        remedy: "Write it after the colon, in quotes when it holds \": \" or \" #\".")
    }
    guard text.utf8.count <= 4096, !text.utf8.contains(0) else {
      throw Mismatch(
        finding: "\(noun) of at most 4096 bytes is needed, \(text.utf8.count) found",
        remedy: "Shorten it.")
    }
    return text
  }

  private static func several(
    _ node: RecipeNode, _ words: [String]
  ) throws(Mismatch) -> [String] {
    let found = try list(node) { (element) throws(Mismatch) in try choice(element, words) }
    guard Set(found).count == found.count else {
      throw Mismatch(
        finding: "each word once is needed, \(found.joined(separator: ", ")) found",
        remedy: "Known: \(words.joined(separator: ", ")).")
    }
    return found
  }

  private static func choice(_ node: RecipeNode, _ words: [String]) throws(Mismatch) -> String {
    // `schedule: { kind: cosine }` says the same as `schedule: cosine`.
    let inner = node.entries?.count == 1 ? node["kind"]?.text : nil
    guard let text = node.text ?? inner else {
      throw Mismatch(
        finding: "one word is needed, \(node.found) found",
        remedy: "Known: \(words.joined(separator: ", ")).")
    }
    guard words.contains(text) else {
      throw Mismatch(
        finding: "no such value, \(RecipeNode.quoted(text)) found",
        remedy: Suggestion.sentence(for: text, among: words))
    }
    return text
  }
}
