public import Support

/// Documents one after the other, cut where the row ends.
///
/// With the mask `document` a token sees its own document only, and the first token of a document
/// is no target. With `none` the row is one text.
public struct DocumentPacker: Packer {
  /// What `describe` says.
  public static let kind = KindDescription(
    "documents", "Documents one after the other, cut at the row's end.",
    settings: [
      Setting(
        "mask", .choice(["document", "none"]), default: .text("document"),
        help: "What a token may attend to: its own document, or the whole row before it.",
        applies: .nextStage)
    ])

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
  public func row(length: Int, from source: inout any DocumentSource) throws -> PackedRow {
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
      let count = min(document.tokens.count, room)
      row.tokens += document.tokens[0..<count]
      row.roles += document.roles[0..<count]
      row.starts += repeatElement(masksDocuments ? Int32(start) : 0, count: count)
      row.documents += 1
      row.croppedTokens += document.tokens.count - count
    }
    return row
  }
}
