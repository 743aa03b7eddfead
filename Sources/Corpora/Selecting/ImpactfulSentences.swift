public import Support

/// LongRecipe's selection: sentences with tokens whose prediction changes when context grows.
///
/// By `models` it is the analysis of the paper, which compares the scores of a model before and after
/// it has learnt a longer context. By `digits` it is the rule of the released program, which consults
/// no model: sentences with a digit are kept, others by chance.
///
/// - SeeAlso: LongRecipe (arXiv:2409.00509), section 4.1 and algorithm 1.
public struct ImpactfulSentences: Selection {
  /// What `describe` says.
  public static let kind = KindDescription(
    "impactful",
    "Impactful token analysis: sentences whose tokens gain most from a longer context, in order.",
    source: "LongRecipe (arXiv:2409.00509), section 4.1",
    settings: [
      Setting(
        "keep", .real(0.01...1), default: .real(0.3),
        help: "Share of a document's tokens that is kept.", applies: .nextStage),
      Setting(
        "score", .choice(["digits", "models"]), default: .text("digits"),
        help: "digits: the released program's rule; models: the paper's, by two checkpoints.",
        applies: .nextStage),
      Setting(
        "ratio", .real(0...1), default: .real(0.6),
        help: "digits: a sentence without a digit is kept with the probability 1.1 - ratio.",
        source: "select_ratio of the released program", applies: .nextStage),
      Setting(
        "choose", .choice(["random", "first"]), default: .text("random"),
        help: "Which sentences are taken when more qualify than the row holds.",
        applies: .nextStage),
      Setting(
        "longer", .path, default: nil,
        help: "models: the model after a short training at a longer context, an earlier stage or a "
          + "checkpoint.",
        applies: .nextStage),
      Setting(
        "shorter", .path, default: nil,
        help: "models: the model before it, an earlier stage or a checkpoint; the base of the "
          + "recipe when absent.",
        applies: .nextStage),
      Setting(
        "samples", .integer(1...10_000), default: .integer(16),
        help: "models: texts of the stage's sources that are scored.", applies: .nextStage),
      Setting(
        "sample_tokens", .size(16...(1 << 20)), default: .integer(512),
        help: "models: longest of these texts in tokens.", applies: .nextStage),
      Setting(
        "difference", .choice(["signed", "absolute"]), default: .text("signed"),
        help: "models: whether a lower score of the longer model counts against a token.",
        applies: .nextStage),
      Setting(
        "significance", .choice(["sum", "mean"]), default: .text("sum"),
        help: "models: a token's changes are added up as in equation 3, which prefers common "
          + "tokens, or averaged.", applies: .nextStage),
      Setting(
        "types", .choice(["classes", "tokens"]), default: .text("classes"),
        help: "models: classes such as digits and names, or tokens of the vocabulary.",
        applies: .nextStage),
      Setting(
        "ranking", .choice(["position", "pooled"]), default: .text("position"),
        help: "models: tokens are ranked at each position, or all together.", applies: .nextStage),
      Setting(
        "top", .real(0.001...1), default: .real(0.2),
        help: "models: share of the tokens that counts as significant.", applies: .nextStage),
      Setting(
        "frequency", .choice(["share", "count"]), default: .text("share"),
        help: "models: types are ranked by the share of their tokens that is significant, or by "
          + "their number, which prefers common types.", applies: .nextStage),
      Setting(
        "anchors", .real(0.001...1), default: .real(0.2),
        help: "models: share of the types that become anchors, at least one.",
        applies: .nextStage),
    ])

  private let keep: Double
  private let isByModels: Bool
  private let otherwise: Double
  private let isDrawn: Bool
  private let longer: String?
  private let shorter: String?
  private let samples: Int
  private let sampleTokens: Int
  private let options: TokenImpact.Options

  /// Builds it from checked settings.
  ///
  /// - Throws: `UserError` when a checkpoint is missing, or named where none is consulted.
  public init(_ values: SettingsValues) throws {
    keep = values.real("keep") ?? 0.3
    isByModels = values.text("score") == "models"
    otherwise = min(1, max(0, 1.1 - (values.real("ratio") ?? 0.6)))
    isDrawn = values.text("choose") != "first"
    longer = values.text("longer")
    shorter = values.text("shorter")
    samples = values.integer("samples") ?? 16
    sampleTokens = values.integer("sample_tokens") ?? 512
    options = TokenImpact.Options(
      isAbsolute: values.text("difference") == "absolute",
      isMean: values.text("significance") == "mean",
      isByToken: values.text("types") == "tokens", isPooled: values.text("ranking") == "pooled",
      top: values.real("top") ?? 0.2, isByCount: values.text("frequency") == "count",
      anchors: values.real("anchors") ?? 0.2)
    if isByModels, longer == nil {
      throw UserError(
        "select.longer", "a longer model is needed, nothing found",
        remedy: "Name an earlier stage or a checkpoint with `longer:`, or use `score: digits`.")
    }
    if !isByModels, longer != nil || shorter != nil {
      throw UserError(
        "select.score", "models are named, and `score: digits` consults none",
        remedy: "Use `score: models`, or leave longer and shorter out.")
    }
  }

  /// Makes it ready; scores the samples unless the anchors are known.
  public func open(_ opening: SelectionOpening) throws -> SentenceSelector? {
    let tokenizer = opening.tokenizer
    let rule: SentenceSelector.Rule
    if isByModels {
      let table =
        try opening.known
        ?? TokenImpact(options: options, tokenizer: tokenizer).table(
          samples: opening.samples(samples, sampleTokens), shorter: opening.scores(shorter),
          longer: opening.scores(longer))
      rule = .anchors(table)
    } else {
      let isDigit = (0..<tokenizer.vocabularySize).map {
        TokenClass(tokenizer.word(Int32($0))) == .digits
      }
      rule = .digits(isDigit: isDigit, otherwise: otherwise)
    }
    return SentenceSelector(keep: keep, rule: rule, isDrawn: isDrawn, tokenizer: tokenizer)
  }
}
