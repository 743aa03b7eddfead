import Support

/// Documents that are there as a whole and can be taken by number, in any order.
protocol DocumentShelf: Sendable {
  /// What errors call it, a path.
  var place: String { get }
  /// Documents on the shelf.
  var count: Int { get }
  /// A hash over what is on the shelf, so that changed data is noticed.
  var fingerprint: UInt64 { get }
  /// A hash of a document's content; equal documents have equal ones.
  func hash(_ index: Int) -> UInt64
  /// Tokens of a document; nil when only reading it tells.
  func tokenCount(_ index: Int) -> Int?
  /// A whole document.
  ///
  /// - Throws: `UserError` when it can no longer be read.
  func document(_ index: Int) throws -> Document
  /// True when a document that did not fit goes on with the next call.
  var isContinuous: Bool { get }
  /// What rows that are ready demand of a stage; nil for documents that may be cut and packed.
  var readyMade: ReadyMadeRows? { get }
}

extension DocumentShelf {
  var isContinuous: Bool { true }
  var readyMade: ReadyMadeRows? { nil }
}

/// How a source goes through a shelf: the settings that all such kinds share.
struct ShelfSettings: Sendable {
  static let all = [
    Setting(
      "order", .choice(["random", "file"]), default: .text("random"),
      help: "random: another order in each pass; file: as it stands, in every pass.",
      applies: .nextStage),
    Setting(
      "held_out", .real(0...0.5), default: nil,
      help: "Share of the documents that only evaluations see, chosen by their content; 0.05 when "
        + "absent, and none for ready-made rows in file order."),
    Setting(
      "repeat", .flag, default: .flag(false),
      help: "Whether a stage may read the source more than once.", applies: .nextStage),
  ]

  let isShuffled: Bool
  let heldOut: Double
  let repeats: Bool

  init(_ values: SettingsValues, heldOutInFileOrder: Double = 0.05) {
    isShuffled = values.text("order") != "file"
    heldOut = values.real("held_out") ?? (isShuffled ? 0.05 : heldOutInFileOrder)
    repeats = values.flag("repeat") ?? false
  }

  /// The numbers of the documents that a split may see, in ascending order.
  ///
  /// Held out are the documents with the smallest hashes of their content, at least one when there
  /// are two, so that equal documents are always on the same side.
  func members(of shelf: any DocumentShelf, split: CorpusSplit) throws -> [Int] {
    let hashes = (0..<shelf.count).map { StableHash.mix(shelf.hash($0)) }
    var border: UInt64?
    if heldOut > 0, hashes.count > 1 {
      let wanted = max(1, Int((Double(hashes.count) * heldOut).rounded()))
      border = hashes.sorted()[wanted - 1]
    }
    let members = hashes.indices.filter { index in
      let isHeldOut = border.map { hashes[index] <= $0 } ?? false
      return isHeldOut == (split == .evaluation)
    }
    guard members.isEmpty else { return members }
    throw UserError(
      shelf.place,
      split == .training
        ? "no document is left for training, \(shelf.count) found, all held out"
        : "no document is held out for evaluation, \(shelf.count) found",
      remedy: split == .training
        ? "Give more documents that differ, or `held_out: 0`."
        : heldOut > 0
          ? "Give at least two documents, or leave the loss on this source out."
          : "Set `held_out`, or leave the loss on this source out.")
  }
}
