public import Support

/// Dual Chunk Attention: distances inside a chunk and to the one before are kept, all others shared.
public struct DualChunkAttention: PositionRemap {
  /// `dual_chunk`.
  public static let kind = KindDescription(
    "dual_chunk",
    "The row is cut into chunks: distances inside a chunk and, nearby, to the one before stay as "
      + "they are, keys of earlier chunks share one; no training.",
    source: "An et al. (arXiv:2402.17463), section 3",
    settings: [
      Setting(
        "chunk", .size(2...(1 << 24)), default: nil,
        help: "Largest distance c; three quarters of the trained context when absent."),
      Setting(
        "window", .size(1...(1 << 24)), default: nil,
        help:
          "Tokens w of the chunk before that keep their distance, fewer than c; an eighth of the "
          + "trained context when absent."),
    ])

  let chunk: Int?
  let window: Int?

  /// Takes `chunk` and `window`.
  ///
  /// - Throws: `UserError` when the window is not smaller than the chunk.
  public init(_ values: SettingsValues) throws {
    chunk = values.integer("chunk")
    window = values.integer("window")
    if let chunk, let window, window >= chunk {
      throw UserError(
        "remap.window", "\(window) is not below the chunk, \(chunk)",
        remedy: "A sixth of the chunk is usual.")
    }
  }

  /// Keys stand at j mod a, with a = c - w.
  ///
  /// Queries stand at i mod a for keys of their own chunk, at min(i mod a + a, c) for those of the
  /// chunk before, and at min(2a - 1, c) for all earlier ones.
  public func regions(length: Int, trainedContext: Int) -> [PositionRegion] {
    let most = max(chunk ?? max(2, trainedContext * 3 / 4), (window ?? 1) + 1)
    let near = min(window ?? max(1, trainedContext / 8), most - 1)
    let step = most - near
    let keys = (0..<length).map { Int32($0 % step) }
    func region(_ query: (Int) -> Int, _ visible: (Int) -> Range<Int>) -> PositionRegion {
      PositionRegion(
        queries: (0..<length).map { Int32(query($0)) }, keys: keys,
        visible: (0..<length).map { visible($0) })
    }
    return [
      region({ $0 % step }, { $0 / step * step..<$0 + 1 }),
      region(
        { min($0 % step + step, most) },
        { max(0, $0 / step - 1) * step..<$0 / step * step }),
      region({ _ in min(2 * step - 1, most) }, { 0..<max(0, $0 / step - 1) * step }),
    ]
  }
}
