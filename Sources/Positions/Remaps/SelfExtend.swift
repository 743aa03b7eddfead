public import Support

/// Self-Extend: near keys as they are, far ones in groups that share a position.
public struct SelfExtend: PositionRemap {
  /// `self_extend`.
  public static let kind = KindDescription(
    "self_extend",
    "Keys nearer than the window keep their distance, those farther away share positions in groups; "
      + "no training.",
    source: "Jin et al. (arXiv:2401.01325), section 3",
    settings: [
      Setting(
        "window", .size(1...(1 << 24)), default: nil,
        help: "Tokens W that keep their distance; a quarter of the trained context when absent."),
      Setting(
        "group", .integer(1...1_000_000), default: nil,
        help: "Tokens G that share a position; when absent the fewest for which "
          + "W + (T - W) / G is at most half of the trained context, and 1 inside of it."),
    ])

  let window: Int?
  let group: Int?

  /// Takes `window` and `group`.
  public init(_ values: SettingsValues) throws {
    window = values.integer("window")
    group = values.integer("group")
  }

  /// Near keys and their queries stand where they are.
  ///
  /// For far keys queries stand at floor(i / G) + W - floor(W / G), keys at floor(j / G).
  public func regions(length: Int, trainedContext: Int) -> [PositionRegion] {
    let near = window ?? max(1, trainedContext / 4)
    let group = group ?? fewest(length, near, trainedContext)
    let plain = (0..<length).map(Int32.init)
    let shift = near - near / group
    return [
      PositionRegion(
        queries: plain, keys: plain, visible: (0..<length).map { max(0, $0 - near + 1)..<$0 + 1 }),
      PositionRegion(
        queries: (0..<length).map { Int32($0 / group + shift) },
        keys: (0..<length).map { Int32($0 / group) },
        visible: (0..<length).map { 0..<max(0, $0 - near + 1) }),
    ]
  }

  private func fewest(_ length: Int, _ near: Int, _ trained: Int) -> Int {
    guard length > trained else { return 1 }
    let room = max(1, trained / 2 - near)
    return max(1, (length - near + room - 1) / room)
  }
}
