import Kernels
import Models
import Positions
import Support
import TestSupport
import Testing

/// Attention by regions against the naive model, which turns every pair by its own distance.
struct RemapTests {
  private static let length = 29

  private static func logits(
    _ settings: [String: SettingsValue], _ name: String, hasHeadParameters: Bool,
    distance: @escaping (Int, Int) -> Int
  ) throws -> (found: [Float], wanted: [Double]) {
    let shape = LlamaShape(
      vocabulary: 11, width: 8, layers: 2, heads: 4, kvHeads: 2, headWidth: 16, feedForward: 12,
      tied: true, qkvBias: hasHeadParameters, qkNorm: hasHeadParameters)
    let small = ModelCase(name: name, shape: shape, rows: 2, length: length, documents: true)
    let model = small.transformer(ThreadPool(threads: 2))
    model.remap = PositionRemapping(
      try positionRemaps.make(name, settings), trainedContext: 16)
    let (input, _, _) = small.batch()
    var reference = small.reference(model)
    reference.distance = distance
    let wanted = (0..<2).flatMap { row in
      let range = row * length..<(row + 1) * length
      return reference.logits(
        tokens: input.tokens[range].map(Int.init), positions: Array(0..<length),
        starts: input.documentStarts[range].map(Int.init)
      ).flatMap { $0 }
    }
    return (model.logits(input, at: Array(input.tokens.indices)), wanted)
  }

  private func expectEqual(_ pair: (found: [Float], wanted: [Double])) {
    #expect(pair.found.count == pair.wanted.count)
    let error = zip(pair.found, pair.wanted).map { abs(Double($0) - $1) }.max() ?? .nan
    #expect(error < 2e-5, "\(error)")
  }

  @Test(arguments: [(4, 4), (5, 3), (1, 2), (64, 7)], [false, true])
  func selfExtendIsExact(sizes: (window: Int, group: Int), hasHeadParameters: Bool) throws {
    let (window, group) = sizes
    expectEqual(
      try Self.logits(
        ["window": .integer(window), "group": .integer(group)], "self_extend",
        hasHeadParameters: hasHeadParameters
      ) { query, key in
        query - key < window
          ? query - key : query / group + window - window / group - key / group
      })
  }

  @Test(arguments: [(6, 2), (5, 1), (40, 8)], [false, true])
  func dualChunkAttentionIsExact(sizes: (chunk: Int, window: Int), hasHeadParameters: Bool) throws {
    let (chunk, window) = sizes
    let step = chunk - window
    expectEqual(
      try Self.logits(
        ["chunk": .integer(chunk), "window": .integer(window)], "dual_chunk",
        hasHeadParameters: hasHeadParameters
      ) { query, key in
        switch query / step - key / step {
        case 0: query - key
        case 1: min(query % step + step, chunk) - key % step
        default: min(2 * step - 1, chunk) - key % step
        }
      })
  }
}
