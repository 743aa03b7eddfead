public import Support

/// Raw scores that a model gives to tokens: for each token of a text the output layer's score, not
/// softmaxed, of that token given those before it; [T], the first is 0.
public typealias TokenScores = @Sendable (_ tokens: [Int32]) throws -> [Float]

/// What a selection needs to make itself ready.
public struct SelectionOpening {
  /// The tokenizer of the model.
  public let tokenizer: any Tokenizer
  /// An anchor table that was made before, when a run goes on.
  public let known: AnchorTable?
  /// Documents of the stage's own sources, `count` of at most `length` tokens.
  public let samples: (_ count: Int, _ length: Int) throws -> [[Int32]]
  /// The scores of a model, by its path; nil means the model that the run starts from.
  public let scores: (_ path: String?) throws -> TokenScores

  /// Collects what a selection needs.
  public init(
    tokenizer: any Tokenizer, known: AnchorTable?,
    samples: @escaping (_ count: Int, _ length: Int) throws -> [[Int32]],
    scores: @escaping (_ path: String?) throws -> TokenScores
  ) {
    self.tokenizer = tokenizer
    self.known = known
    self.samples = samples
    self.scores = scores
  }
}

/// A kind of choosing what of a document is trained on.
public protocol Selection: CatalogKind {
  /// Makes it ready; nil when everything is trained on.
  ///
  /// - Throws: `UserError` when a model cannot be read or does not fit.
  func open(_ opening: SelectionOpening) throws -> SentenceSelector?
}

/// Every selection that a recipe may name.
public enum Selections {
  /// The kinds, in the order shown.
  public static let catalog = Catalog<any Selection>(
    "select", [WholeDocuments.self, ImpactfulSentences.self])
}

/// Everything is trained on.
public struct WholeDocuments: Selection {
  /// What `describe` says.
  public static let kind = KindDescription("none", "All of every document is trained on.")

  /// Builds it; it has no settings.
  public init(_ values: SettingsValues) {}

  /// Nothing is selected.
  public func open(_ opening: SelectionOpening) -> SentenceSelector? { nil }
}
