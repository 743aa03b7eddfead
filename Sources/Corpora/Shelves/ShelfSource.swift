import Support

/// Documents of a shelf one after the other, each from its first token to its last, pass after pass.
///
/// The cursor is the pass, the place in its order and the token inside the document, so that a
/// resumed source goes on in the middle of a document.
struct ShelfSource: DocumentSource {
  private let shelf: any DocumentShelf
  private let settings: ShelfSettings
  private let opening: SourceOpening
  private let members: [Int]
  /// Members in the order of the pass that `orderedEpoch` names.
  private var order: [Int] = []
  private var orderedEpoch = -1
  /// The document in work, so that it is read once and not for each piece.
  private var current: Document?
  private(set) var cursor: SourceCursor

  init(_ shelf: any DocumentShelf, _ settings: ShelfSettings, _ opening: SourceOpening) throws {
    self.shelf = shelf
    self.settings = settings
    self.opening = opening
    members = try settings.members(of: shelf, split: opening.split)
    cursor = SourceCursor(fingerprint: shelf.fingerprint)
  }

  var isContinuous: Bool { shelf.isContinuous }
  var readyMade: ReadyMadeRows? { shelf.readyMade }
  var repeats: Bool { settings.repeats }

  var pass: SourcePass? {
    let counts = members.map { shelf.tokenCount($0) }
    let tokens = counts.contains { $0 == nil } ? nil : counts.reduce(0) { $0 + ($1 ?? 0) }
    return SourcePass(documents: members.count, tokens: tokens)
  }

  mutating func next(limit: Int) throws -> Document {
    let whole = try current ?? shelf.document(place())
    let end = min(whole.tokens.count, cursor.offset + limit)
    guard isContinuous else {
      advance()
      return whole.cut(to: limit)
    }
    let range = cursor.offset..<end
    var piece = Document(tokens: Array(whole.tokens[range]), roles: Array(whole.roles[range]))
    piece.offset = cursor.offset
    piece.wholeCount = whole.tokens.count
    cursor.offset = end
    current = whole
    if end == whole.tokens.count { advance() }
    return piece
  }

  private mutating func advance() {
    current = nil
    cursor.offset = 0
    cursor.file += 1
    guard cursor.file == members.count else { return }
    cursor.file = 0
    cursor.epoch += 1
  }

  /// The number of the document in work.
  private mutating func place() -> Int {
    guard settings.isShuffled else { return members[cursor.file] }
    if orderedEpoch != cursor.epoch {
      var random = RandomStream(
        seed: opening.seed, name: "order/\(opening.split.rawValue)/\(opening.name)",
        index: UInt64(cursor.epoch))
      order = members.shuffled(using: &random)
      orderedEpoch = cursor.epoch
    }
    return order[cursor.file]
  }

  mutating func restore(_ cursor: SourceCursor) throws {
    guard cursor.fingerprint == shelf.fingerprint, cursor.file < members.count else {
      throw UserError(
        shelf.place, "the data has changed since the checkpoint was written",
        remedy: "Put the old files back, or start a new run from the checkpoint.")
    }
    if (cursor.file, cursor.epoch) != (self.cursor.file, self.cursor.epoch) { current = nil }
    self.cursor = cursor
  }
}
