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
    let stride = parts.reduce(0) { $0 + $1.outputs }
    var column = 0
    for part in parts {
      if let pair = adapters.pairs[part.offset] {
        fillMiddle(adapters, pair, x, rows: rows, inputs: inputs)
        Linear.forward(
          x: adapters.middle.pointer, weight: adapters.weight(pair.b), y: y + column, rows: rows,
          inputs: adapters.plan.rank, outputs: part.outputs, yStride: stride, accumulate: true,
          precision: precision, pool: pool)
      }
      column += part.outputs
    }
  }

  /// Adds the gradients of the adapters and what they send back to their input.
  ///
  /// The middle is computed again: it costs rank / out of the matrix's own product.
  ///
  /// - Parameters:
  ///   - dy: gradient of the output, [rows, sum of the outputs].
  ///   - x: inputs of `adapt`.
  ///   - parts: as in `adapt`.
  ///   - dx: added to, [rows, inputs].
  ///   - rows: tokens, at most a chunk.
  ///   - inputs: width of x.
  func adaptBackward(
    _ dy: UnsafePointer<Float>, _ x: UnsafePointer<Float>, _ parts: [MatrixPart],
    inputGradient dx: UnsafeMutablePointer<Float>, rows: Int, inputs: Int
  ) {
    guard let adapters else { return }
    let stride = parts.reduce(0) { $0 + $1.outputs }
    let rank = adapters.plan.rank
    let gradients = gradients.values.pointer
    let middleGradient = adapters.middleGradient.pointer
    var column = 0
    for part in parts {
      if let pair = adapters.pairs[part.offset] {
        fillMiddle(adapters, pair, x, rows: rows, inputs: inputs)
        Linear.backward(
          dy: dy + column, x: adapters.middle.pointer, weight: adapters.weight(pair.b),
          dx: middleGradient, weightGradient: gradients + pair.b, rows: rows, inputs: rank,
          outputs: part.outputs, yStride: stride, precision: precision, pool: pool)
        Flat.scale(
          middleGradient, by: Float(adapters.plan.scale), count: rows * rank, pool: pool)
        Linear.backward(
          dy: middleGradient, x: x, weight: adapters.weight(pair.a), dx: dx,
          weightGradient: gradients + pair.a, rows: rows, inputs: inputs, outputs: rank,
          accumulate: true, precision: precision, pool: pool)
      }
      column += part.outputs
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
