public import Panes
public import Recipes
public import Support

/// The recipe as edited: its documents with undo, and what the screens derive from them.
public struct RecipeState: Sendable {
  /// Every kind that a recipe may name.
  public let vocabulary: RecipeVocabulary
  /// As edited.
  public private(set) var document: RecipeDocument
  /// As in the file.
  public private(set) var saved: RecipeDocument
  /// The typed recipe; the last good one when the document is faulty.
  public private(set) var recipe: Recipe?
  /// Every editable field; of the last good recipe when the document is faulty.
  public private(set) var fields: [RecipeField] = []
  /// What is wrong with the document.
  public private(set) var faults: [String] = []
  /// Differences from the file.
  public private(set) var changes: [RecipeChange] = []
  /// Locked sources by stage.
  public private(set) var locks: [Int: Set<String>] = [:]
  private var past: [Moment] = []
  private var future: [Moment] = []
  private let savedFields: [RecipeField]

  /// What an edit can be taken back to.
  private struct Moment {
    let document: RecipeDocument
    let locks: [Int: Set<String>]
  }

  /// A recipe just read from its file.
  public init(_ document: RecipeDocument, vocabulary: RecipeVocabulary) {
    self.vocabulary = vocabulary
    self.document = document
    saved = document
    savedFields = (try? document.fields(vocabulary)) ?? []
    derive()
  }

  private init(_ old: RecipeState, saved: RecipeDocument) {
    vocabulary = old.vocabulary
    document = old.document
    self.saved = saved
    savedFields = (try? saved.fields(old.vocabulary)) ?? []
    locks = old.locks
    past = old.past
    future = old.future
    derive()
  }

  /// Whether the document differs from its file.
  public var isEdited: Bool { document.text != saved.text }
  /// Edits that can be undone.
  public var undoCount: Int { past.count }
  /// Edits that can be redone.
  public var redoCount: Int { future.count }

  /// The same recipe after it was written to its file.
  public func asSaved() -> RecipeState { RecipeState(self, saved: document) }

  /// Weights and locks of a stage.
  public func mix(_ stage: Int) -> MixWeights {
    let shares = training(stage)?.mix ?? []
    return MixWeights(
      shares.map { ($0.source, $0.share) }, locked: locks[stage] ?? [])
  }

  /// The training of a stage; nil for a merge and outside the recipe.
  public func training(_ stage: Int) -> TrainingStage? {
    guard let stages = recipe?.stages, stages.indices.contains(stage) else { return nil }
    return stages[stage].training
  }

  /// The fields that the settings form of a stage shows, positions first, evaluations last.
  public func form(_ stage: Int) -> [RecipeField] {
    let prefix = "stages.\(stage)."
    let order = [
      "rope", "positions", "sequence", "steps", "tokens_per_step", "optimizer", "pack", "select",
      "loss", "replay", "advance", "train",
    ]
    var result: [RecipeField] = []
    for (index, key) in order.enumerated() {
      result += fields.filter {
        $0.path == prefix + key || $0.path.hasPrefix(prefix + key + ".")
      }
      if index == 1 { result += fields.filter { $0.path == "target" } }
    }
    let merge = ["with", "weight"].map { prefix + $0 }
    result += fields.filter { merge.contains($0.path) }
    return result
      + fields.filter {
        $0.path == "seed" || $0.path == "base" || $0.path.hasPrefix("evaluate.")
      }
  }

  /// Takes an edited document; the old one can be undone to.
  mutating func edit(_ next: RecipeDocument) {
    guard next.text != document.text else { return }
    remember()
    document = next
    derive()
  }

  private var moment: Moment { Moment(document: document, locks: locks) }

  private mutating func remember() {
    past.append(moment)
    future = []
  }

