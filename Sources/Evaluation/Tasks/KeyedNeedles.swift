public import Corpora
public import Support

/// Many needles in one sequence, shuffled questions at the end: the key must be used.
public struct KeyedNeedles: RecallTask {
  /// `keyed`.
  public static let kind = KindDescription(
    "keyed",
    "Five needles up to 512 tokens and ten above, all asked for in random order, so that the key "
      + "must be used. Taught by every world document that has facts.",
    settings: RecallGrid.settings)

  /// Lengths, depths, trials and seed.
  public var grid: RecallGrid

  /// Takes the grid.
  public init(_ values: SettingsValues) throws { grid = try RecallGrid(values) }
  /// Takes the grid.
  public init(grid: RecallGrid) { self.grid = grid }

  /// At most five up to 512 tokens and ten above, and no more than half of the sequence.
  public func depthsPerSequence(length: Int, wording: any NeedleWording) -> Int {
    min(length <= 512 ? 5 : 10, max(1, length / 2 / wording.typicalTokens))
  }

  /// A fact at each depth, each asked for on its own.
  public func plan(
    depths: [Double], length: Int, wording: any NeedleWording, random: inout RandomStream
  ) -> NeedlePlan {
    .keyed(depths: depths, wording: wording, random: &random)
  }
}
