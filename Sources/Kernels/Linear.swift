/// A linear layer without bias, y = x W^T.
public enum Linear {
  /// Writes y = x W^T.
  ///
  /// - Parameters:
  ///   - x: shape [rows, in], `xStride` floats from row to row (in when nil).
  ///   - weight: shape [out, in], dense; nil when it is packed.
  ///   - packed: the weight for this product; see `PackedWeights`.
  ///   - y: output, shape [rows, out], `yStride` floats from row to row (out when nil).
  ///   - rows: B * T.
  ///   - inputs: in.
  ///   - outputs: out.
  ///   - xStride: floats from row to row of x.
  ///   - yStride: floats from row to row of y.
  ///   - accumulate: add to y (a residual stream) instead of writing it.
  ///   - precision: number format of the operands.
  ///   - pool: threads.
  public static func forward(
    x: UnsafePointer<Float>, weight: UnsafePointer<Float>?, packed: UnsafeRawPointer? = nil,
    y: UnsafeMutablePointer<Float>,
    rows: Int, inputs: Int, outputs: Int, xStride: Int? = nil, yStride: Int? = nil,
    accumulate: Bool = false, precision: MatmulPrecision = .float32, pool: ThreadPool
  ) {
    precondition(weight != nil || packed != nil, "no weight")
    Matmul.nt(
      x, weight ?? x, y, m: rows, n: outputs, k: inputs, aStride: xStride, cStride: yStride,
      accumulate: accumulate, precision: precision, packed: packed, pool: pool)
  }

  /// Writes (or adds) dx = dy W, and adds dW += dy^T x.
  ///
  /// - Parameters:
  ///   - dy: gradient of the output, shape [rows, out], `yStride`.
  ///   - x: input of `forward`, shape [rows, in], `xStride`.
  ///   - weight: shape [out, in], dense; nil when it is packed.
  ///   - packed: the weight for the input's gradient; see `PackedWeights`.
  ///   - dx: gradient of the input, shape [rows, in], `xStride`; nil when not wanted.
  ///   - weightGradient: added to, shape [out, in], dense; nil when not wanted.
  ///   - rows: B * T.
  ///   - inputs: in.
  ///   - outputs: out.
  ///   - xStride: floats from row to row of x and dx (in when nil).
  ///   - yStride: floats from row to row of dy (out when nil).
  ///   - accumulate: add to dx instead of writing it.
  ///   - precision: number format of the operands.
  ///   - pool: threads.
  public static func backward(
    dy: UnsafePointer<Float>, x: UnsafePointer<Float>, weight: UnsafePointer<Float>?,
    packed: UnsafeRawPointer? = nil, dx: UnsafeMutablePointer<Float>?,
    weightGradient: UnsafeMutablePointer<Float>?, rows: Int,
    inputs: Int, outputs: Int, xStride: Int? = nil, yStride: Int? = nil, accumulate: Bool = false,
    precision: MatmulPrecision = .float32, pool: ThreadPool
  ) {
    if let dx {
      precondition(weight != nil || packed != nil, "no weight")
      Matmul.nn(
        dy, weight ?? dy, dx, m: rows, n: inputs, k: outputs, aStride: yStride, cStride: xStride,
        accumulate: accumulate, precision: precision, packed: packed, pool: pool)
    }
    if let weightGradient {
      Matmul.tn(
        dy, x, weightGradient, m: outputs, n: inputs, k: rows, aStride: yStride, bStride: xStride,
        accumulate: true, precision: precision, pool: pool)
    }
  }
}
