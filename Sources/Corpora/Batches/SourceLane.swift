import Support

/// Where a source and its packer stand.
struct LaneCursor: Codable, Equatable, Sendable {
  /// The source when the packer last held nothing.
  var source: SourceCursor
  /// The packer's draws at that time.
  var random: RandomStream
  /// Rows given since then; they are packed again to come to where the lane stood.
  var rows = 0
}

/// One source of a stream on its way into rows.
struct SourceLane: Sendable {
  let name: String
  private let length: Int
  private let fresh: any Packer
  private(set) var source: any DocumentSource
  private var packer: any Packer
  private var random: RandomStream
  private var start: LaneCursor

  init(_ weighted: WeightedSource, plan: BatchPlan) {
    name = weighted.name
    length = plan.length
    source = weighted.source
    fresh = plan.packer
    packer = plan.packer
    random = RandomStream(seed: plan.seed, name: "pack/\(weighted.name)")
    start = LaneCursor(source: weighted.source.cursor, random: random)
  }

  mutating func next() throws -> PackedRow {
    start = cursor
    start.rows += 1
    return try packer.row(length: length, from: &source, random: &random)
  }

  /// Small even while the packer holds documents back: it is where they came from.
  var cursor: LaneCursor {
    packer.holdsNothing ? LaneCursor(source: source.cursor, random: random) : start
  }

  mutating func restore(_ cursor: LaneCursor) throws {
    packer = fresh
    try source.restore(cursor.source)
    random = cursor.random
    start = cursor
    for _ in 0..<cursor.rows { _ = try next() }
  }
}
