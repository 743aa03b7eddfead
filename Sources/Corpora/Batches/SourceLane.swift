import Support

/// Where a source and its packer stand.
struct LaneCursor: Codable, Equatable, Sendable {
  let source: SourceCursor
  /// The packer's draws.
  let random: RandomStream
  /// What the packer holds back.
  let held: HeldDocuments?
}

/// One source of a stream on its way into rows.
struct SourceLane: Sendable {
  let name: String
  private let length: Int
  private(set) var source: any DocumentSource
  private var packer: any Packer
  private var random: RandomStream

  init(_ weighted: WeightedSource, plan: BatchPlan) {
    name = weighted.name
    length = plan.length
    source = weighted.source
    packer = plan.packer
    random = RandomStream(seed: plan.seed, name: "pack/\(weighted.name)")
  }

  mutating func next() throws -> PackedRow {
    try packer.row(length: length, from: &source, random: &random)
  }

  var cursor: LaneCursor {
    LaneCursor(source: source.cursor, random: random, held: packer.held)
  }

  mutating func restore(_ cursor: LaneCursor) throws {
    try packer.hold(cursor.held, length: length, from: &source)
    try source.restore(cursor.source)
    random = cursor.random
  }
}
