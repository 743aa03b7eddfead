public import Support

/// Which half of the data is meant; the two never share a fact nor a byte of a text.
public enum CorpusSplit: String, Sendable, Codable {
  case training
  case evaluation
}

/// Where a source stands; small enough for every checkpoint.
public struct SourceCursor: Codable, Equatable, Sendable {
  /// The state of the random draws, for generated sources.
  public var random: RandomStream?
  /// The draws of a selection between source and rows.
  public var selection: RandomStream?
  /// The draws of the places to which a text is skipped.
  public var skips: RandomStream?
  /// The number of the file or document in its order.
  public var file = 0
  /// The byte in that file, or the token in that document.
  public var offset = 0
  /// Where each reader of a text stands, in tokens from its beginning.
  public var readers: [Int]?
  /// How often the source has been read to its end.
  public var epoch = 0
  /// A hash over the data, so that changed data is noticed.
  public var fingerprint: UInt64 = 0

  /// A cursor at the start.
  public init(random: RandomStream? = nil, fingerprint: UInt64 = 0) {
    self.random = random
    self.fingerprint = fingerprint
  }

  /// True when both stand at the same place of a pass, whichever pass it is.
  func isSamePlace(as other: SourceCursor) -> Bool {
    (file, offset) == (other.file, other.offset) && readers == other.readers
  }
}

/// An unlimited row of documents.
public protocol DocumentSource: Sendable {
  /// True when a document that did not fit goes on with the next call, so that nothing is lost.
  var isContinuous: Bool { get }
  /// The next document, of 1 to `limit` tokens; a limit of at least 16 can always be met.
  mutating func next(limit: Int) throws -> Document
  /// What one pass holds; nil when there is no end.
  var pass: SourcePass? { get }
  /// Whether a training may read the data more than once.
  var repeats: Bool { get }
  /// What rows that are ready demand of a stage; nil for documents that may be cut and packed.
  var readyMade: ReadyMadeRows? { get }
  /// Where the source stands.
  var cursor: SourceCursor { get }
  /// Goes to where a cursor of the same source stood.
  ///
  /// - Throws: `UserError` when the data has changed since.
  mutating func restore(_ cursor: SourceCursor) throws
}

extension DocumentSource {
  /// There is no end.
  public var pass: SourcePass? { nil }
  /// There is no end, or it is read again and again.
  public var repeats: Bool { true }
  /// Documents may be cut and packed.
  public var readyMade: ReadyMadeRows? { nil }
}

/// What one pass over a source holds.
public struct SourcePass: Sendable, Equatable {
  /// Documents of this split.
  public let documents: Int
  /// Their tokens; nil when only reading all of them tells.
  public let tokens: Int?
}

/// What ready-made rows demand of the stage that trains on them.
public struct ReadyMadeRows: Sendable, Equatable {
  /// Tokens of the longest row.
  public var longest = 0
  /// True when rows bring position numbers.
  public var hasPositions = false
  /// True when rows bring labels of their own.
  public var hasLabels = false

  /// No rows yet.
  public init() {}
}

/// What a kind needs to open a source.
public struct SourceOpening: Sendable {
  /// The source's name in the recipe; it names the random stream.
  public let name: String
  /// Training or evaluation data.
  public let split: CorpusSplit
  /// The recipe's seed.
  public let seed: UInt64
  /// The tokenizer of the model.
  public let tokenizer: any Tokenizer

  /// Collects what a kind needs.
  public init(name: String, split: CorpusSplit, seed: UInt64, tokenizer: any Tokenizer) {
    self.name = name
    self.split = split
    self.seed = seed
    self.tokenizer = tokenizer
  }

  /// The random stream of this source; other names, splits and seeds give unrelated draws.
  public var random: RandomStream {
    RandomStream(seed: seed, name: "source/\(split.rawValue)/\(name)")
  }
}

/// A kind of source that a recipe may name; its settings have been checked.
public protocol SourceKind: CatalogKind {
  /// Opens the source at its beginning.
  ///
  /// - Throws: `UserError` when the data cannot be read or the tokenizer does not fit.
  func open(_ opening: SourceOpening) throws -> any DocumentSource
}
