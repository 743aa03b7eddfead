/// A linear layer without bias, y = x W^T.
public enum Linear {
  /// Writes y = x W^T.
  ///
  /// - Parameters:
  ///   - x: shape [rows, in], dense.
  ///   - weight: shape [out, in], dense; nil when it is packed.
  ///   - packed: the weight for this product; see `PackedWeights`.
  ///   - y: output, shape [rows, out], `yStride` floats from row to row (out when nil).
  ///   - rows: B * T.
  ///   - inputs: in.
  ///   - outputs: out.
  ///   - yStride: floats from row to row of y.
  ///   - accumulate: add to y (a residual stream) instead of writing it.
  ///   - precision: number format of the operands.
  ///   - pool: threads.
  public static func forward(
    x: UnsafePointer<Float>, weight: UnsafePointer<Float>?, packed: UnsafeRawPointer? = nil,
    y: UnsafeMutablePointer<Float>,
    rows: Int, inputs: Int, outputs: Int, yStride: Int? = nil,
    accumulate: Bool = false, precision: MatmulPrecision = .float32, pool: ThreadPool
  ) {
    precondition(weight != nil || packed != nil, "no weight")
    Matmul.nt(
      x, weight ?? x, y, m: rows, n: outputs, k: inputs, cStride: yStride,
      accumulate: accumulate, precision: precision, packed: packed, pool: pool)
  }

  /// Writes dx = dy W.
  ///
  /// - Parameters:
  ///   - dy: gradient of the output, shape [rows, out], `yStride`.
  ///   - weight: shape [out, in], dense; nil when it is packed.
  ///   - packed: the weight for this product; see `PackedWeights`.
  ///   - dx: gradient of the input, shape [rows, in], dense.
  ///   - rows: B * T.
  ///   - inputs: in.
  ///   - outputs: out.
  ///   - yStride: floats from row to row of dy (out when nil).
  ///   - accumulate: add to dx instead of writing it.
  ///   - precision: number format of the operands.
  ///   - turned: room for dy as `weightGradient` reads it; see `Matmul.turnedBytes`.
  ///   - pool: threads.
  public static func inputGradient(
    dy: UnsafePointer<Float>, weight: UnsafePointer<Float>?, packed: UnsafeRawPointer? = nil,
    dx: UnsafeMutablePointer<Float>, rows: Int, inputs: Int, outputs: Int, yStride: Int? = nil,
    accumulate: Bool = false, precision: MatmulPrecision = .float32,
    turned: UnsafeMutableRawPointer? = nil, pool: ThreadPool
  ) {
    precondition(weight != nil || packed != nil, "no weight")
    Matmul.nn(
      dy, weight ?? dy, dx, m: rows, n: inputs, k: outputs, aStride: yStride,
      accumulate: accumulate, precision: precision, packed: packed, turned: turned, pool: pool)
  }

  /// Adds dW += dy^T x.
  ///
  /// - Parameters:
  ///   - dy: gradient of the output, shape [rows, out], `yStride`.
  ///   - x: input of `forward`, shape [rows, in], dense.
  ///   - gradient: added to, shape [out, in], dense.
  ///   - rows: B * T.
  ///   - inputs: in.
  ///   - outputs: out.
  ///   - yStride: floats from row to row of dy (out when nil).
  ///   - precision: number format of the operands.
  ///   - turned: dy as `inputGradient` has turned it; nil when it has not.
  ///   - pool: threads.
  public static func weightGradient(
    dy: UnsafePointer<Float>, x: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>,
    rows: Int, inputs: Int, outputs: Int, yStride: Int? = nil,
    precision: MatmulPrecision = .float32, turned: UnsafeRawPointer? = nil, pool: ThreadPool
  ) {
    Matmul.tn(
      dy, x, gradient, m: outputs, n: inputs, k: rows, aStride: yStride, accumulate: true,
      precision: precision, turned: turned, pool: pool)
  }
}
