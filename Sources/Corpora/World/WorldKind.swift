public import Support

/// A kind of document of the miniature world, generated without end.
public protocol WorldKind: SourceKind {
  /// One document of at most `limit` tokens, with facts of one split only.
  func document(
    limit: Int, split: CorpusSplit, random: inout RandomStream
  ) -> Document
}

extension WorldKind {
  /// Opens the endless source of this kind.
  ///
  /// - Throws: `UserError` when the model does not read words of the world.
  public func open(_ opening: SourceOpening) throws -> any DocumentSource {
    guard opening.tokenizer is WorldTokenizer else {
      throw UserError(
        "sources.\(opening.name)",
        "\(Self.kind.name) needs the tokenizer world, \(opening.tokenizer.name) found",
        remedy: "Use a source of kind text, or a model with the world's vocabulary.")
    }
    let split = opening.split
    return GeneratedSource(name: Self.kind.name, random: opening.random) { limit, random in
      document(limit: limit, split: split, random: &random)
    }
  }
}

/// The setting that all kinds with facts share.
enum FactDensity {
  static let setting = Setting(
    "facts_per_256", .real(0...12), default: .real(6),
    help: "Mean number of facts in 256 tokens; each is asked for once, later in the document.",
    applies: .nextStage)

  /// How many facts a document of `limit` tokens in a row of `row` has.
  ///
  /// It is the mean of the density, jittered by 0.4 ... 1.6 for each document. In rows below 256
  /// there are half as many again, since borders would leave too few.
  static func count(_ density: Double, limit: Int, row: Int, _ random: inout RandomStream) -> Int {
    let jitter = 0.4 + 1.2 * random.uniform()
    let mean = density * Double(limit) / 256 * (row < 256 ? 1.5 : 1) * jitter
    return min(Int(mean + random.uniform()), WorldVocabulary.names.count - 10)
  }

  static func of(_ values: SettingsValues) -> Double { values.real(setting.key) ?? 6 }
}
