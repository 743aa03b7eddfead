public import Support

/// One field of a recipe that a form can show and change.
public struct RecipeField: Sendable, Equatable {
  /// Key path for `RecipeDocument.setting(_:to:)`, such as `stages.0.rope.base`.
  public let path: String
  /// Type, range, default and help.
  public let setting: Setting
  /// The value that holds; nil when it is derived or absent.
  public let value: SettingsValue?
  /// True when the recipe says it, itself or by `defaults:`; false when the default holds.
  public let isGiven: Bool

  /// The value as it would stand in a recipe; empty when there is none.
  public var text: String {
    switch value {
    case .none: ""
    case .integer(let value): "\(value)"
    case .real(let value): Quantity.text(value)
    case .flag(let value): "\(value)"
    case .text(let value): value
    case .integers(let values): "[" + values.map { "\($0)" }.joined(separator: ", ") + "]"
    case .reals(let values): "[" + values.map(Quantity.text).joined(separator: ", ") + "]"
    case .texts(let values): "[" + values.joined(separator: ", ") + "]"
    }
  }

  /// The value as a node of the tree; nil when there is none.
  var node: RecipeNode? {
    switch value {
    case .none: nil
    case .text(let value):
      // A text that looks like another type stays a text for every reader.
      RecipeNode(
        .scalar(
          value,
          isQuoted: Quantity.real(value) != nil
            && (setting.form == .text || setting.form == .path)
            || ["true", "false", "null", "~", ""].contains(value)))
    case .integers(let values): RecipeNode(.sequence(values.map { .scalar("\($0)") }))
    case .reals(let values): RecipeNode(.sequence(values.map { .scalar(Quantity.text($0)) }))
    case .texts(let values): RecipeNode(.sequence(values.map { .scalar($0) }))
    default: .scalar(text)
    }
  }
}
