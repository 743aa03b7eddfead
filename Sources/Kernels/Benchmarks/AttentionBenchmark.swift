import Tensors

/// Speed of exact causal attention, forward and backward.
public struct AttentionBenchmark: Sendable {
  /// What was measured.
  public struct Result: Sendable, Equatable {
    /// forward, backward, or both in a row.
    public let part: String
    /// Median time; processor time with one thread, else time on the wall.
    public let seconds: Double
    /// Counted operations by the median time, in 10^9 per second.
    public let gflops: Double
    /// Samples behind the median.
    public let samples: Int
  }

  /// B = 1, T, H, K and E.
  public let shape: CausalAttention.Shape
  /// Documents of equal length that the row holds.
  public let documents: Int

  /// A measurement of one row.
  ///
  /// - Parameters:
  ///   - shape: sizes; a head width that `CausalAttention` takes.
  ///   - documents: documents of equal length in each row, 1...T.
  public init(_ shape: CausalAttention.Shape, documents: Int = 1) {
    self.shape = shape
    self.documents = documents
  }

  /// Pairs of a query and a key that it sees, of one head.
  public var pairs: Double {
    starts.enumerated().reduce(0) { $0 + Double($1.offset + 1 - Int($1.element)) }
  }

  /// Operations of the forward pass: two products of E multiply-adds for each visible pair.
  public var forwardFlops: Double { 4 * pairs * Double(shape.heads * shape.headWidth) }

  /// Operations of the backward pass: five products, the scores being computed again.
  public var backwardFlops: Double { 2.5 * forwardFlops }

  /// Memory of inputs, outputs and gradients, in bytes.
  public var bytes: Int {
    4 * shape.length * shape.headWidth * (4 * shape.heads + 4 * shape.kvHeads)
  }

  /// Measures the passes in turns.
  ///
  /// - Parameters:
  ///   - precision: number format of the products' operands.
  ///   - seconds: time for all.
  ///   - pool: threads.
  /// - Returns: forward, backward, and both in a row.
  public func measure(
    precision: MatmulPrecision = .float32, seconds: Double, pool: ThreadPool
  ) -> [Result] {
    let (wide, narrow) = (
      shape.length * shape.heads * shape.headWidth, shape.length * shape.kvHeads * shape.headWidth
    )
    let q = AlignedFloats(random: wide, "q")
    let k = AlignedFloats(random: narrow, "k")
    let v = AlignedFloats(random: narrow, "v")
    let dO = AlignedFloats(random: wide, "do")
    let o = AlignedFloats(count: wide)
    let dq = AlignedFloats(count: wide)
    let dk = AlignedFloats(count: narrow)
    let dv = AlignedFloats(count: narrow)
    let logSumExp = AlignedFloats(count: shape.length * shape.heads)
    let starts = starts
    let forward = {
      CausalAttention.forward(
        shape, q: q.pointer, k: k.pointer, v: v.pointer, documentStarts: starts, o: o.pointer,
        logSumExp: logSumExp.pointer, precision: precision, pool: pool)
    }
    let backward = {
      CausalAttention.backward(
        shape, dO: dO.pointer, q: q.pointer, k: k.pointer, v: v.pointer, o: o.pointer,
        logSumExp: logSumExp.pointer, documentStarts: starts, dq: dq.pointer, dk: dk.pointer,
        dv: dv.pointer, precision: precision, pool: pool)
    }
    let both = {
      forward()
      backward()
    }
    let samples = Samples(threads: pool.threads, seconds: seconds, [forward, backward, both])
    let parts = [
      ("forward", forwardFlops), ("backward", backwardFlops),
      ("both", forwardFlops + backwardFlops),
    ]
    return zip(parts, samples.medians).map { part, median in
      Result(
        part: part.0, seconds: median, gflops: part.1 / median / 1e9, samples: samples.rounds)
    }
  }

  private var starts: [Int32] {
    (0..<shape.length).map { token in
      let document = token * documents / shape.length
      // The first token of a document: the least t with t * documents / T = document.
      return Int32((document * shape.length + documents - 1) / documents)
    }
  }
}