  /// Sets one path.
  ///
  /// - Returns: what is wrong with the value, when it was refused.
  mutating func set(_ path: String, to value: String) -> String? {
    do {
      let field = fields.first { $0.path == path }
      var next: RecipeDocument
      if path.hasSuffix(".kind"), let kind = description(of: path, named: value) {
        next = try document.choosing(kind, at: String(path.dropLast(5)))
      } else {
        next = try document.setting(path, to: value)
      }
      if field?.text == value, field?.isGiven == true { next = document }
      let new = next.faults(vocabulary)
      if let fault = new.first(where: { $0.path == path }) { return fault.finding }
      if faults.isEmpty, let fault = new.first { return "\(fault.path): \(fault.finding)" }
      edit(next)
      return nil
    } catch let error as UserError {
      return error.finding
    } catch {
      return "\(error)"
    }
  }

  /// The kind that a field chooses; nil for fields that choose none.
  public func kind(of field: RecipeField) -> KindDescription? {
    guard field.path.hasSuffix(".kind") else { return nil }
    return description(of: field.path, named: field.text)
  }

  /// Differences from the fields of another recipe, those that only the other has included.
  public func changes(against others: [RecipeField]) -> [RecipeChange] {
    let before = Dictionary(others.map { ($0.path, $0.text) }) { first, _ in first }
    let here = Set(fields.map(\.path))
    let changed = fields.compactMap { field -> RecipeChange? in
      let old = before[field.path] ?? ""
      guard old != field.text, field.path != "name" else { return nil }
      return RecipeChange(
        path: field.path, old: old.isEmpty ? "—" : old, new: field.text.isEmpty ? "—" : field.text,
        applies: field.setting.applies)
    }
    let gone = others.filter { !here.contains($0.path) && !$0.text.isEmpty }.map { field in
      RecipeChange(
        path: field.path, old: field.text, new: "—", applies: field.setting.applies)
    }
    return changed + gone
  }

  private func description(of path: String, named name: String) -> KindDescription? {
    let parts = path.split(separator: ".")
    guard parts.count >= 2,
      let slot = RecipeVocabulary.Slot(rawValue: String(parts[parts.count - 2]))
    else { return nil }
    return vocabulary.kind(slot, name)
  }

  /// Writes changed weights of a stage as one edit.
  mutating func setMix(_ weights: MixWeights, stage: Int) {
    let old = mix(stage)
    guard weights.units != old.units else {
      guard weights.locked != old.locked else { return }
      remember()
      locks[stage] = weights.locked
      return
    }
    var next = document
    for (index, name) in weights.names.enumerated() {
      let text = Quantity.text(weights.weights[index])
      guard let changed = try? next.setting("stages.\(stage).mix.\(name)", to: text) else { return }
      next = changed
    }
    edit(next)
    locks[stage] = weights.locked
  }

  mutating func undo() -> Bool {
    guard let last = past.popLast() else { return false }
    future.append(moment)
    (document, locks) = (last.document, last.locks)
    derive()
    return true
  }

  mutating func redo() -> Bool {
    guard let next = future.popLast() else { return false }
    past.append(moment)
    (document, locks) = (next.document, next.locks)
    derive()
    return true
  }

  private mutating func derive() {
    faults = document.faults(vocabulary).map(\.description)
    if faults.isEmpty {
      recipe = try? document.recipe(vocabulary)
      fields = (try? document.fields(vocabulary)) ?? fields
    }
    let before = Dictionary(savedFields.map { ($0.path, $0.text) }) { first, _ in first }
    changes = fields.compactMap { field in
      let old = before[field.path] ?? ""
      guard old != field.text else { return nil }
      return RecipeChange(
        path: field.path, old: old.isEmpty ? "—" : old, new: field.text,
        applies: field.setting.applies)
    }
    // A sweep is no field, but an edit of it is one.
    let (old, new) = (saved.value(at: "sweep"), document.value(at: "sweep"))
    if old != new {
      changes.append(
        RecipeChange(path: "sweep", old: old ?? "—", new: new ?? "—", applies: .newRun))
    }
  }
}
