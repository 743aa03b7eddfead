import CKernels

/// The gated unit of the feed-forward part, h = silu(gate) up (arXiv:2002.05202).
public enum SwiGLU {
  private static let blockRows = 32

  /// Writes h = gate / (1 + e^-gate) * up.
  ///
  /// - Parameters:
  ///   - gate: shape [rows, F], `inputStride` floats from row to row.
  ///   - up: shape [rows, F], `inputStride` floats from row to row.
  ///   - h: output, shape [rows, F], dense.
  ///   - kept: output, gate and up of each row rounded to bfloat16, shape [rows, 2F]; nil when not wanted.
  ///   - rows: B * T.
  ///   - width: F.
  ///   - inputStride: F for dense inputs, 2 F when gate and up stand side by side in one row.
  ///   - pool: threads.
  public static func forward(
    gate: UnsafePointer<Float>, up: UnsafePointer<Float>, h: UnsafeMutablePointer<Float>,
    kept: UnsafeMutablePointer<UInt16>? = nil, rows: Int, width: Int, inputStride: Int,
    pool: ThreadPool
  ) {
    var arguments = ck_swiglu(
      gate: gate, up: up, dh: nil, h: h, dgate: nil, dup: nil, kept: kept, rows: rows, width: width,
      input_stride: inputStride, gradient_stride: 0, block_rows: blockRows)
    pool.run(blockCount(rows, blockRows), pool.table.pointee.swiglu_forward, &arguments)
  }

  /// Writes the gradients of `gate` and `up`, and `h` again: both read `gate` and `up`.
  ///
  /// - Parameters:
  ///   - dh: gradient of the output, shape [rows, F], dense.
  ///   - gate: input of `forward`, shape [rows, F], `inputStride`.
  ///   - up: input of `forward`, shape [rows, F], `inputStride`.
  ///   - h: output, what `forward` gave or would give for `kept`, shape [rows, F], dense; may be `dh`.
  ///   - dgate: output, shape [rows, F], `gradientStride`; may be `gate`.
  ///   - dup: output, shape [rows, F], `gradientStride`; may be `up`.
  ///   - kept: what `forward` kept, read instead of `gate` and `up`; nil to read those.
  ///   - rows: B * T.
  ///   - width: F.
  ///   - inputStride: floats from row to row of the inputs.
  ///   - gradientStride: floats from row to row of the two gradients.
  ///   - pool: threads.
  public static func backward(
    dh: UnsafePointer<Float>, gate: UnsafePointer<Float>, up: UnsafePointer<Float>,
    h: UnsafeMutablePointer<Float>, dgate: UnsafeMutablePointer<Float>,
    dup: UnsafeMutablePointer<Float>, kept: UnsafePointer<UInt16>? = nil, rows: Int,
    width: Int, inputStride: Int, gradientStride: Int, pool: ThreadPool
  ) {
    var arguments = ck_swiglu(
      gate: gate, up: up, dh: dh, h: h, dgate: dgate, dup: dup,
      kept: UnsafeMutablePointer(mutating: kept), rows: rows,
      width: width,
      input_stride: inputStride, gradient_stride: gradientStride, block_rows: blockRows)
    pool.run(blockCount(rows, blockRows), pool.table.pointee.swiglu_backward, &arguments)
  }
}
