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
  ///
  /// - Parameters:
  ///   - defaults: the recipe's `defaults:`; nil for none.
  ///   - defaultKind: the kind that a component without `kind` has, by its key.
  /// - Returns: the stage with everything it inherits.
  func merged(
    over defaults: RecipeNode?, defaultKind: (String) -> String?
  ) -> RecipeNode {
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
        let joined = result[index].value.joined(
          with: entry.value, defaultKind: defaultKind, key: entry.key)
      {
        result[index].value = joined
      }
    }
    return RecipeNode(.mapping(result), line: line)
  }

  /// Two components of one slot as one; nil when they are of different kinds.
  private func joined(
    with defaults: RecipeNode, defaultKind: (String) -> String?, key: String
  ) -> RecipeNode? {
    guard entries != nil || text != nil, let other = defaults.component.entries else { return nil }
    let own = component
    let kind = defaults.component["kind"]?.text ?? defaultKind(key)
    if let named = own["kind"]?.text, named != kind { return nil }
    var result = own.entries ?? []
    for entry in other {
      guard let index = result.firstIndex(where: { $0.key == entry.key }) else {
        result.append(entry)
        continue
      }
      // The one component inside a component.
      if entry.key == "schedule",
        let joined = result[index].value.joined(
          with: entry.value, defaultKind: defaultKind, key: entry.key)
      {
        result[index].value = joined
      }
    }
    return RecipeNode(.mapping(result), line: line)
  }

  /// A component's short form, its kind alone, written out as a group.
  var component: RecipeNode {
    guard let text else { return self }
    return RecipeNode(
      .mapping([Entry(key: "kind", line: line, value: .scalar(text, line: line))]), line: line)
  }
}
