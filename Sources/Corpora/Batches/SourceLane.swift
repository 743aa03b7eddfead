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
  private(set) var packer: any Packer
  private var random: RandomStream
  /// Where a pass of the source begins.
  private let beginning: SourceCursor

  init(_ weighted: WeightedSource, plan: BatchPlan) {
    name = weighted.name
    length = plan.length
    source = weighted.source
    packer = weighted.packer ?? plan.packer
    random = RandomStream(seed: plan.seed, name: "pack/\(weighted.name)")
    beginning = weighted.source.cursor
  }

  /// True when the source may not be repeated and has been read beyond its end.
  var repeatsAgainstItsWill: Bool {
    let cursor = source.cursor
    guard !source.repeats, cursor.epoch > 0 else { return false }
    return cursor.epoch > 1 || !cursor.isSamePlace(as: beginning)
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
