import Support

/// Endless generated documents; the state is the random stream alone.
struct GeneratedSource: DocumentSource {
  /// What errors call it.
  let name: String
  var random: RandomStream
  /// Makes a document of at most `limit` tokens.
  let make: @Sendable (_ limit: Int, _ random: inout RandomStream) -> Document

  let isContinuous = false

  init(
    name: String, random: RandomStream,
    make: @escaping @Sendable (_ limit: Int, _ random: inout RandomStream) -> Document
  ) {
    self.name = name
    self.random = random
    self.make = make
  }

  mutating func next(limit: Int) -> Document { make(limit, &random) }

  var cursor: SourceCursor { SourceCursor(random: random) }

  mutating func restore(_ cursor: SourceCursor) throws {
    guard let random = cursor.random else {
      throw UserError(
        name, "the checkpoint's cursor is not of a generated source",
        remedy: "Resume with the recipe of the run.")
    }
    self.random = random
  }
}
