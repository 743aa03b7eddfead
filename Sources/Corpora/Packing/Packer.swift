public import Support

/// One row on its way into a batch: T + 1 tokens, since the last is a target only.
public struct PackedRow: Sendable {
  /// Token numbers, [T + 1].
  public var tokens: [Int32] = []
  /// Roles as targets, [T + 1].
  public var roles: [TokenRole] = []
  /// First token that may be attended to, [T + 1].
  public var starts: [Int32] = []
  /// What each place is as a target, [T + 1]; nil for the tokens.
  public var labels: [Int32]?
  /// Position numbers that came with the data, [T + 1]; nil lets the stage choose.
  public var positions: [Int32]?
  /// Documents begun in this row.
  public var documents = 0
  /// Tokens of documents that did not fit and are lost.
  public var croppedTokens = 0
  /// Tokens that a selection left out.
  public var leftOutTokens = 0
  /// Tokens of padding among the first T.
  public var paddedTokens = 0

  /// Appends the first `count` tokens of a piece; `start` is the first token it may attend to.
  mutating func append(_ piece: Document, count: Int, start: Int) {
    tokens += piece.tokens[0..<count]
    roles += piece.roles[0..<count]
    starts += repeatElement(Int32(start), count: count)
    documents += 1
    leftOutTokens += piece.leftOutTokens
    croppedTokens += piece.tokens.count - count
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

/// How documents become rows; a value that may hold documents back for rows to come.
public protocol Packer: CatalogKind {
  /// True when no document is held back, so that the source's cursor tells where the rows stand.
  var holdsNothing: Bool { get }
  /// Fills one row of `length` + 1 tokens; draws come from `random`.
  mutating func row(
    length: Int, from source: inout any DocumentSource, random: inout RandomStream
  ) throws -> PackedRow
}

extension Packer {
  /// Nothing is held back.
  public var holdsNothing: Bool { true }
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
