import Support

/// Where a stream of batches stands.
public struct BatchCursor: Codable, Equatable, Sendable {
  var mix: TokenMix
  var weights: [Double]
  var lanes: [LaneCursor]
  var random: RandomStream
  /// What was asked and given so far.
  public internal(set) var ledger: TokenLedger
}

/// An unlimited row of batches mixed from several sources.
///
/// A row comes from one source; which one, `TokenMix` decides. The cursor holds everything that
/// decides the batches to come, so a resumed stream gives the same bits.
public struct BatchStream: Sendable {
  /// The names of the sources.
  public let sourceNames: [String]
  private var plan: BatchPlan
  private let sentenceEnds: [Bool]
  private var lanes: [SourceLane]
  private var weights: [Double]
  private var mix: TokenMix
  private var random: RandomStream
  /// What was asked and given so far, by source.
  public private(set) var ledger: TokenLedger

  /// A stream at its beginning.
  ///
  /// - Parameters:
  ///   - sources: sources with weights; at least one weight above 0, none below.
  ///   - plan: rows, length, packer and positions.
  ///   - tokenizer: tells where sentences end.
  /// - Throws: `UserError` when the weights or the sizes are of no use.
  public init(sources: [WeightedSource], plan: BatchPlan, tokenizer: any Tokenizer) throws {
    sourceNames = sources.map(\.name)
    self.plan = plan
    lanes = sources.map { SourceLane($0, plan: plan) }
    weights = sources.map(\.weight)
    try Self.check(weights, names: sourceNames)
    guard plan.rows > 0, plan.length >= 16 else {
      throw UserError(
        "sequence", "rows of at least 16 tokens are needed, \(plan.length) found",
        remedy: "Raise the sequence.")
    }
    for (weighted, lane) in zip(sources, lanes) {
      try Self.check(weighted, lane.packer, plan)
      try lane.packer.check(length: plan.length)
    }
    sentenceEnds = tokenizer.sentenceEnds
    mix = TokenMix(weights: weights)
    random = RandomStream(seed: plan.seed, name: "positions")
    ledger = TokenLedger(names: sourceNames)
  }

  private static func check(_ weights: [Double], names: [String]) throws {
    for (name, weight) in zip(names, weights) where !(weight >= 0 && weight.isFinite) {
      throw UserError(
        "mix.\(name)", "a weight of 0 or more is needed, \(weight) found",
        remedy: "Shares are weights divided by their sum.")
    }
    guard names.count <= 256, weights.contains(where: { $0 > 0 }) else {
      throw UserError(
        "mix", "at least one weight above 0 and at most 256 sources are needed",
        remedy: "Name a source with a weight, such as `stories: 1`.")
    }
  }

  /// Ready-made rows fit only where nothing else decides what they bring.
  private static func check(
    _ weighted: WeightedSource, _ packer: any Packer, _ plan: BatchPlan
  ) throws {
    guard let rows = weighted.source.readyMade else { return }
    let place = "mix.\(weighted.name)"
    guard rows.longest <= plan.length + 1 else {
      throw UserError(
        place, "rows of at most \(plan.length + 1) tokens are needed, \(rows.longest) found",
        remedy: "Raise `sequence` to \(rows.longest); the last token may be a target only.")
    }
    if rows.hasPositions, plan.positions != nil {
      throw UserError(
        place, "its rows have position_ids, and the stage makes positions of its own",
        remedy: "Use `positions: plain`, or rows without position_ids.")
    }
    if rows.hasPositions || rows.hasLabels, !(packer is RowPacker) {
      throw UserError(
        place, "its rows have position_ids or labels, which packing would tear apart",
        remedy: "Use `pack: { kind: rows }`.")
    }
  }

  /// The same rows with other position numbers; nil means 0 ..< T.
  public func with(positions: PositionRule?) -> BatchStream {
    var other = self
    other.plan.positions = positions
    return other
  }

  /// The sources of the stream with their names, for questions about them.
  public var sources: [(name: String, source: any DocumentSource)] {
    lanes.map { ($0.name, $0.source) }
  }

  /// The sources that may not be repeated and have been read beyond their end.
  public var repeatedAgainstTheirWill: [String] {
    lanes.filter(\.repeatsAgainstItsWill).map(\.name)
  }

  /// The weight of a source now; nil when the stream has no such source.
  public func weight(of name: String) -> Double? {
    sourceNames.firstIndex(of: name).map { weights[$0] }
  }

