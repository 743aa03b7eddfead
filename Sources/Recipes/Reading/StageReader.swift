import Support

/// Reads one stage of a recipe.
struct StageReader {
  let reading: RecipeReading
  /// Names that a mix may use.
  let sourceNames: [String]
  let target: Int?

  private static let trainingKeys =
    RecipeFields.trainStage.map(\.key) + RecipeFields.stageSlots.map(\.rawValue)
    + RecipeFields.groups

  /// The stage; nil after a fault that leaves nothing to go on with.
  func stage(_ node: RecipeNode, index: Int, defaults: RecipeNode?) -> Stage? {
    let path = "stages.\(index)"
    guard node.entries != nil else {
      reading.fault(
        node.line, path, "a group of keys is needed, \(node.found) found",
        "Write for example { steps: 100, mix: { stories: 1 } }.")
      return nil
    }
    let head = reading.settings(
      node, [RecipeFields.stageName, RecipeFields.stageKind], path)
    let name = head.text("name") ?? "stage-\(index + 1)"
    guard RecipeReader.isName(name) else {
      reading.fault(
        node["name"]?.line ?? node.line, "\(path).name",
        "a name of letters, digits, - and _ with a letter is needed, "
          + "\(RecipeNode.quoted(name)) found", "Rename the stage.")
      return nil
    }
    let work: Stage.Work?
    if head.text("kind") == "merge" {
      work = merge(node, path).map { .merge($0) }
    } else {
      work = training(inheriting(node, defaults), path).map { .train($0) }
    }
    return work.map { Stage(name: name, work: $0, path: path, line: node.line) }
  }

  private func inheriting(_ node: RecipeNode, _ defaults: RecipeNode?) -> RecipeNode {
    node.merged(over: defaults) { key in
      RecipeVocabulary.Slot(rawValue: key).flatMap(reading.vocabulary.defaultKind)
    }
  }

  private func merge(_ node: RecipeNode, _ path: String) -> Stage.Merge? {
    let known = ["name", "kind"] + RecipeFields.mergeStage.map(\.key)
    let training = (node.entries ?? []).filter {
      !known.contains($0.key) && Self.trainingKeys.contains($0.key)
    }
    for entry in training {
      reading.fault(
        entry.line, "\(path).\(entry.key)",
        "no key of training is needed, for a merge trains nothing, \(entry.key) found",
        "Remove it, or train in a stage of its own.")
    }
    let group = reading.group(
      node, path, known: known + training.map(\.key), of: "merge")
    let values = reading.settings(group, RecipeFields.mergeStage, path)
    guard let with = values.text("with"), let weight = values.real("weight") else { return nil }
    return Stage.Merge(with: with, weight: weight)
  }

  private func training(_ node: RecipeNode, _ path: String) -> TrainingStage? {
    let group = reading.group(node, path, known: ["name", "kind"] + Self.trainingKeys)
    let values = reading.settings(group, RecipeFields.trainStage, path)
    let hasSchedules = !reading.vocabulary[.schedule].isEmpty
    var parts: [RecipeVocabulary.Slot: Component] = [:]
    for slot in RecipeFields.stageSlots {
      parts[slot] = reading.component(
        group[slot.rawValue], slot, "\(path).\(slot.rawValue)", line: node.line,
        reserved: slot == .optimizer && hasSchedules ? ["schedule"] : [])
    }
    let schedule =
      hasSchedules
      ? reading.component(
        group["optimizer"]?["schedule"], .schedule, "\(path).optimizer.schedule", line: node.line)
      : nil
    let mix = mix(group, path)
    let loss = loss(group["loss"], "\(path).loss")
    let replay = replay(group["replay"], "\(path).replay")
    let advance = advance(group["advance"], "\(path).advance")
    let sequence = sequence(values, group, path)
    let window = sequence.flatMap { self.window(group["window"], "\(path).window", row: $0) }
    let steps = steps(
      values, group, path, advance, sequence: sequence ?? 1)
    guard let steps, let sequence, let mix, let pack = parts[.pack], let rope = parts[.rope],
      let positions = parts[.positions], let select = parts[.select], let train = parts[.train],
      let optimizer = parts[.optimizer]
    else { return nil }
    return TrainingStage(
      steps: steps, tokensPerStep: values.integer("tokens_per_step") ?? sequence,
      sequence: sequence, mix: mix, pack: pack, rope: rope, positions: positions, select: select,
      train: train, optimizer: optimizer, resetsMoments: values.text("moments") == "reset",
      schedule: schedule, loss: loss, replay: replay, window: window, advance: advance)
  }

