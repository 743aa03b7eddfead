public import Corpora
import Models
import Recipes
import Support
import Training

/// What a stage of a recipe will feed: shares of its sources, documents and rows.
public struct DataPreview {
  /// The share of a source, asked and given.
  public struct Source {
    /// Name in the recipe.
    public let name: String
    /// Kind of the source.
    public let kind: String
    /// Share of the tokens that the mix asks for.
    public let share: Double
    /// Tokens that the stage will read of it.
    public let plannedTokens: Int
    /// What one pass holds; nil without an end.
    public let pass: SourcePass?
    /// Lengths of documents as the stage is fed them, in tokens.
    public let lengths: [Int]
    /// What the rows that were looked at took.
    public let entry: TokenLedger.Entry

    /// How often the stage reads the source; nil without an end.
    public var passes: Double? {
      pass?.tokens.map { Double(plannedTokens) / Double(max(1, $0)) }
    }
  }

  /// A sentence and what became of it.
  public struct Sentence {
    /// As text.
    public let text: String
    /// Whether it is trained on.
    public let isKept: Bool
    /// Why.
    public let reason: String
  }

  /// A document as a source gives it.
  public struct Sample {
    /// The source.
    public let source: String
    /// Tokens, before any selection.
    public let document: Document
    /// As text.
    public let text: String
    /// Its sentences; nil when nothing is selected.
    public let sentences: [Sentence]?
    /// Its questions as text: kind, answer and evidence.
    public let questions: [(kind: String, answer: String, evidence: [String])]
  }

  /// A row as the model is fed it.
  public struct Row {
    /// The source.
    public let source: String
    /// Tokens, [T].
    public let tokens: [Int32]
    /// Position numbers, [T].
    public let positions: [Int32]
    /// What each token must predict, -1 for nothing, [T].
    public let targets: [Int32]
    /// Whether that is learnt, [T].
    public let isLearnt: [Bool]
    /// First token that each may attend to, [T].
    public let documentStarts: [Int32]
    /// As text.
    public let text: String
  }

  /// The stage's name.
  public let stage: String
  /// Sources in the order of the mix.
  public let sources: [Source]
  /// Documents of each source.
  public let samples: [Sample]
  /// The first rows.
  public let rows: [Row]
  /// The anchor types, when two models told them.
  public let anchors: AnchorTable?
  /// True when sentences will be chosen by scores that are yet to come; all are shown.
  public let awaitsSentences: Bool

  /// Looks at the stages that train.
  ///
  /// - Parameters:
  ///   - run: a recipe made ready.
  ///   - documents: documents of each source, and rows, to show.
  ///   - rows: rows over which shares are counted.
  ///   - longest: tokens of a document that are shown at most; nil for a row's.
  /// - Returns: one preview for each stage that trains.
  /// - Throws: `UserError` when a source can no longer be read.
  public static func all(
    _ run: PreparedRun, documents: Int, rows: Int, longest: Int? = nil
  ) throws -> [DataPreview] {
    try run.stages.compactMap { stage in
      try stage.training.map {
        try DataPreview(
          stage.settings.name, $0, run: run, documents: documents, rows: rows,
          longest: longest)
      }
    }
  }

  private init(
    _ name: String, _ training: TrainingWork, run: PreparedRun, documents: Int, rows: Int,
    longest: Int?
  ) throws {
    stage = name
    anchors = training.selector?.anchors
    awaitsSentences = training.awaitsSentences
    let settings = training.settings
    let tokenizer = run.tokenizer
    samples = try training.stream.sources.flatMap { name, source in
      try Self.samples(
        name, source, documents, limit: longest ?? settings.sequence + 1, tokenizer: tokenizer)
    }
    var stream = training.stream
    var seen = 0
    var shown: [Row] = []
    while seen < max(rows, documents) {
      let batch = try stream.next()
      let isLearnt = training.loss.weights([batch])[0].map { $0 > 0 }
      for row in 0..<batch.rows where shown.count < documents {
        shown.append(Row(batch, row, isLearnt, tokenizer))
      }
      seen += batch.rows
    }
    self.rows = shown
    let tokens = settings.steps * settings.rows * settings.sequence
    let replayed = (0..<settings.steps).count { training.replays(step: $0) }
    let main = tokens - replayed * settings.rows * settings.sequence
    let opened = stream.sources
    let lengths = try training.stream.sources.map {
      try Self.lengths($0.source, limit: settings.sequence + 1)
    }
    sources = zip(settings.mix, stream.ledger.entries).enumerated().map { index, pair in
      Source(
        name: pair.0.source,
        kind: run.recipe.source(pair.0.source)?.component.kind ?? pair.0.source,
        share: pair.0.share, plannedTokens: Int(pair.0.share * Double(main)),
        pass: opened[index].source.pass, lengths: lengths[index], entry: pair.1)
    }
  }

  /// Lengths of the first documents: enough for a shape, few enough to wait for.
  private static func lengths(_ source: any DocumentSource, limit: Int) throws -> [Int] {
    var source = source
    var lengths: [Int] = []
    while lengths.count < 32, lengths.reduce(0, +) < 1 << 16 {
      lengths.append(try source.next(limit: limit).tokens.count)
    }
    return lengths
  }

  private static func samples(
    _ name: String, _ source: any DocumentSource, _ count: Int, limit: Int,
    tokenizer: any Tokenizer
  ) throws -> [Sample] {
    var source = source
    return try (0..<count).map { _ in
      guard var selecting = source as? SelectingSource else {
        return Sample(name, try source.next(limit: limit), verdicts: nil, tokenizer)
      }
      let look = try selecting.look(limit: limit)
      source = selecting
      return Sample(name, look.whole, verdicts: look.verdicts, tokenizer)
    }
  }
}

extension DataPreview.Sample {
  fileprivate init(
    _ source: String, _ document: Document, verdicts: [SentenceVerdict]?,
    _ tokenizer: any Tokenizer
  ) {
    func text(_ range: Range<Int>) -> String { tokenizer.decode(Array(document.tokens[range])) }
    self.source = source
    self.document = document
    self.text = tokenizer.decode(document.tokens)
    sentences = verdicts?.map {
      DataPreview.Sentence(text: text($0.tokens), isKept: $0.isKept, reason: $0.reason)
    }
    questions = document.questions.map {
      (kind: $0.kind, answer: text($0.answer), evidence: $0.evidence.map(text))
    }
  }
}

extension DataPreview.Row {
  fileprivate init(
    _ batch: Batch, _ row: Int, _ isLearnt: [Bool], _ tokenizer: any Tokenizer
  ) {
    let range = row * batch.length..<(row + 1) * batch.length
    source = batch.sourceNames[Int(batch.sources[range.lowerBound])]
    tokens = Array(batch.tokens[range])
    positions = Array(batch.positions[range])
    targets = Array(batch.targets[range])
    self.isLearnt = Array(isLearnt[range])
    documentStarts = Array(batch.documentStarts[range])
    text = tokenizer.decode(tokens)
  }
}
