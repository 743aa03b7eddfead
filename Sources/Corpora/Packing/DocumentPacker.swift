public import Support

/// Documents one after the other, cut where the row ends.
///
/// With the mask `document` a token sees its own document only, and the first token of a document
/// is no target. With `none` the row is one text.
public struct DocumentPacker: Packer {
  /// What `describe` says.
  public static let kind = KindDescription(
    "documents", "Documents one after the other, cut at the row's end.",
    settings: [Packers.mask])

  /// True when attention stays inside a document.
  public let masksDocuments: Bool

  /// A packer with or without the border between documents.
  public init(masksDocuments: Bool = true) {
    self.masksDocuments = masksDocuments
  }

  /// Builds it from checked settings.
  public init(_ values: SettingsValues) {
    self.init(masksDocuments: values.text("mask") != "none")
  }

  /// Fills one row of `length` + 1 tokens.
  public func row(
    length: Int, from source: inout any DocumentSource, random: inout RandomStream
  ) throws -> PackedRow {
    var row = PackedRow()
    row.tokens.reserveCapacity(length + 1)
    row.roles.reserveCapacity(length + 1)
    row.starts.reserveCapacity(length + 1)
    while row.tokens.count <= length {
      let start = row.tokens.count
      // Separate documents are asked for a whole row, not for the gap: long kinds stay long, and
      // what sticks out is counted as cropped.
      let room = length + 1 - start
      let document = try source.next(limit: source.isContinuous ? room : length + 1)
      row.append(
        document, count: min(document.tokens.count, room), start: masksDocuments ? start : 0)
    }
    return row
  }
}
