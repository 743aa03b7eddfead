public import Support

/// One document a row, the rest padded with tokens that are no targets.
public struct RowPacker: Packer {
  /// What `describe` says.
  public static let kind = KindDescription(
    "rows", "One document a row; the rest of the row is padding without targets.")

  /// The packer; it has no settings.
  public init() {}

  /// Builds it from checked settings.
  public init(_ values: SettingsValues) {}

  /// Fills one row of `length` + 1 tokens.
  public func row(length: Int, from source: inout any DocumentSource) throws -> PackedRow {
    let document = try source.next(limit: length + 1)
    let count = document.tokens.count
    let padding = length + 1 - count
    // Padding is a document of its own, so that nothing attends to it and it attends to nothing.
    return PackedRow(
      tokens: document.tokens + repeatElement(0, count: padding),
      roles: document.roles + repeatElement(.ignored, count: padding),
      starts: [Int32](repeating: 0, count: count) + repeatElement(Int32(count), count: padding),
      documents: 1, croppedTokens: 0, paddedTokens: max(0, length - count))
  }
}
