/// What a kind says of itself: its name in recipes, what it does, where it comes from, its settings.
public struct KindDescription: Sendable, Equatable {
  /// The name in recipes, such as `yarn`.
  public let name: String
  /// One sentence for `describe` and the workbench.
  public let summary: String
  /// Paper and section; empty for our own.
  public let source: String
  /// Its settings in the order shown.
  public let settings: [Setting]
  /// True for a source of texts that the words of the miniature world cannot tell.
  public let givesAnyText: Bool

  /// Describes a kind.
  public init(
    _ name: String, _ summary: String, source: String = "", givesAnyText: Bool = false,
    settings: [Setting] = []
  ) {
    self.name = name
    self.summary = summary
    self.source = source
    self.givesAnyText = givesAnyText
    self.settings = settings
  }
}

/// A type that a recipe can name: it owns its description and builds itself from checked settings.
public protocol CatalogKind: Sendable {
  /// Name, summary, source and settings.
  static var kind: KindDescription { get }
  /// Builds the kind; the values have passed the declared ranges already.
  ///
  /// - Throws: `UserError` when values that are valid one by one do not fit together.
  init(_ values: SettingsValues) throws
}

/// Every kind of one slot of the recipe, in the order shown to the user.
///
/// A new kind is one file and one line in its catalogue.
public struct Catalog<Kind>: Sendable {
  /// The slot of the recipe, such as `rope`, for error sentences.
  public let slot: String
  /// The kinds' types.
  public let types: [any CatalogKind.Type]

  /// A catalogue for a slot; every type must also conform to `Kind`.
  public init(_ slot: String, _ types: [any CatalogKind.Type]) {
    self.slot = slot
    self.types = types
  }

  /// The kinds' descriptions, in order.
  public var descriptions: [KindDescription] { types.map { $0.kind } }

  /// Builds a kind by its name.
  ///
  /// - Throws: `UserError` when no such kind exists, with the nearest name, or when it refuses.
  public func make(_ name: String, _ given: [String: SettingsValue] = [:]) throws -> Kind {
    let type = try type(name)
    let built = try type.init(SettingsValues(given, declared: type.kind.settings))
    guard let kind = built as? Kind else {
      preconditionFailure("\(type) stands in the catalogue of \(slot) but is no \(Kind.self)")
    }
    return kind
  }

  /// The type of a kind by its name.
  ///
  /// - Throws: `UserError` when no such kind exists, with the nearest name.
  public func type(_ name: String) throws -> any CatalogKind.Type {
    guard let type = types.first(where: { $0.kind.name == name }) else {
      let known = types.map { $0.kind.name }
      throw UserError(
        "\(slot).kind", "no kind \"\(name)\"",
        remedy: Suggestion.sentence(for: name, among: known))
    }
    return type
  }
}
