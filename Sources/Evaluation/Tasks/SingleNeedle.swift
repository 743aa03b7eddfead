public import Corpora
public import Support

/// One needle in a sequence: a model that copies the only number in the text passes (K1).
public struct SingleNeedle: RecallTask {
  /// `single`.
  public static let kind = KindDescription(
    "single",
    "One needle a sequence; copying the only number in the text passes, so it measures reach and "
      + "not the use of keys. Taught by every world document that has facts.",
    source: "Kamradt 2023; RULER (arXiv:2404.06654), niah_single",
    settings: RecallGrid.settings)

  /// Lengths, depths, trials and seed.
  public var grid: RecallGrid

  /// Takes the grid.
  public init(_ values: SettingsValues) throws { grid = try RecallGrid(values) }
  /// Takes the grid.
  public init(grid: RecallGrid) { self.grid = grid }

  /// One.
  public func depthsPerSequence(length: Int, wording: any NeedleWording) -> Int { 1 }

  /// A fact at the depth, and its question.
  public func plan(
    depths: [Double], length: Int, wording: any NeedleWording, random: inout RandomStream
  ) -> NeedlePlan {
    .keyed(depths: depths, wording: wording, random: &random)
  }
}
