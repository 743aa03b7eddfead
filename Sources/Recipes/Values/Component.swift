public import Support

/// A kind that the recipe names, with its settings checked.
public struct Component: Sendable, Equatable {
  /// The name in its catalogue.
  public let kind: String
  /// Checked settings; what the recipe leaves out has its default.
  public let settings: SettingsValues
  /// Key path in the recipe, such as `stages.0.rope`.
  public let path: String
  /// Line in the file; 0 when the recipe is silent or was edited.
  public let line: Int

  /// Equal when they say the same; where they stand in the file does not count.
  public static func == (first: Component, second: Component) -> Bool {
    first.kind == second.kind && first.settings == second.settings
  }

  /// A component made without a recipe.
  public init(_ kind: String, _ settings: SettingsValues, path: String = "", line: Int = 0) {
    self.kind = kind
    self.settings = settings
    self.path = path
    self.line = line
  }

  /// For an evaluation: whether it asks at several lengths, as all that fill a heatmap do.
  public var fillsHeatmap: Bool { settings.integers("lengths") != nil }

  /// Every path among its settings, with its key path.
  func paths(
    _ slot: RecipeVocabulary.Slot, _ vocabulary: RecipeVocabulary
  ) -> [(path: String, key: String)] {
    (vocabulary.kind(slot, kind)?.settings ?? []).compactMap { setting in
      guard setting.form == .path, let text = settings.text(setting.key) else { return nil }
      return (text, "\(path).\(setting.key)")
    }
  }
}
