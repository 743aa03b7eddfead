import Kernels
import Tensors

extension Transformer {
  /// Adds (alpha / rank) x A^T B^T of the matrices that have adapters.
  ///
  /// - Parameters:
  ///   - x: inputs, [rows, inputs].
  ///   - parts: matrices side by side, [outputs, inputs] each.
  ///   - y: added to, [rows, sum of the outputs].
  ///   - rows: tokens, at most a chunk.
  ///   - inputs: width of x.
  func adapt(
    _ x: UnsafePointer<Float>, _ parts: [MatrixPart], _ y: UnsafeMutablePointer<Float>, rows: Int,
    inputs: Int
  ) {
    guard let adapters else { return }
    for at in adapted(parts, adapters) {
      fillMiddle(adapters, at.pair, x, rows: rows, inputs: inputs)
      Linear.forward(
        x: adapters.middle.pointer, weight: adapters.weight(at.pair.b), y: y + at.column,
        rows: rows, inputs: adapters.plan.rank, outputs: at.outputs, yStride: at.stride,
        accumulate: true, precision: precision, pool: pool)
    }
  }

  /// Adds what the adapters send back to their input, and keeps the gradients of their middles.
  ///
  /// - Parameters:
  ///   - dy: gradient of the output, [rows, sum of the outputs].
  ///   - parts: as in `adapt`.
  ///   - dx: added to, [rows, inputs].
  ///   - rows: tokens, at most a chunk.
  ///   - inputs: width of dx.
  func adaptInputGradient(
    _ dy: UnsafePointer<Float>, _ parts: [MatrixPart], _ dx: UnsafeMutablePointer<Float>,
    rows: Int, inputs: Int
  ) {
    guard let adapters else { return }
    let rank = adapters.plan.rank
    for (index, at) in adapted(parts, adapters).enumerated() {
      let middleGradient = adapters.middleGradient(index, rows: rows)
      Linear.inputGradient(
        dy: dy + at.column, weight: adapters.weight(at.pair.b), dx: middleGradient, rows: rows,
        inputs: rank, outputs: at.outputs, yStride: at.stride, precision: precision, pool: pool)
      Flat.scale(middleGradient, by: Float(adapters.plan.scale), count: rows * rank, pool: pool)
      Linear.inputGradient(
        dy: middleGradient, weight: adapters.weight(at.pair.a), dx: dx, rows: rows,
        inputs: inputs, outputs: rank, accumulate: true, precision: precision, pool: pool)
    }
  }

  /// Adds the gradients of the adapters, after `adaptInputGradient` of the same matrices.
  ///
  /// The middle is computed again: it costs rank / out of the matrix's own product.
  ///
  /// - Parameters:
  ///   - dy: as in `adaptInputGradient`.
  ///   - x: inputs of `adapt`.
  ///   - parts: as in `adapt`.
  ///   - rows: tokens, at most a chunk.
  ///   - inputs: width of x.
  func adaptWeightGradients(
    _ dy: UnsafePointer<Float>, _ x: UnsafePointer<Float>, _ parts: [MatrixPart], rows: Int,
    inputs: Int
  ) {
    guard let adapters else { return }
    let rank = adapters.plan.rank
    let gradients = gradients.values.pointer
    for (index, at) in adapted(parts, adapters).enumerated() {
      fillMiddle(adapters, at.pair, x, rows: rows, inputs: inputs)
      Linear.weightGradient(
        dy: dy + at.column, x: adapters.middle.pointer, gradient: gradients + at.pair.b,
        rows: rows, inputs: rank, outputs: at.outputs, yStride: at.stride, precision: precision,
        pool: pool)
      Linear.weightGradient(
        dy: adapters.middleGradient(index, rows: rows), x: x, gradient: gradients + at.pair.a,
        rows: rows, inputs: inputs, outputs: rank, precision: precision, pool: pool)
    }
  }

  /// An adapter of one of several matrices side by side.
  private struct Adapted {
    let pair: Adapters.Pair
    /// Where the matrix's outputs begin in a row of all of them, and how many they are.
    let column, outputs: Int
    /// Outputs of all of them.
    let stride: Int
  }

  private func adapted(_ parts: [MatrixPart], _ adapters: Adapters) -> [Adapted] {
    let stride = parts.reduce(0) { $0 + $1.outputs }
    var column = 0
    return parts.compactMap { part in
      defer { column += part.outputs }
      return adapters.pairs[part.offset].map {
        Adapted(pair: $0, column: column, outputs: part.outputs, stride: stride)
      }
    }
  }

  private func fillMiddle(
    _ adapters: Adapters, _ pair: Adapters.Pair, _ x: UnsafePointer<Float>, rows: Int, inputs: Int
  ) {
    let middle = adapters.middle.pointer
    let rank = adapters.plan.rank
    precondition(rows * rank <= adapters.middle.count, "\(rows) rows of \(rank)")
    Linear.forward(
      x: x, weight: adapters.weight(pair.a), y: middle, rows: rows, inputs: inputs, outputs: rank,
      precision: precision, pool: pool)
    Flat.scale(middle, by: Float(adapters.plan.scale), count: rows * rank, pool: pool)
  }
}
