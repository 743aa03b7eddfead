public import Support

/// Positions 0, 1, 2 and so on.
public struct PlainPositions: IndexTransform {
  /// `plain`.
  public static let kind = KindDescription("plain", "Ordinary positions: 0, 1, 2 and so on.")

  /// Takes no settings.
  public init(_ values: SettingsValues) throws {}

  /// The running index; segments, target and stream are not looked at.
  public func positions(
    segments: [Int], target: Int, random: inout RandomStream
  ) -> [Int32] {
    (0..<segments.reduce(0, +)).map(Int32.init)
  }
}
