import Support

/// A recipe laid out as fields in a fixed order: the form of the workbench and the resolved YAML.
struct RecipeOutline {
  private(set) var fields: [RecipeField] = []
  private let vocabulary: RecipeVocabulary
  private let document: RecipeDocument

  init(recipe: Recipe, vocabulary: RecipeVocabulary, document: RecipeDocument) {
    self.vocabulary = vocabulary
    self.document = document
    addTop(recipe)
    for stage in recipe.stages { add(stage) }
    for (index, evaluation) in recipe.evaluations.enumerated() {
      add(evaluation, .evaluate, "evaluate.\(index)")
    }
    for source in recipe.sources {
      add(source.component, .source, "sources.\(source.name)")
      if let pack = source.pack { add(pack, .pack, "sources.\(source.name).pack") }
    }
  }

  private mutating func add(_ path: String, _ setting: Setting, _ value: SettingsValue?) {
    let isGiven = document.node(at: path) != nil || isGivenByDefaults(path)
    fields.append(
      RecipeField(path: path, setting: setting, value: value, isGiven: isGiven))
  }

  private func isGivenByDefaults(_ path: String) -> Bool {
    let keys = path.split(separator: ".")
    guard keys.count > 2, keys[0] == "stages" else { return false }
    return document.node(at: "defaults." + keys.dropFirst(2).joined(separator: ".")) != nil
  }

  private mutating func add(
    _ prefix: String, _ declared: [Setting], _ values: [String: SettingsValue?]
  ) {
    for setting in declared {
      add(RecipeReading.join(prefix, setting.key), setting, values[setting.key] ?? nil)
    }
  }

  private mutating func add(
    _ component: Component, _ slot: RecipeVocabulary.Slot, _ path: String
  ) {
    let kinds = vocabulary[slot].map(\.name)
    add(
      "\(path).kind",
      Setting(
        required: "kind", .choice(kinds), help: "Which \(slot.rawValue) is used.",
        applies: .nextStage), .text(component.kind))
    let declared = vocabulary.kind(slot, component.kind)?.settings ?? []
    add(path, declared, component.settings.values.mapValues { $0 })
  }

  private mutating func addTop(_ recipe: Recipe) {
    add(
      "", RecipeFields.top,
      [
        "name": .text(recipe.name),
        "summary": recipe.summary.isEmpty ? nil : .text(recipe.summary),
        "base": recipe.base.map { .text($0) }, "target": .integer(recipe.target),
        "seed": .integer(Int(clamping: recipe.seed)), "precision": .text(recipe.precision.rawValue),
        "threads": recipe.threads.map { .integer($0) },
      ])
    if let model = recipe.model { add(model, .model, "model") }
    if let tokenizer = recipe.tokenizer { add(tokenizer, .tokenizer, "tokenizer") }
    add(
      "checkpoint", RecipeFields.checkpoint,
      [
        "every": recipe.checkpoints.every.map { .integer($0) },
        "keep": .integer(recipe.checkpoints.keep),
      ])
    add("memory", RecipeFields.memory, ["recompute": .text(recipe.recompute.rawValue)])
  }

  private mutating func add(_ stage: Stage) {
    let path = stage.path
    add("\(path).name", RecipeFields.stageName, .text(stage.name))
    switch stage.work {
    case .merge(let merge):
      add("\(path).kind", RecipeFields.stageKind, .text("merge"))
      add(
        path, RecipeFields.mergeStage, ["with": .text(merge.with), "weight": .real(merge.weight)])
    case .train(let training):
      add("\(path).kind", RecipeFields.stageKind, .text("train"))
      add(training, path)
    }
  }

  private mutating func add(_ training: TrainingStage, _ path: String) {
    add(
      path, RecipeFields.trainStage,
      [
        "steps": training.advance == nil ? .integer(training.steps) : nil,
        "tokens_per_step": .integer(training.tokensPerStep),
        "sequence": .integer(training.sequence),
        "moments": .text(training.resetsMoments ? "reset" : "keep"),
      ])
    for share in training.mix {
      add("\(path).mix.\(share.source)", RecipeFields.weight, .real(share.weight))
    }
    add(training.pack, .pack, "\(path).pack")
    add(training.rope, .rope, "\(path).rope")
    add(training.positions, .positions, "\(path).positions")
    add(training.select, .select, "\(path).select")
    add(training.train, .train, "\(path).train")
    add(training.optimizer, .optimizer, "\(path).optimizer")
    if let schedule = training.schedule {
      add(schedule, .schedule, "\(path).optimizer.schedule")
    }
    add(
      "\(path).loss", RecipeFields.loss,
      [
        "average": .text(training.loss.average),
        "count": training.loss.count.map { .integer($0) },
        "on": .text(training.loss.isOnAnswersOnly ? "answers" : "all"),
        "answer_weight": .real(training.loss.answerWeight),
      ])
    if let replay = training.replay {
      add(
        "\(path).replay", RecipeFields.replay,
        ["share": .real(replay.share), "sequence": replay.sequence.map { .integer($0) }])
    }
    if let window = training.window {
      add(
        "\(path).window", RecipeFields.window,
        [
          "start": .integer(window.start), "growth": .real(window.growth),
          "end": .integer(window.end),
        ])
    }
    if let advance = training.advance {
      add(
        "\(path).advance", RecipeFields.advance,
        [
          "on": .text(advance.measure.rawValue), "below": .real(advance.below),
          "average": .real(advance.average), "min_steps": .integer(advance.minimumSteps),
          "max_steps": .integer(advance.maximumSteps),
          "at_limit": .text(advance.failsAtLimit ? "fail" : "go_on"),
        ])
    }
  }

  /// The fields that have a value as a tree; `stages` and `evaluate` are lists.
  static func tree(_ fields: [RecipeField]) -> RecipeNode {
    var root = RecipeNode(.mapping([]))
    for field in fields {
      guard let node = field.node else { continue }
      insert(node, field.path.split(separator: ".").map(String.init)[...], into: &root)
    }
    return root
  }

  private static func insert(
    _ value: RecipeNode, _ keys: ArraySlice<String>, into node: inout RecipeNode
  ) {
    guard let key = keys.first else {
      node = value
      return
    }
    let rest = keys.dropFirst()
    switch node.content {
    case .mapping(var entries):
      if !entries.contains(where: { $0.key == key }) {
        let isList = (key == "stages" || key == "evaluate") && rest.first.flatMap { Int($0) } != nil
        entries.append(
          RecipeNode.Entry(
            key: key, line: 0, value: RecipeNode(isList ? .sequence([]) : .mapping([]))))
      }
      for index in entries.indices where entries[index].key == key {
        insert(value, rest, into: &entries[index].value)
      }
      node.content = .mapping(entries)
    case .sequence(var elements):
      guard let index = Int(key) else { return }
      while elements.count <= index { elements.append(RecipeNode(.mapping([]))) }
      insert(value, rest, into: &elements[index])
      node.content = .sequence(elements)
    case .scalar:
      return
    }
  }
}
