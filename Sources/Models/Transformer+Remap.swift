// Attention whose relative positions depend on the region that a pair of query and key lies in. Queries
// and keys are turned once for each region; each query then has one softmax over the keys of all its
// regions, so the result is exact. Plain loops over pairs: slower than the kernels, and not trained with.

import Kernels
public import Positions
import Tensors

/// A change of positions at inference, for a model that knows distances up to a context.
public struct PositionRemapping: Sendable {
  /// The kind with its settings.
  public let remap: any PositionRemap
  /// The longest distance that the model knows, in tokens.
  public let trainedContext: Int

  /// A remapping of these parts.
  public init(_ remap: any PositionRemap, trainedContext: Int) {
    self.remap = remap
    self.trainedContext = trainedContext
  }
}

/// Cosines and sines of one region for the tokens of a row, [T, E/2] each.
struct RemapTables {
  let region: PositionRegion
  let queryCosine, querySine, keyCosine, keySine: AlignedFloats
}

extension Transformer {
  /// Queries of a task.
  private static let blockQueries = 16

  /// The tables of all regions of a row; nil when positions are as they are.
  func remapTables(length: Int) -> [RemapTables]? {
    guard let remap else { return nil }
    let half = shape.headWidth / 2
    func table(_ positions: [Int32]) -> (AlignedFloats, AlignedFloats) {
      let cosine = AlignedFloats(count: length * half)
      let sine = AlignedFloats(count: length * half)
      positions.withUnsafeBufferPointer {
        rotary.fill($0, cosine: cosine.pointer, sine: sine.pointer, pool: pool)
      }
      return (cosine, sine)
    }
    return remap.remap.regions(length: length, trainedContext: remap.trainedContext).map {
      let (queryCosine, querySine) = table($0.queries)
      let (keyCosine, keySine) = table($0.keys)
      return RemapTables(
        region: $0, queryCosine: queryCosine, querySine: querySine, keyCosine: keyCosine,
        keySine: keySine)
    }
  }

  /// Attention by regions.
  ///
  /// - Parameters:
  ///   - batch: rows; their positions are not looked at, their document borders are.
  ///   - tables: of a row of the batch's length.
  ///   - packed: query, key and value heads, not turned, [N, (H + 2K) E].
  ///   - attended: output, [N, H * E].
  func attend(
    _ batch: BatchPointers, by tables: [RemapTables], _ packed: UnsafePointer<Float>,
    _ attended: UnsafeMutablePointer<Float>
  ) {
    let width = shape.packedWidth
    let turned = tables.map { table in
      let heads = AlignedFloats(count: batch.count * width)
      copy(packed, to: heads.pointer, count: batch.count * width)
      for row in 0..<batch.rows {
        let start = heads.pointer + row * batch.length * width
        Rotary.apply(
          start, cosine: table.queryCosine.pointer, sine: table.querySine.pointer,
          tokens: batch.length, heads: shape.heads, headWidth: shape.headWidth, stride: width,
          inverse: false, pool: pool)
        Rotary.apply(
          start + shape.queryWidth, cosine: table.keyCosine.pointer, sine: table.keySine.pointer,
          tokens: batch.length, heads: shape.kvHeads, headWidth: shape.headWidth, stride: width,
          inverse: false, pool: pool)
      }
      return heads
    }
    let blocks = (batch.length + Self.blockQueries - 1) / Self.blockQueries
    pool.run(batch.rows * shape.heads * blocks) { task in
      let head = task / blocks % shape.heads
      let row = task / blocks / shape.heads
      var scores = [Float](repeating: 0, count: batch.length)
      let first = task % blocks * Self.blockQueries
      for query in first..<min(batch.length, first + Self.blockQueries) {
        attend(
          batch, row: row, head: head, query: query, tables, turned, packed, attended, &scores)
      }
    }
  }

  /// One query of one head: scores of each region's keys, one softmax, the weighted values.
  private func attend(
    _ batch: BatchPointers, row: Int, head: Int, query: Int, _ tables: [RemapTables],
    _ turned: [AlignedFloats], _ packed: UnsafePointer<Float>,
    _ attended: UnsafeMutablePointer<Float>, _ scores: inout [Float]
  ) {
    let e = shape.headWidth
    let width = shape.packedWidth
    let group = head / (shape.heads / shape.kvHeads)
    let keyColumn = shape.queryWidth + group * e
    let scale = 1 / Float(e).squareRoot()
    let token = row * batch.length + query
    let start = Int(batch.starts[token])
    for (table, heads) in zip(tables, turned) {
      let base = heads.pointer + row * batch.length * width
      let q = base + query * width + head * e
      for key in table.region.visible[query] where key >= start {
        scores[key] = scale * Self.dot(q, base + key * width + keyColumn, e)
      }
    }
    let largest = scores[start...query].max() ?? 0
    var total: Float = 0
    for key in start...query {
      scores[key] = Float(exponential(Double(scores[key] - largest)))
      total += scores[key]
    }
    let result = attended + token * shape.queryWidth + head * e
    result.update(repeating: 0, count: e)
    let values = packed + row * batch.length * width + shape.queryWidth + shape.keyWidth + group * e
    for key in start...query {
      Self.add(scores[key] / total, values + key * width, to: result, e)
    }
  }

  /// The inner product of two heads, whose width is a multiple of 8.
  private static func dot(_ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ width: Int)
    -> Float
  {
    var sum = SIMD8<Float>(repeating: 0)
    for index in stride(from: 0, to: width, by: 8) {
      sum += lanes(x + index) * lanes(y + index)
    }
    return sum.sum()
  }

  private static func add(
    _ share: Float, _ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, _ width: Int
  ) {
    for index in stride(from: 0, to: width, by: 8) {
      let sum = lanes(y + index) + share * lanes(x + index)
      UnsafeMutableRawPointer(y + index).storeBytes(of: sum, as: SIMD8<Float>.self)
    }
  }

  private static func lanes(_ x: UnsafePointer<Float>) -> SIMD8<Float> {
    UnsafeRawPointer(x).loadUnaligned(as: SIMD8<Float>.self)
  }
}