  /// Changes the weight of a source from the next row on.
  ///
  /// - Throws: `UserError` when the source is unknown or no weight would be left.
  public mutating func setWeight(_ name: String, _ weight: Double) throws {
    guard let index = sourceNames.firstIndex(of: name) else {
      throw UserError(
        "mix.\(name)", "no such source",
        remedy: Suggestion.sentence(for: name, among: sourceNames))
    }
    var changed = weights
    changed[index] = weight
    try Self.check(changed, names: sourceNames)
    weights = changed
    mix.setWeights(weights)
  }

  /// The next B rows.
  ///
  /// - Throws: `UserError` when a source can no longer be read.
  public mutating func next() throws -> Batch {
    var batch = Batch(rows: plan.rows, length: plan.length, sourceNames: sourceNames)
    for _ in 0..<plan.rows {
      let index = mix.next(tokens: plan.length)
      append(try lanes[index].next(), source: index, to: &batch)
    }
    return batch
  }

  private mutating func append(_ row: PackedRow, source index: Int, to batch: inout Batch) {
    let length = plan.length
    var answers = 0
    for token in 0..<length {
      let target = token + 1
      // The first token of a document cannot be told from another document's end.
      let role = row.isBorder(after: token) ? TokenRole.ignored : row.roles[target]
      batch.targets.append(role == .ignored ? -1 : (row.labels ?? row.tokens)[target])
      batch.roles.append(role)
      if role == .answer || role == .recall { answers += 1 }
    }
    batch.tokens += row.tokens[0..<length]
    batch.documentStarts += row.starts[0..<length]
    batch.sources += repeatElement(UInt8(index), count: length)
    batch.positions += positions(of: row)

    let given = length - row.paddedTokens
    mix.book(given, from: index)
    for (entry, share) in mix.shares.enumerated() {
      ledger.entries[entry].askedTokens += share * Double(given)
    }
    ledger.entries[index].tokens += given
    ledger.entries[index].rows += 1
    ledger.entries[index].documents += row.documents
    ledger.entries[index].croppedTokens += row.croppedTokens
    ledger.entries[index].leftOutTokens += row.leftOutTokens
    ledger.entries[index].paddedTokens += row.paddedTokens
    ledger.entries[index].answerTokens += answers
    ledger.entries[index].epochs = lanes[index].source.cursor.epoch
  }

  /// Position numbers of a row, [T].
  private mutating func positions(of row: PackedRow) -> [Int32] {
    if let positions = row.positions { return Array(positions[0..<plan.length]) }
    guard let rule = plan.positions else {
      return Array((row.places ?? (0...Int32(plan.length)).map { $0 })[0..<plan.length])
    }
    let isCut = !row.cuts.isEmpty
    let positions = rule(isCut ? chunks(of: row) : segments(of: row), isCut, &random)
    precondition(
      positions.count == plan.length, "\(positions.count) positions for \(plan.length) tokens")
    return row.places.map { $0[0..<plan.length].map { positions[Int($0)] } } ?? positions
  }

  /// Lengths of the parts between which text was skipped.
  private func chunks(of row: PackedRow) -> [Int] {
    let borders = [0] + row.cuts.filter { $0 < plan.length } + [plan.length]
    return zip(borders.dropFirst(), borders).map { $0 - $1 }
  }

  /// Lengths of the segments in the order in which the row is read.
  private func segments(of row: PackedRow) -> [Int] {
    var lengths: [Int] = []
    var begin = 0
    for (place, token) in row.readingOrder.dropLast().enumerated() {
      let isLast = place + 1 == plan.length
      if isLast || row.isBorder(after: token) || sentenceEnds[Int(row.tokens[token])] {
        lengths.append(place + 1 - begin)
        begin = place + 1
      }
    }
    return lengths
  }

  /// Everything that decides the batches to come.
  public var cursor: BatchCursor {
    BatchCursor(
      mix: mix, weights: weights, lanes: lanes.map(\.cursor), random: random, ledger: ledger)
  }

  /// Goes to where a cursor of the same stream stood.
  ///
  /// - Throws: `UserError` when the cursor belongs to other sources or their data has changed.
  public mutating func restore(_ cursor: BatchCursor) throws {
    guard cursor.ledger.entries.map(\.name) == sourceNames else {
      throw UserError(
        "mix", "the checkpoint's sources \(cursor.ledger.entries.map(\.name)) are not the recipe's",
        remedy: "Resume with the recipe of the run.")
    }
    for index in lanes.indices { try lanes[index].restore(cursor.lanes[index]) }
    weights = cursor.weights
    mix = cursor.mix
    random = cursor.random
    ledger = cursor.ledger
  }
}
