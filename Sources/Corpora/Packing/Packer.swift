public import Support

/// One row on its way into a batch: T + 1 tokens, since the last is a target only.
public struct PackedRow: Sendable {
  /// Token numbers, [T + 1].
  public var tokens: [Int32] = []
  /// Roles as targets, [T + 1].
  public var roles: [TokenRole] = []
  /// First token that may be attended to, [T + 1].
  public var starts: [Int32] = []
  /// When each token is read, [T + 1]; nil for the order in which they stand.
  ///
  /// It is the token's place in the text that the row stands for. The last token is read last.
  public var places: [Int32]?
  /// What each place is as a target, [T + 1]; nil for the tokens.
  public var labels: [Int32]?
  /// Position numbers that came with the data, [T + 1]; nil lets the stage choose.
  public var positions: [Int32]?
  /// Tokens before which a part of a document's text was skipped, in ascending order.
  public var cuts: [Int] = []
  /// Documents begun in this row.
  public var documents = 0
  /// Tokens of documents that did not fit and are lost.
  public var croppedTokens = 0
  /// Tokens that a selection left out.
  public var leftOutTokens = 0
  /// Tokens of padding among the first T.
  public var paddedTokens = 0

  /// True when the token after this one does not go on with its document, or is read at another time.
  func isBorder(after token: Int) -> Bool {
    if let places, places[token + 1] != places[token] + 1 { return true }
    return starts[token + 1] != starts[token]
  }

  /// The tokens in the order in which they are read, [T + 1].
  var readingOrder: [Int] {
    guard let places else { return Array(tokens.indices) }
    var order = [Int](repeating: 0, count: places.count)
    for (token, place) in places.enumerated() { order[Int(place)] = token }
    return order
  }

  /// Appends the first `count` tokens of a piece; `start` is the first token it may attend to.
  mutating func append(_ piece: Document, count: Int, start: Int) {
    cuts += piece.cuts.lazy.filter { $0 < count }.map { $0 + tokens.count }
    tokens += piece.tokens[0..<count]
    roles += piece.roles[0..<count]
    starts += repeatElement(Int32(start), count: count)
    documents += 1
    leftOutTokens += piece.leftOutTokens
    croppedTokens += piece.croppedTokens + piece.tokens.count - count
  }

  /// Fills the row to `length` + 1 tokens with tokens that are no targets.
  mutating func pad(to length: Int) {
    let count = tokens.count
    let missing = length + 1 - count
    guard missing > 0 else { return }
    tokens += repeatElement(0, count: missing)
    roles += repeatElement(.ignored, count: missing)
    // A document of its own, so that nothing attends to it and it attends to nothing.
    starts += repeatElement(Int32(count), count: missing)
    labels? += repeatElement(0, count: missing)
    positions? += repeatElement(0, count: missing)
    paddedTokens = max(0, length - count)
  }
}

/// What a packer has read and not given yet, as places in its source: small enough for every
/// checkpoint, and read again when a run goes on.
public struct HeldDocuments: Codable, Equatable, Sendable {
  /// A piece of the source.
  public struct Place: Codable, Equatable, Sendable {
    /// Where the source stood before it.
    public let cursor: SourceCursor
    /// The most tokens that were asked for.
    public let limit: Int
  }

  /// Where the pieces stand, in the order in which they were read.
  public var places: [Place]
  /// Rows that were made of them and have been given.
  public var givenRows = 0
}

/// How documents become rows; a value that may hold documents back for rows to come.
public protocol Packer: CatalogKind {
  /// What is held back; nil when the source's cursor alone tells where the rows stand.
  var held: HeldDocuments? { get }
  /// Holds back what a packer of the same settings held, by reading it again; the source is left
  /// wherever that leads.
  ///
  /// - Throws: `UserError` when the source can no longer be read.
  mutating func hold(
    _ held: HeldDocuments?, length: Int, from source: inout any DocumentSource
  ) throws
  /// Refuses rows of `length` + 1 tokens that the packer cannot make.
  ///
  /// - Throws: `UserError` with what does not fit.
  func check(length: Int) throws
  /// Fills one row of `length` + 1 tokens; draws come from `random`.
  mutating func row(
    length: Int, from source: inout any DocumentSource, random: inout RandomStream
  ) throws -> PackedRow
}

extension Packer {
  /// Nothing is held back.
  public var held: HeldDocuments? { nil }
  /// Nothing is held back.
  public func hold(
    _ held: HeldDocuments?, length: Int, from source: inout any DocumentSource
  ) {}
  /// Every row can be made.
  public func check(length: Int) {}
}

/// Every packer that a recipe may name.
public enum Packers {
  /// The kinds, in the order shown.
  public static let catalog = Catalog<any Packer>(
    "pack",
    [
      DocumentPacker.self, RowPacker.self, LengthPacker.self, BestFitPacker.self,
      InterleavingPacker.self,
    ])

  /// The setting that most kinds share.
  static let mask = Setting(
    "mask", .choice(["document", "none"]), default: .text("document"),
    help: "What a token may attend to: its own document, or the whole row before it.",
    applies: .nextStage)
}