  private func sequence(
    _ values: SettingsValues, _ group: RecipeNode, _ path: String
  ) -> Int? {
    guard let sequence = values.integer("sequence") ?? target else { return nil }
    let line = group["sequence"]?.line ?? group.line
    if let target, sequence > target {
      reading.fault(
        line, "\(path).sequence",
        "a row of at most the target's \(target) tokens is needed, \(sequence) found",
        "Raise target or shorten the rows.")
    }
    if let tokens = values.integer("tokens_per_step"), tokens < sequence {
      reading.fault(
        group["tokens_per_step"]?.line ?? group.line, "\(path).tokens_per_step",
        "at least one row of \(sequence) tokens is needed, \(tokens) found",
        "Raise tokens_per_step or shorten sequence.")
    }
    return sequence
  }

  private func steps(
    _ values: SettingsValues, _ group: RecipeNode, _ path: String,
    _ advance: TrainingStage.Advance?,
    sequence: Int
  ) -> Int? {
    let given = ["steps", "tokens", "advance"].filter { group[$0] != nil }
    guard given.count == 1 else {
      let found = given.isEmpty ? "none" : given.joined(separator: " and ")
      let line = given.last.flatMap { group[$0]?.line } ?? group.line
      reading.fault(
        line, path, "exactly one of steps, tokens and advance is needed, \(found) found",
        given.isEmpty ? "Add for example steps: 100." : "Keep one of them.")
      return nil
    }
    if let advance { return advance.maximumSteps }
    if let steps = values.integer("steps") { return steps }
    guard let tokens = values.integer("tokens") else { return nil }
    let rows = max(1, (values.integer("tokens_per_step") ?? sequence) / sequence)
    let perStep = rows * sequence
    return (tokens + perStep - 1) / perStep
  }

  private func mix(_ group: RecipeNode, _ path: String) -> [TrainingStage.Share]? {
    let place = "\(path).mix"
    let known = sourceNames.joined(separator: ", ")
    guard let node = group["mix"] else {
      reading.fault(
        group.line, place, "a mix of sources is needed, nothing found",
        "Write for example mix: { \(sourceNames.first ?? "books"): 1 }. Known: \(known).")
      return nil
    }
    guard let entries = node.entries else {
      reading.fault(
        node.line, place, "a group of sources with weights is needed, \(node.found) found",
        "Write for example { \(sourceNames.first ?? "books"): 1 }. Known: \(known).")
      return nil
    }
    guard entries.count <= 255 else {
      reading.fault(
        node.line, place, "at most 255 sources are allowed, \(entries.count) found",
        "Join small sources in one folder.")
      return nil
    }
    var weights: [(name: String, weight: Double, line: Int)] = []
    for entry in entries {
      let path = "\(place).\(entry.key)"
      if !sourceNames.contains(entry.key) {
        reading.fault(
          entry.line, path, "no such source, \(RecipeNode.quoted(entry.key)) found",
          Suggestion.sentence(for: entry.key, among: sourceNames))
      }
      do {
        let value = try SettingReader.read(entry.value, RecipeFields.weight.form)
        if case .real(let weight) = value { weights.append((entry.key, weight, entry.line)) }
      } catch {
        reading.fault(entry.value.line, path, error.finding, error.remedy)
      }
    }
    guard weights.count == entries.count else { return nil }
    let sum = weights.reduce(0) { $0 + $1.weight }
    guard sum > 0 else {
      reading.fault(
        node.line, place, "weights with a sum above 0 are needed, \(Quantity.text(sum)) found",
        "Give at least one source a weight above 0.")
      return nil
    }
    return weights.map {
      TrainingStage.Share(
        source: $0.name, weight: $0.weight, share: $0.weight / sum, line: $0.line)
    }
  }

