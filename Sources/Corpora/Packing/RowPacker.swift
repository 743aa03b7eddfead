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
  public func row(
    length: Int, from source: inout any DocumentSource, random: inout RandomStream
  ) throws -> PackedRow {
    let document = try source.next(limit: length + 1)
    var row = PackedRow()
    row.labels = document.labels
    row.positions = document.positions
    row.append(document, count: document.tokens.count, start: 0)
    row.pad(to: length)
    return row
  }
}
