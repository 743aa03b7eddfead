import Support
import Yams

/// YAML text to a recipe's tree; the only place that knows the YAML library.
///
/// Hostile text is refused before it costs anything: by size, by number of aliases (each may double
/// the tree), by depth, and by number of values after aliases are followed.
enum RecipeParser {
  static let largestBytes = 256 * 1024
  static let largestAliasCount = 32
  static let largestDepth = 32
  static let largestValueCount = 20_000

  /// - Throws: `UserError` whose place is `file` or `file:line`.
  static func parse(_ text: String, file: String) throws -> RecipeNode {
    guard text.utf8.count <= largestBytes else {
      throw UserError(
        file, "a recipe of at most \(largestBytes) bytes is needed, \(text.utf8.count) found",
        remedy: "Keep data in files of their own and name them by `path`.")
    }
    try refuseAliases(text, file)
    do {
      let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
      guard let root = try parser.singleRoot() else {
        throw UserError(file, "the recipe is empty", remedy: "Begin with `name:` and `stages:`.")
      }
      var budget = largestValueCount
      return try node(root, depth: 0, budget: &budget, file: file)
    } catch let error as YamlError {
      throw userError(error, file)
    }
  }

  private static func refuseAliases(_ text: String, _ file: String) throws {
    var aliases = 0
    var isStar = false
    for byte in text.utf8 {
      let isWord = (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
      if isStar, isWord { aliases += 1 }
      isStar = byte == 42
    }
    guard aliases <= largestAliasCount else {
      throw UserError(
        file, "at most \(largestAliasCount) aliases (*name) are allowed, \(aliases) found",
        remedy: "Put shared settings under `defaults:`.")
    }
  }

  private static func node(
    _ yaml: Node, depth: Int, budget: inout Int, file: String
  ) throws -> RecipeNode {
    let line = yaml.mark?.line ?? 0
    budget -= 1
    guard budget >= 0 else {
      throw UserError(
        "\(file):\(line)", "a recipe of at most \(largestValueCount) values is needed, more found",
        remedy: "Keep data in files of their own, and use fewer aliases.")
    }
    guard depth <= largestDepth else {
      throw UserError(
        "\(file):\(line)", "nesting of at most \(largestDepth) levels is needed, more found",
        remedy: "No recipe needs that many; look for a stray bracket or dash.")
    }
    switch yaml {
    case .scalar(let scalar):
      let isQuoted = scalar.style != .plain && scalar.style != .any
      return RecipeNode(.scalar(scalar.string, isQuoted: isQuoted), line: line)
    case .sequence(let sequence):
      let elements = try sequence.map {
        try node($0, depth: depth + 1, budget: &budget, file: file)
      }
      return RecipeNode(.sequence(elements), line: line)
    case .mapping(let mapping):
      let entries = try mapping.map { key, value in
        guard let name = key.scalar?.string else {
          throw UserError(
            "\(file):\(key.mark?.line ?? line)", "a plain word is needed as key, a group found",
            remedy: "Write `key: value`.")
        }
        return RecipeNode.Entry(
          key: name, line: key.mark?.line ?? line,
          value: try node(value, depth: depth + 1, budget: &budget, file: file))
      }
      return RecipeNode(.mapping(entries), line: line)
    case .alias:
      throw UserError(
        "\(file):\(line)", "an alias that cannot be followed",
        remedy: "Put shared settings under `defaults:`.")
    }
  }

  private static func userError(_ error: YamlError, _ file: String) -> UserError {
    let remedy = "Check indentation, colons, quotes and brackets there."
    switch error {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let where_ = context.map { " " + $0.text.trimmed } ?? ""
      return UserError(
        "\(file):\(mark.line)", "not readable as YAML, \(problem.trimmed)\(where_)",
        remedy: remedy)
    case .duplicatedKeysInMapping(let duplicates, let context):
      let name = duplicates.first.map(RecipeNode.quoted) ?? "a key"
      return UserError(
        "\(file):\(context.mark.line)", "each key may stand once, \(name) found more often",
        remedy: "Remove one of them.")
    case .reader(let problem, _, _, _):
      return UserError(
        file, "not readable as text, \(problem.trimmed)",
        remedy: "Save the recipe as plain UTF-8 text without control characters.")
    default:
      return UserError(file, "not readable as YAML", remedy: remedy)
    }
  }
}

extension String {
  /// Without the blanks and line ends at both ends.
  fileprivate var trimmed: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}
