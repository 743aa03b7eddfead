public import Corpora
public import Support

/// Four needles with keys of their own (K4).
///
/// RULER asks for one of the four; here each is asked for on its own, so that one pass gives four
/// trials. Where fewer depths are wanted the others are hidden all the same and not asked for.
public struct MultiKey: RecallTask {
  /// `multikey`.
  public static let kind = KindDescription(
    "multikey",
    "Four needles with different keys, each asked for on its own. Taught by every world document "
      + "that has facts.",
    source: "RULER (arXiv:2404.06654), niah_multikey_1", settings: RecallGrid.settings)

  /// Facts in a sequence.
  static let facts = 4

  /// Lengths, depths, trials and seed.
  public var grid: RecallGrid

  /// Takes the grid.
  public init(_ values: SettingsValues) throws { grid = try RecallGrid(values) }
  /// Takes the grid.
  public init(grid: RecallGrid) { self.grid = grid }

  /// Four.
  public func depthsPerSequence(length: Int, wording: any NeedleWording) -> Int { Self.facts }

  /// Four facts, a question for each depth.
  public func plan(
    depths: [Double], length: Int, wording: any NeedleWording, random: inout RandomStream
  ) -> NeedlePlan {
    .keyed(
      depths: depths, decoys: Self.facts - depths.count, wording: wording, random: &random)
  }
}
