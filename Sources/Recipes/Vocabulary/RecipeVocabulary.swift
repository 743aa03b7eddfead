public import Support

/// Every kind that a recipe may name, by slot.
///
/// Recipes does not import the modules that own the kinds; `Runs` makes this from their catalogues.
public struct RecipeVocabulary: Sendable, Equatable {
  /// A place in the recipe that names a kind.
  public enum Slot: String, Sendable, CaseIterable {
    case model
    case tokenizer
    case pack
    case rope
    case positions
    case select
    case train
    case optimizer
    case schedule
    case source
    case evaluate
    case remap

    /// The kind that is meant when the recipe is silent; nil where it has to say.
    var defaultKind: String? {
      switch self {
      case .model: "llama"
      case .pack: "documents"
      case .rope, .select: "none"
      case .positions: "plain"
      case .train: "full"
      case .optimizer: "adamw"
      case .schedule: "constant"
      case .tokenizer, .source, .evaluate, .remap: nil
      }
    }
  }

  /// Kinds by slot.
  public var kinds: [Slot: [KindDescription]]

  /// A vocabulary; `train: full` is always known, and so is `select: none`.
  ///
  /// When a slot's usual default kind is not among its kinds, its first kind is the default. A slot
  /// `schedule` without kinds means that `optimizer` declares its schedule among its own settings.
  public init(_ kinds: [Slot: [KindDescription]]) {
    self.kinds = kinds
    if kinds[.select] == nil {
      self.kinds[.select] = [KindDescription("none", "All documents are trained on.")]
    }
    if kinds[.train] == nil {
      self.kinds[.train] = [KindDescription("full", "All parameters are trained.")]
    }
  }

  /// The kinds of a slot.
  public subscript(slot: Slot) -> [KindDescription] { kinds[slot] ?? [] }

  /// A kind by slot and name.
  public func kind(_ slot: Slot, _ name: String) -> KindDescription? {
    self[slot].first { $0.name == name }
  }

  /// The kind that an absent component of this slot has; nil when the recipe has to say.
  public func defaultKind(_ slot: Slot) -> String? {
    guard let usual = slot.defaultKind else { return nil }
    return kind(slot, usual) != nil ? usual : self[slot].first?.name
  }

  /// Source kinds that a mix may name without defining them: those that require no setting.
  public var builtInSources: [String] {
    self[.source].filter { !$0.settings.contains(where: \.isRequired) }.map(\.name)
  }
}
