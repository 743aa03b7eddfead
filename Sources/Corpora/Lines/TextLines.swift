public import Support

/// JSON lines with a text each.
public struct TextLines: SourceKind {
  /// What `describe` says.
  public static let kind = KindDescription(
    "jsonl", "Documents as JSON lines (.jsonl, .jsonl.gz, .jsonl.zst), each with a text.",
    givesAnyText: true,
    settings: [
      Setting(required: "path", .path, help: "File, or folder of such files."),
      Setting("field", .text, default: .text("text"), help: "The field that holds the text."),
    ] + ShelfSettings.all)

  private let path: String
  private let field: String
  private let settings: ShelfSettings

  /// Builds it from checked settings.
  public init(_ values: SettingsValues) throws {
    path = try TextFiles.path(values)
    field = values.text("field") ?? "text"
    settings = ShelfSettings(values)
  }

  /// Opens the source; throws `UserError` with the line when one is no document.
  public func open(_ opening: SourceOpening) throws -> any DocumentSource {
    try opening.demandAnyText(Self.kind.name)
    let shelf = try Shelf(lines: LineList(path), field: field, tokenizer: opening.tokenizer)
    return try ShelfSource(shelf, settings, opening)
  }

  private struct Shelf: DocumentShelf {
    let lines: LineList
    let field: String
    let tokenizer: any Tokenizer
    /// Tokens of each document, where counting does not mean to cut all of them into words.
    private var counts: [Int]?

    init(lines: LineList, field: String, tokenizer: any Tokenizer) throws {
      self.lines = lines
      self.field = field
      self.tokenizer = tokenizer
      var bytes: [Int] = []
      for index in 0..<lines.count { bytes.append(try text(index).utf8.count) }
      if tokenizer is ByteTokenizer { counts = bytes.map { $0 + 2 } }
    }

    var place: String { lines.path }
    var count: Int { lines.count }
    var fingerprint: UInt64 { lines.fingerprint }
    func hash(_ index: Int) -> UInt64 { lines.hash(index) }
    func tokenCount(_ index: Int) -> Int? { counts?[index] }
    func document(_ index: Int) throws -> Document { tokenizer.document(try text(index)) }

    private func text(_ index: Int) throws -> String {
      let fields = try lines.fields(index, [.text(field)])
      guard let text = fields.texts[field], !text.isEmpty else {
        throw UserError(
          lines.place(index), "no text in the field \"\(field)\"",
          remedy: "Name the field with `field:`. "
            + Suggestion.sentence(for: field, among: fields.others))
      }
      return text
    }
  }
}

extension SourceOpening {
  /// Refuses a tokenizer to which most words of a text are unknown.
  func demandAnyText(_ kind: String) throws {
    guard !tokenizer.readsAnyText else { return }
    throw UserError(
      "sources.\(name)", "\(kind) needs the tokenizer bytes or file, \(tokenizer.name) found",
      remedy: "Use `tokenizer: bytes`, or a built-in source such as stories.")
  }
}
