/// Reads what the tests of this folder need to know out of Swift text.
enum SourceReader {
  /// Modules that a Swift file imports.
  static func imports(_ text: String) -> Set<String> {
    var found: Set<String> = []
    for line in code(text).split(separator: "\n") {
      var words = line.split(separator: " ").map(String.init)
      let attributes: Set<String> = ["public", "internal", "package", "private", "fileprivate"]
      while let word = words.first, word.hasPrefix("@") || attributes.contains(word) {
        words.removeFirst()
      }
      guard words.count > 1, words[0] == "import" else { continue }
      let kinds: Set<String> = ["struct", "class", "enum", "protocol", "func", "var", "typealias"]
      let path = kinds.contains(words[1]) && words.count > 2 ? words[2] : words[1]
      if let module = path.split(separator: ".").first { found.insert(String(module)) }
    }
    return found
  }

  /// Names of the types that conform to a protocol or to one that refines it.
  static func types(conformingTo root: String, in texts: [String]) -> Set<String> {
    let declaration =
      /\b(struct|class|enum|actor|extension|protocol)\s+([A-Za-z_][\w.]*)\s*(<[^>{]*>)?\s*:([^{]*)\{/
    var parents: [(kind: Substring, name: String, protocols: Set<String>)] = []
    for text in texts {
      for match in code(text).matches(of: declaration) {
        let list = match.output.4.split { !($0.isLetter || $0.isNumber || $0 == "_") }
        parents.append((match.output.1, String(match.output.2), Set(list.map(String.init))))
      }
    }
    var roots: Set = [root]
    while true {
      let more = parents.filter { $0.kind == "protocol" && !$0.protocols.isDisjoint(with: roots) }
      let wider = roots.union(more.map(\.name))
      if wider == roots { break }
      roots = wider
    }
    let types = parents.filter { $0.kind != "protocol" && !$0.protocols.isDisjoint(with: roots) }
    return Set(types.map(\.name))
  }

  /// Names of the types that stand in the catalogues of a text, `Catalog<...>("slot", [A.self])`.
  static func catalogued(_ text: String) -> [String] {
    let catalogue = /\bCatalog(<[^(]*>)?\(\s*"[^"]*",\s*\[([^\]]*)\]/
    return code(text).matches(of: catalogue).flatMap { match in
      match.output.2.matches(of: /([A-Za-z_][\w.]*)\.self/).map { String($0.output.1) }
    }
  }

  /// Rows of Package.swift: the name of each layered target and the targets it depends on.
  static func layers(_ manifest: String) -> [String: Set<String>] {
    var rows: [String: Set<String>] = [:]
    for match in code(manifest).matches(of: /\blayer\(\s*"(\w+)",\s*\[([^\]]*)\]/) {
      rows[String(match.output.1)] = names(match.output.2)
    }
    let program = /executableTarget\(\s*name: "(\w+)",\s*dependencies: \[([^\]]*)\]/
    for match in code(manifest).matches(of: program) {
      rows[String(match.output.1)] = names(match.output.2)
    }
    return rows
  }

  private static func names(_ list: Substring) -> Set<String> {
    Set(list.matches(of: /"(\w+)"/).map { String($0.output.1) })
  }

  /// The text without line comments.
  private static func code(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let start = line.drop { $0 == " " }
      if start.hasPrefix("//") { return "" }
      guard let comment = line.firstRange(of: " // ") else { return String(line) }
      return String(line[..<comment.lowerBound])
    }.joined(separator: "\n")
  }
}
