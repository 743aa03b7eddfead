import Support

/// Collects faults while a recipe is read, so that a person sees all of them at once.
///
/// Lives on one thread for the time of one reading.
final class RecipeReading {
  let file: String
  let vocabulary: RecipeVocabulary
  private(set) var faults: [RecipeFault] = []

  init(file: String, vocabulary: RecipeVocabulary) {
    self.file = file
    self.vocabulary = vocabulary
  }

  /// Notes a fault; one that `defaults:` brings into several stages is noted once.
  func fault(_ line: Int, _ path: String, _ finding: String, _ remedy: String) {
    let isKnown = faults.contains {
      line > 0 && $0.line == line && $0.finding == finding
        && $0.path.split(separator: ".").last == path.split(separator: ".").last
    }
    guard !isKnown else { return }
    faults.append(
      RecipeFault(file: file, line: line, path: path, finding: finding, remedy: remedy))
  }

  /// The faults in the order of the file.
  var sortedFaults: [RecipeFault] {
    faults.enumerated().sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }
      .map(\.element)
  }

  /// The entries of a group, unknown keys reported; an absent group has none.
  func group(
    _ node: RecipeNode?, _ path: String, known: [String], of kind: String = ""
  ) -> RecipeNode {
    guard let node, !node.isAbsent else { return RecipeNode(.mapping([]), line: node?.line ?? 0) }
    guard let entries = node.entries else {
      fault(
        node.line, path, "a group of keys is needed, \(node.found) found",
        "Known: \(known.joined(separator: ", ")).")
      return RecipeNode(.mapping([]), line: node.line)
    }
    for entry in entries where !known.contains(entry.key) {
      fault(
        entry.line, Self.join(path, entry.key),
        "unknown key\(kind.isEmpty ? "" : " of \(kind)"), \(RecipeNode.quoted(entry.key)) found",
        known.isEmpty
          ? "It takes no settings; remove the key."
          : Suggestion.sentence(for: entry.key, among: known))
    }
    return node
  }

  /// The declared settings of a group; faults for wrong and missing ones.
  func settings(_ group: RecipeNode, _ declared: [Setting], _ path: String) -> SettingsValues {
    var given: [String: SettingsValue] = [:]
    for setting in declared {
      let place = Self.join(path, setting.key)
      guard let node = group[setting.key] else {
        if setting.isRequired {
          fault(
            group.line, place, "a value is needed, nothing found",
            "Add \(setting.key): \(Self.lowercasedFirst(setting.help))")
        }
        continue
      }
      do {
        given[setting.key] = try SettingReader.read(node, setting.form)
      } catch {
        fault(node.line, place, error.finding, error.remedy)
      }
    }
    return SettingsValues(given, declared: declared)
  }

  /// A component: a group with `kind`, or the kind's name alone.
  ///
  /// - Parameters:
  ///   - node: what the recipe says; nil for the slot's default kind.
  ///   - slot: which kinds it may name.
  ///   - path: key path for faults.
  ///   - line: line for faults when the node is nil.
  ///   - reserved: keys that somebody else reads.
  /// - Returns: the component, or nil after a fault.
  func component(
    _ node: RecipeNode?, _ slot: RecipeVocabulary.Slot, _ path: String, line: Int,
    reserved: [String] = []
  ) -> Component? {
    let known = vocabulary[slot].map(\.name)
    let named = node?.text.map { RecipeNode.scalar($0, line: node?.line ?? 0) } ?? node?["kind"]
    let line = node?.line ?? line
    guard let name = named?.text ?? vocabulary.defaultKind(slot) else {
      fault(
        line, Self.join(path, "kind"), "a kind is needed, \(named?.found ?? "nothing") found",
        "Known: \(known.joined(separator: ", ")).")
      return nil
    }
    if let node, node.text == nil, node.entries == nil, !node.isAbsent {
      fault(
        line, path, "a kind or a group of keys is needed, \(node.found) found",
        "Write for example { kind: \(known.first ?? name) }.")
      return nil
    }
    guard let kind = vocabulary.kind(slot, name) else {
      fault(
        named?.line ?? line, Self.join(path, "kind"),
        "no such kind, \(RecipeNode.quoted(name)) found",
        Suggestion.sentence(for: name, among: known))
      return nil
    }
    let group = group(
      node?.entries == nil ? nil : node, path,
      known: ["kind"] + kind.settings.map(\.key) + reserved,
      of: kind.name)
    let values = settings(
      RecipeNode(group.content, line: line), kind.settings, path)
    return Component(kind.name, values, path: path, line: node?.line ?? 0)
  }

  static func join(_ path: String, _ key: String) -> String {
    path.isEmpty ? key : "\(path).\(key)"
  }

  private static func lowercasedFirst(_ text: String) -> String {
    // "FLOPs of a step" keeps its capitals.
    guard text.dropFirst().first?.isUppercase != true else { return text }
    return text.prefix(1).lowercased() + text.dropFirst()
  }
}