  private func loss(_ node: RecipeNode?, _ path: String) -> TrainingStage.Loss {
    let group = reading.group(node, path, known: RecipeFields.loss.map(\.key))
    let values = reading.settings(group, RecipeFields.loss, path)
    let average = values.text("average") ?? "tokens"
    if let count = values.integer("count"), average != "fixed" {
      reading.fault(
        group["count"]?.line ?? group.line, "\(path).count",
        "a count is for `average: fixed` only, \(count) found with `average: \(average)`",
        "Leave count out, or set average: fixed.")
    }
    return TrainingStage.Loss(
      average: average, count: values.integer("count"),
      isOnAnswersOnly: values.text("on") == "answers",
      answerWeight: values.real("answer_weight") ?? 1)
  }

  private func replay(_ node: RecipeNode?, _ path: String) -> TrainingStage.Replay? {
    guard let node else { return nil }
    let group = reading.group(node, path, known: RecipeFields.replay.map(\.key))
    let values = reading.settings(group, RecipeFields.replay, path)
    if let target, let sequence = values.integer("sequence"), sequence > target {
      reading.fault(
        group["sequence"]?.line ?? node.line, "\(path).sequence",
        "a row of at most the target's \(target) tokens is needed, \(sequence) found",
        "Replay rows are the short ones; shorten them.")
    }
    guard let share = values.real("share") else { return nil }
    return TrainingStage.Replay(share: share, sequence: values.integer("sequence"))
  }

  private func window(
    _ node: RecipeNode?, _ path: String, row: Int
  ) -> TrainingStage.Window? {
    guard let node else { return nil }
    let group = reading.group(node, path, known: RecipeFields.window.map(\.key))
    let values = reading.settings(group, RecipeFields.window, path)
    let end = values.integer("end") ?? row
    let start = values.integer("start") ?? 32
    if end > row {
      reading.fault(
        group["end"]?.line ?? node.line, "\(path).end",
        "at most the row's \(row) tokens is needed, \(end) found", "Lower end or leave it out.")
    }
    if start > end {
      reading.fault(
        group["start"]?.line ?? node.line, "\(path).start",
        "at most the end's \(end) tokens is needed, \(start) found", "Lower start.")
    }
    return TrainingStage.Window(start: start, growth: values.real("growth") ?? 0.125, end: end)
  }

  private func advance(_ node: RecipeNode?, _ path: String) -> TrainingStage.Advance? {
    guard let node else { return nil }
    let group = reading.group(node, path, known: RecipeFields.advance.map(\.key))
    let values = reading.settings(group, RecipeFields.advance, path)
    guard let below = values.real("below"), let most = values.integer("max_steps"),
      let measure = values.text("on").flatMap(TrainingStage.Advance.Measure.init(rawValue:))
    else { return nil }
    let fewest = values.integer("min_steps") ?? 0
    if fewest > most {
      reading.fault(
        group["min_steps"]?.line ?? node.line, "\(path).min_steps",
        "at most max_steps, \(most), is needed, \(fewest) found", "Lower min_steps.")
    }
    return TrainingStage.Advance(
      measure: measure, below: below, average: values.real("average") ?? 0.9,
      minimumSteps: fewest, maximumSteps: most, failsAtLimit: values.text("at_limit") != "go_on")
  }
}
