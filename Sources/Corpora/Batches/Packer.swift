public import Support

/// One row on its way into a batch: T + 1 tokens, since the last is a target only.
public struct PackedRow: Sendable {
  /// Token numbers, [T + 1].
  public var tokens: [Int32] = []
  /// Roles as targets, [T + 1].
  public var roles: [TokenRole] = []
  /// First token that may be attended to, [T + 1].
  public var starts: [Int32] = []
  /// Documents begun in this row.
  public var documents = 0
  /// Tokens of the last document that did not fit and are lost.
  public var croppedTokens = 0
  /// Tokens of padding among the first T.
  public var paddedTokens = 0
}

/// How documents become rows.
public protocol Packer: CatalogKind {
  /// Fills one row of `length` + 1 tokens.
  func row(length: Int, from source: inout any DocumentSource) throws -> PackedRow
}

/// Every packer that a recipe may name.
public enum Packers {
  /// The kinds, in the order shown.
  public static let catalog = Catalog<any Packer>("pack", [DocumentPacker.self, RowPacker.self])
}
