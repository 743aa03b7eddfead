import Foundation
import Support

/// Reads a whole recipe and checks what belongs together.
struct RecipeReader {
  let reading: RecipeReading
  let folder: String

  /// The recipe, as far as it could be read; nil when too little could.
  ///
  /// All faults are in `reading`.
  func recipe(_ root: RecipeNode) -> Recipe? {
    guard root.entries != nil else {
      reading.fault(
        root.line, "", "a group of keys is needed, \(root.found) found",
        "Begin with `name:` and `stages:`.")
      return nil
    }
    let known = RecipeFields.top.map(\.key) + RecipeFields.topGroups
    let top = reading.group(root, "", known: known)
    let values = reading.settings(top, RecipeFields.top, "")
    let model = start(top, values)
    let sources = sources(top["sources"])
    let stages = stages(top, sources, target: values.integer("target"))
    let evaluations = evaluations(top["evaluate"])
    checkPositions(stages, evaluations)
    let checkpoints = checkpoints(top["checkpoint"])
    let recompute = recompute(top["memory"])
    let sweep = SweepReader(reading: reading).sweep(top["sweep"])
    let tokenizer = tokenizer(top, values, sources, stages)
    guard let target = values.integer("target"), !stages.isEmpty,
      stages.count == top["stages"]?.elements?.count,
      let precision = values.text("precision").flatMap(Recipe.Precision.init(rawValue:))
    else { return nil }
    let fileName = ((reading.file as NSString).lastPathComponent as NSString).deletingPathExtension
    return Recipe(
      file: reading.file, folder: folder, name: values.text("name") ?? fileName,
      summary: values.text("summary") ?? "", base: values.text("base"), model: model,
      tokenizer: tokenizer, target: target, seed: UInt64(values.integer("seed") ?? 1),
      precision: precision, threads: values.integer("threads"), stages: stages,
      evaluations: evaluations, sources: sources, checkpoints: checkpoints,
      recompute: recompute, sweep: sweep)
  }

  /// True for letters, digits, `-` and `_` with at least one letter: what a key path can hold.
  static func isName(_ text: String) -> Bool {
    let letters = text.utf8.filter { (65...90).contains($0) || (97...122).contains($0) }
    let all = text.utf8.allSatisfy {
      (65...90).contains($0) || (97...122).contains($0) || (48...57).contains($0) || $0 == 45
        || $0 == 95
    }
    return all && !letters.isEmpty && text.utf8.count <= 64
  }

  private func start(_ top: RecipeNode, _ values: SettingsValues) -> Component? {
    switch (top["base"], top["model"]) {
    case (nil, nil):
      reading.fault(
        top.line, "base", "exactly one of base and model is needed, none found",
        "Add base: a checkpoint to start from, or model: the shape of a new one.")
      return nil
    case (.some, .some(let model)):
      reading.fault(
        model.line, "model", "exactly one of base and model is needed, both found",
        "Remove one of them: a base brings its own shape.")
      return nil
    case (nil, .some(let model)):
      return reading.component(model, .model, "model", line: model.line)
    case (.some, nil):
      return nil
    }
  }

  private func sources(_ node: RecipeNode?) -> [Recipe.Source] {
    guard let node else { return [] }
    guard let entries = node.entries else {
      reading.fault(
        node.line, "sources", "a group of sources is needed, \(node.found) found",
        "Write for example { books: { kind: text, path: data/books } }.")
      return []
    }
    return entries.compactMap { entry in
      let path = "sources.\(entry.key)"
      guard Self.isName(entry.key) else {
        reading.fault(
          entry.line, path,
          "a name of letters, digits, - and _ with a letter is needed, "
            + "\(RecipeNode.quoted(entry.key)) found", "Rename the source.")
        return nil
      }
      let component = reading.component(
        entry.value, .source, path, line: entry.line, reserved: ["pack"])
      let pack = entry.value["pack"].flatMap { node in
        reading.component(node, .pack, "\(path).pack", line: node.line)
      }
      return component.map { Recipe.Source(name: entry.key, component: $0, pack: pack) }
    }
  }

