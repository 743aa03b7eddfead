import Tensors

/// Speed of the three products of a linear layer, every backend in turns in one run.
public struct MatmulBenchmark: Sendable {
  /// A linear layer, y[rows, outputs] = x[rows, inputs] W[outputs, inputs]^T.
  public struct Layer: Sendable, Equatable {
    /// Name for the table.
    public let name: String
    /// Rows of x: tokens of a step, or of a chunk of logits.
    public let rows: Int
    /// Width of y.
    public let outputs: Int
    /// Width of x.
    public let inputs: Int

    /// A layer of these sizes.
    public init(_ name: String, rows: Int, outputs: Int, inputs: Int) {
      self.name = name
      self.rows = rows
      self.outputs = outputs
      self.inputs = inputs
    }

    /// Operations of each of its products.
    public var flops: Double { 2 * Double(rows) * Double(outputs) * Double(inputs) }

    /// Floats of x, W, y and as many for what is written.
    public var floats: Int { 2 * (rows * inputs + outputs * inputs + rows * outputs) }
  }

  /// The products of a layer.
  public enum Product: String, Sendable, CaseIterable {
    /// y = x W^T.
    case forward
    /// dx = dy W.
    case input
    /// dW += dy^T x.
    case weight
  }

  /// The median speed of a product by a backend.
  public struct Result: Sendable, Equatable {
    /// What was multiplied.
    public let product: Product
    /// Who did.
    public let backend: MatmulBackend
    /// Threads used.
    public let threads: Int
    /// Median time of a product; processor time with one thread, else time on the wall.
    public let seconds: Double
    /// Operations by the median time, in 10^9 per second.
    public let gflops: Double
    /// Samples behind the median.
    public let samples: Int
  }

  /// Measures a layer.
  ///
  /// - Parameters:
  ///   - layer: sizes.
  ///   - precision: number format of the operands.
  ///   - threads: threads that share a product.
  ///   - backends: who multiplies, each available.
  ///   - seconds: time for each product, all backends together.
  /// - Returns: one result for each product and backend.
  public static func measure(
    _ layer: Layer, precision: MatmulPrecision, threads: Int, backends: [MatmulBackend],
    seconds: Double
  ) -> [Result] {
    let (rows, outputs, inputs) = (layer.rows, layer.outputs, layer.inputs)
    let x = AlignedFloats(random: rows * inputs, "x")
    let w = AlignedFloats(random: outputs * inputs, "w")
    let y = AlignedFloats(random: rows * outputs, "y")
    let dx = AlignedFloats(count: rows * inputs)
    let dw = AlignedFloats(count: outputs * inputs)
    let result = AlignedFloats(count: rows * outputs)
    let pools = backends.map { ThreadPool(threads: threads, backend: $0) }
    return Product.allCases.flatMap { product -> [Result] in
      let samples = Samples(
        threads: threads, seconds: seconds,
        pools.map { pool in
          {
            switch product {
            case .forward:
              Linear.forward(
                x: x.pointer, weight: w.pointer, y: result.pointer, rows: rows, inputs: inputs,
                outputs: outputs, precision: precision, pool: pool)
            case .input:
              Linear.inputGradient(
                dy: y.pointer, weight: w.pointer, dx: dx.pointer, rows: rows, inputs: inputs,
                outputs: outputs, precision: precision, pool: pool)
            case .weight:
              Linear.weightGradient(
                dy: y.pointer, x: x.pointer, gradient: dw.pointer, rows: rows, inputs: inputs,
                outputs: outputs, precision: precision, pool: pool)
            }
          }
        })
      return zip(backends, samples.medians).map { backend, median in
        Result(
          product: product, backend: backend, threads: threads, seconds: median,
          gflops: layer.flops / median / 1e9, samples: samples.rounds)
      }
    }
  }
}
