extension RecipeNode {
  /// Groups whose keys are merged one by one; `mix` is not: half a mix is nobody's intention.
  private static let mergedGroups: Set<String> = [
    "pack", "rope", "positions", "select", "train", "optimizer", "schedule", "loss", "replay",
    "advance",
  ]

  /// A stage over the recipe's `defaults:`: the stage's own keys win.
  ///
  /// A component merges with the default of its slot only when both name the same kind, or the stage
  /// names none. A stage that gives one of steps, tokens and advance takes none of the others.
  func merged(over defaults: RecipeNode?) -> RecipeNode {
    guard let own = entries, let other = defaults?.entries else { return self }
    var result = own
    let lengths = ["steps", "tokens", "advance"]
    let hasLength = own.contains { lengths.contains($0.key) && !$0.value.isAbsent }
    for entry in other {
      guard let index = result.firstIndex(where: { $0.key == entry.key && !$0.value.isAbsent })
      else {
        if !(hasLength && lengths.contains(entry.key)), entry.key != "name" {
          result.append(entry)
        }
        continue
      }
      if Self.mergedGroups.contains(entry.key),
        let joined = result[index].value.joined(with: entry.value)
      {
        result[index].value = joined
      }
    }
    return RecipeNode(.mapping(result), line: line)
  }

  /// Two components of one slot as one; nil when they are of different kinds.
  private func joined(with defaults: RecipeNode) -> RecipeNode? {
    guard entries != nil || text != nil, let other = defaults.component.entries else { return nil }
    let own = component
    if let kind = own["kind"]?.text, kind != defaults.component["kind"]?.text { return nil }
    let keys = Set((own.entries ?? []).map(\.key))
    var result = own.entries ?? []
    for entry in other where !keys.contains(entry.key) { result.append(entry) }
    return RecipeNode(.mapping(result), line: line)
  }

  /// A component's short form, its kind alone, written out as a group.
  var component: RecipeNode {
    guard let text else { return self }
    return RecipeNode(
      .mapping([Entry(key: "kind", line: line, value: .scalar(text, line: line))]), line: line)
  }
}
