public import Support

extension RecipeDocument {
  /// The document with one field changed.
  ///
  /// - Parameters:
  ///   - path: keys with dots between; a stage or an evaluation by its number from 0, a stage also
  ///     by its name: `stages.extend.rope.base`. Groups that are not there yet are made.
  ///   - value: as it would stand in the file: `160k`, `[256, 1k]`, `{ kind: pit }`. Empty takes the
  ///     field away, so that its default holds.
  /// - Returns: the changed document; it is not checked against a vocabulary.
  /// - Throws: `UserError` when the path leads nowhere or the value is not YAML.
  public func setting(_ path: String, to value: String) throws -> RecipeDocument {
    let keys = try Self.keys(path)
    let node = value.isEmpty ? nil : try Self.node(value, path)
    return RecipeDocument(
      root: try Self.change(
        owningMix(keys), keys[...], to: node, path: path, walked: []), file: file, folder: folder)
  }

  /// The tree in which a stage whose mix comes from `defaults:` has it as its own.
  ///
  /// A stage's mix replaces the default one, so changing one weight must not lose the others.
  private func owningMix(_ keys: [String]) throws -> RecipeNode {
    guard keys.count == 4, keys[0] == "stages", keys[2] == "mix",
      let mix = node(at: "defaults.mix"), node(at: "stages.\(keys[1])") != nil,
      node(at: "stages.\(keys[1]).mix") == nil
    else { return root }
    let path = keys[..<3]
    return try Self.change(root, path, to: mix, path: path.joined(separator: "."), walked: [])
  }

  /// The document with one `path=value` of the command line applied.
  ///
  /// - Throws: `UserError` when there is no `=`, the path leads nowhere, or the value is not YAML.
  public func applying(_ assignment: String) throws -> RecipeDocument {
    guard let sign = assignment.firstIndex(of: "=") else {
      throw UserError(
        "--set", "path=value is needed, \(RecipeNode.quoted(assignment)) found",
        remedy: "Write for example --set stages.0.steps=50.")
    }
    return try setting(
      String(assignment[..<sign]), to: String(assignment[assignment.index(after: sign)...]))
  }

  /// The document with a component of another kind; settings that the new kind knows stay.
  ///
  /// - Parameters:
  ///   - kind: the new kind's description.
  ///   - path: the component's path, such as `stages.0.rope`.
  /// - Returns: the changed document; it is not checked against a vocabulary.
  /// - Throws: `UserError` when the path leads nowhere.
  public func choosing(_ kind: KindDescription, at path: String) throws -> RecipeDocument {
    // How a source is packed does not depend on its kind.
    let known = Set(kind.settings.map(\.key) + (path.hasPrefix("sources.") ? ["pack"] : []))
    let kept = node(at: path)?.component.entries?.filter { known.contains($0.key) } ?? []
    let entry = RecipeNode.Entry(key: "kind", line: 0, value: .scalar(kind.name))
    return RecipeDocument(
      root: try Self.change(
        root, try Self.keys(path)[...], to: RecipeNode(.mapping([entry] + kept)), path: path,
        walked: []), file: file, folder: folder)
  }

  /// What the recipe says at a path, as it would stand in the file; nil where it is silent.
  public func value(at path: String) -> String? {
    guard let node = node(at: path), !node.isAbsent else { return nil }
    return node.text ?? RecipeEmitter.flow(node)
  }

  func node(at path: String) -> RecipeNode? {
    guard let keys = try? Self.keys(path) else { return nil }
    var node = root
    for (depth, key) in keys.enumerated() {
      // The short form of a component is its kind.
      if node.text != nil, depth > 0, key == "kind" { node = node.component }
      switch node.content {
      case .mapping:
        guard let next = node[key] else { return nil }
        node = next
      case .sequence(let elements):
        guard let index = Self.index(key, elements) else { return nil }
        node = elements[index]
      case .scalar:
        return nil
      }
    }
    return node
  }

  private static func keys(_ path: String) throws -> [String] {
    let keys = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard !keys.contains(where: \.isEmpty), keys.count <= 8 else {
      throw UserError(
        "--set", "a key path is needed, \(RecipeNode.quoted(path)) found",
        remedy: "Write keys with dots between, such as stages.0.rope.base.")
    }
    return keys
  }

  /// A value is literal text unless it begins like a list, a group or a quoted text.
  private static func node(_ value: String, _ path: String) throws -> RecipeNode {
    guard let first = value.first(where: { $0 != " " }), "[{\"'".contains(first) else {
      return .scalar(String(value.drop { $0 == " " }))
    }
    var node = try RecipeParser.parse(value, file: path)
    node.forgetLines()
    return node
  }

  private static func index(_ key: String, _ elements: [RecipeNode]) -> Int? {
    if let number = Int(key) { return elements.indices.contains(number) ? number : nil }
    return elements.firstIndex { $0["name"]?.text == key }
  }

  /// Keys that may stand as a single word for their kind.
  private static let shortForms = Set(RecipeVocabulary.Slot.allCases.map(\.rawValue))

  private static func change(
    _ node: RecipeNode, _ keys: ArraySlice<String>, to value: RecipeNode?, path: String,
    walked: [String]
  ) throws -> RecipeNode {
    guard let key = keys.first else { return value ?? .scalar("") }
    let rest = keys.dropFirst()
    let here = walked + [key]
    var node = node
    if node.text != nil, let parent = walked.last,
      shortForms.contains(parent) || walked.dropLast().last == "sources"
        || walked.dropLast().last == "evaluate"
    {
      node = node.component
    }
    if node.isAbsent { node = RecipeNode(.mapping([]), line: node.line) }
    switch node.content {
    case .mapping(var entries):
      let index = entries.firstIndex { $0.key == key }
      if rest.isEmpty, value == nil {
        entries.removeAll { $0.key == key }
      } else {
        let old = index.map { entries[$0].value } ?? RecipeNode(.mapping([]))
        let new = try change(old, rest, to: value, path: path, walked: here)
        if let index {
          entries[index].value = new
        } else {
          entries.append(RecipeNode.Entry(key: key, line: 0, value: new))
        }
      }
      return RecipeNode(.mapping(entries), line: node.line)
    case .sequence(var elements):
      // The number behind the last element adds one.
      if Int(key) == elements.count, value != nil {
        elements.append(
          try change(RecipeNode(.mapping([])), rest, to: value, path: path, walked: here))
        return RecipeNode(.sequence(elements), line: node.line)
      }
      guard let index = index(key, elements) else {
        let names = elements.indices.map { elements[$0]["name"]?.text ?? "\($0)" }
        throw UserError(
          path, "no such element, \(RecipeNode.quoted(key)) found",
          remedy: Suggestion.sentence(for: key, among: names))
      }
      if rest.isEmpty, value == nil {
        elements.remove(at: index)
      } else {
        elements[index] = try change(
          elements[index], rest, to: value, path: path, walked: here)
      }
      return RecipeNode(.sequence(elements), line: node.line)
    case .scalar:
      throw UserError(
        path, "no key below \(walked.joined(separator: ".")), which is \(node.found)",
        remedy: "Set \(walked.joined(separator: ".")) itself.")
    }
  }
}

extension RecipeNode {
  /// Lines of a value that was not read from the file would mislead.
  fileprivate mutating func forgetLines() {
    line = 0
    switch content {
    case .scalar:
      break
    case .sequence(var elements):
      for index in elements.indices { elements[index].forgetLines() }
      content = .sequence(elements)
    case .mapping(var entries):
      for index in entries.indices {
        entries[index].line = 0
        entries[index].value.forgetLines()
      }
      content = .mapping(entries)
    }
  }
}
