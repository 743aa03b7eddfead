import Support

/// Reads the group `sweep` of a recipe.
struct SweepReader {
  let reading: RecipeReading

  static let keys = ["seeds", "vary", "arms", "abandon", "minutes"]
  /// Arms of a sweep at most; a grid grows by multiplication.
  static let mostArms = 1_000

  /// The sweep; with faults it is not whole, and they are in `reading`.
  func sweep(_ node: RecipeNode?) -> Sweep? {
    guard let node, !node.isAbsent else { return nil }
    let group = reading.group(node, "sweep", known: Self.keys)
    let values = reading.settings(group, RecipeFields.sweep, "sweep")
    let fields = vary(group["vary"])
    var arms = arms(group["arms"])
    let combinations = fields.reduce(fields.isEmpty ? 0 : 1.0) { $0 * Double($1.values.count) }
    let count = combinations + Double(arms.count)
    guard count <= Double(Self.mostArms) else {
      let key = fields.isEmpty ? "arms" : "vary"
      reading.fault(
        group[key]?.line ?? group.line, "sweep.\(key)",
        "at most \(Self.mostArms) arms are allowed, "
          + "\(count < 1e15 ? "\(Int(count))" : "\(count)") found",
        "Vary fewer fields at a time, or give them fewer values.")
      return nil
    }
    if !fields.isEmpty { arms += Sweep.grid(fields) }
    if arms.isEmpty { arms = [Sweep.Arm(name: "all", changes: [], line: 0)] }
    var names = Set<String>()
    for arm in arms where !names.insert(arm.name).inserted {
      reading.fault(
        arm.line, "sweep.arms", "a name of its own is needed, \(RecipeNode.quoted(arm.name)) found",
        "Rename the arm.")
    }
    return Sweep(
      seeds: seeds(values, line: group["seeds"]?.line ?? group.line), arms: arms,
      abandon: abandon(group["abandon"]), seconds: values.real("minutes").map { $0 * 60 })
  }

  private func seeds(_ values: SettingsValues, line: Int) -> [Int] {
    let seeds = values.integers("seeds") ?? [1, 2, 3]
    if let seed = Sweep.repeatedSeed(seeds) {
      reading.fault(
        line, "sweep.seeds", "every seed once is needed, \(seed) found again",
        "Leave it out the second time: the same run would count twice.")
    }
    return seeds
  }

  private func vary(_ node: RecipeNode?) -> [(path: String, values: [String])] {
    guard let node else { return [] }
    guard let entries = node.entries else {
      reading.fault(
        node.line, "sweep.vary", "a group of key paths is needed, \(node.found) found",
        "Write for example { stages.0.rope.base: [10k, 160k] }.")
      return []
    }
    return entries.compactMap { entry in
      guard let elements = entry.value.elements, !elements.isEmpty else {
        reading.fault(
          entry.line, "sweep.vary.\(entry.key)",
          "a list of values is needed, \(entry.value.found) found",
          "Write for example [10k, 160k].")
        return nil
      }
      return (entry.key, elements.map(Self.text))
    }
  }

  private func arms(_ node: RecipeNode?) -> [Sweep.Arm] {
    guard let node else { return [] }
    guard let elements = node.elements else {
      reading.fault(
        node.line, "sweep.arms", "a list of arms is needed, \(node.found) found",
        "Write for example - { name: full, set: { stages.0.positions: plain } }.")
      return []
    }
    return elements.enumerated().compactMap { index, element in
      let path = "sweep.arms.\(index)"
      let group = reading.group(element, path, known: ["name", "set"])
      guard let name = group["name"]?.text, RecipeReader.isName(name) else {
        reading.fault(
          element.line, path + ".name",
          "a name of letters, digits, - and _ with a letter is needed, "
            + "\(group["name"]?.found ?? "nothing") found", "Name the arm.")
        return nil
      }
      let set = group["set"]
      guard set == nil || set?.entries != nil else {
        reading.fault(
          set?.line ?? element.line, path + ".set",
          "a group of key paths is needed, \(set?.found ?? "nothing") found",
          "Write for example { stages.0.positions: plain }.")
        return nil
      }
      let changes = (set?.entries ?? []).map {
        Sweep.Change(path: $0.key, value: Self.text($0.value))
      }
      return Sweep.Arm(name: name, changes: changes, line: element.line)
    }
  }

  private func abandon(_ node: RecipeNode?) -> Sweep.Abandon? {
    guard let node else { return nil }
    let path = "sweep.abandon"
    let group = reading.group(node, path, known: RecipeFields.abandon.map(\.key))
    let values = reading.settings(group, RecipeFields.abandon, path)
    guard let after = values.real("after"), let below = values.real("below") else { return nil }
    return Sweep.Abandon(after: after, below: below)
  }

  /// A value as an edit writes it; an absent one is empty, which takes the field away.
  private static func text(_ node: RecipeNode) -> String {
    node.isAbsent ? "" : node.text ?? RecipeEmitter.flow(node)
  }
}