  private func stages(
    _ top: RecipeNode, _ sources: [Recipe.Source], target: Int?
  ) -> [Stage] {
    guard let nodes = top["stages"]?.elements, !nodes.isEmpty else {
      reading.fault(
        top["stages"]?.line ?? top.line, "stages",
        "a list of stages is needed, \(top["stages"]?.found ?? "nothing") found",
        "Write each stage after a dash.")
      return []
    }
    // A source whose definition is faulty still counts as defined: one fault is enough.
    let defined = (top["sources"]?.entries ?? []).map(\.key)
    let builtIn = reading.vocabulary.builtInSources.filter { !defined.contains($0) }
    let defaults = top["defaults"]
    if let defaults, defaults.entries == nil {
      reading.fault(
        defaults.line, "defaults", "a group of keys is needed, \(defaults.found) found",
        "Write it like a stage.")
    }
    let reader = StageReader(
      reading: reading, sourceNames: defined + builtIn, target: target)
    var stages: [Stage] = []
    for (index, node) in nodes.enumerated() {
      guard let stage = reader.stage(node, index: index, defaults: defaults) else { continue }
      if stage.name == Stage.base || stages.contains(where: { $0.name == stage.name }) {
        reading.fault(
          node["name"]?.line ?? node.line, "stages.\(index).name",
          "a name of its own is needed, \(RecipeNode.quoted(stage.name)) found",
          "Rename the stage; `base` means the model it starts from.")
      }
      stages.append(stage)
    }
    checkAskedWeights(stages, top)
    checkAdapters(stages)
    return stages
  }

  private func checkAskedWeights(_ stages: [Stage], _ top: RecipeNode) {
    for (index, stage) in stages.enumerated() {
      let later = stages[index...].map(\.name)
      for (name, key, line) in stage.askedWeights(reading.vocabulary) {
        if later.contains(name) {
          reading.fault(
            line, key, "an earlier stage is needed, \(RecipeNode.quoted(name)) found",
            "Name base, a stage before this one, or a checkpoint.")
        }
        if name == Stage.base, top["base"] == nil {
          reading.fault(
            line, key, "a recipe with a base is needed, a new model found",
            "Name an earlier stage or a checkpoint.")
        }
      }
    }
  }

  /// Adapters that a stage leaves apart would be lost to the stages after it.
  private func checkAdapters(_ stages: [Stage]) {
    for stage in stages.dropLast() {
      guard let train = stage.training?.train, train.settings.flag("merge") == false else {
        continue
      }
      reading.fault(
        train.line, "\(train.path).merge",
        "true is needed in every stage but the last, false found",
        "Leave merge out: the next stage goes on with the merged weights.")
    }
  }

  private func evaluations(_ node: RecipeNode?) -> [Component] {
    guard let node else { return [] }
    guard let elements = node.elements else {
      reading.fault(
        node.line, "evaluate", "a list of evaluations is needed, \(node.found) found",
        "Write each one after a dash.")
      return []
    }
    return elements.enumerated().compactMap { index, element in
      reading.component(element, .evaluate, "evaluate.\(index)", line: element.line)
    }
  }

  private func checkpoints(_ node: RecipeNode?) -> Recipe.Checkpoints {
    let group = reading.group(node, "checkpoint", known: RecipeFields.checkpoint.map(\.key))
    let values = reading.settings(group, RecipeFields.checkpoint, "checkpoint")
    return Recipe.Checkpoints(every: values.integer("every"), keep: values.integer("keep") ?? 3)
  }

  private func recompute(_ node: RecipeNode?) -> Recipe.Recompute {
    let group = reading.group(node, "memory", known: RecipeFields.memory.map(\.key))
    let values = reading.settings(group, RecipeFields.memory, "memory")
    return values.text("recompute").flatMap(Recipe.Recompute.init(rawValue:)) ?? .auto
  }

  /// The recipe's tokenizer; else the base's; else `bytes` when a text source is used, or `world`.
  private func tokenizer(
    _ top: RecipeNode, _ values: SettingsValues, _ sources: [Recipe.Source], _ stages: [Stage]
  ) -> Component? {
    if let node = top["tokenizer"] {
      return reading.component(node, .tokenizer, "tokenizer", line: node.line)
    }
    guard top["base"] == nil else { return nil }
    let used = Set(stages.flatMap { $0.training?.mix.map(\.source) ?? [] })
    let readsText = sources.contains { source in
      let kind = reading.vocabulary.kind(.source, source.component.kind)
      return used.contains(source.name) && kind?.givesAnyText == true
    }
    let name = readsText ? "bytes" : "world"
    guard let kind = reading.vocabulary.kind(.tokenizer, name) else { return nil }
    return Component(name, SettingsValues([:], declared: kind.settings), path: "tokenizer")
  }
}
