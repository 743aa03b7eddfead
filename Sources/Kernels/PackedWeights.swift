import CKernels

/// Weights in the layout that products read them in, packed once for many products.
///
/// A training pass goes through its tokens in chunks that stay in the cache, and every chunk multiplies by
/// the same matrices.
public final class PackedWeights {
  /// Which product of a linear layer a matrix W[out, in] is the right operand of.
  public enum Use: Sendable { case output, inputGradient }

  private struct Key: Hashable {
    let name: Int
    let use: Use
  }

  private let memory: UnsafeMutableRawPointer
  private let capacity: Int
  private var used = 0
  private var places: [Key: UnsafeRawPointer] = [:]

  /// Keeps matrices in memory that outlives it.
  ///
  /// - Parameters:
  ///   - memory: on a 64-byte border.
  ///   - capacity: bytes of it; a matrix that does not fit is packed for each product.
  public init(memory: UnsafeMutableRawPointer, capacity: Int) {
    self.memory = memory
    self.capacity = capacity
  }

  /// Bytes that a matrix takes for the products of both passes; 0 where a library multiplies.
  ///
  /// - Parameters:
  ///   - outputs: out of W[out, in].
  ///   - inputs: in.
  ///   - precision: number format of the operands.
  ///   - pool: threads and loops.
  /// - Returns: bytes.
  public static func bytes(
    outputs: Int, inputs: Int, precision: MatmulPrecision, pool: ThreadPool
  ) -> Int {
    guard pool.backend == .own else { return 0 }
    let loops = PackedMatmul(precision, pool)
    return loops.bytes(n: outputs, k: inputs) + loops.bytes(n: inputs, k: outputs)
  }

  /// Forgets all matrices, since others come or these have changed.
  public func forget() {
    places.removeAll(keepingCapacity: true)
    used = 0
  }

  /// A matrix as the right operand of a product, packed now or before.
  ///
  /// - Parameters:
  ///   - name: tells the matrices apart.
  ///   - use: the product.
  ///   - rows: rows of C; too few are not worth it.
  ///   - outputs: out of W[out, in].
  ///   - inputs: in.
  ///   - precision: number format of the operands.
  ///   - pool: threads and loops.
  ///   - weight: gives the matrix, dense; called when it is not packed yet.
  /// - Returns: the packed operand; nil when it is to be taken as it lies.
  public func operand(
    _ name: Int, _ use: Use, rows: Int, outputs: Int, inputs: Int, precision: MatmulPrecision,
    pool: ThreadPool, weight: () -> UnsafePointer<Float>
  ) -> UnsafeRawPointer? {
    guard pool.backend == .own, rows >= PackedMatmul.leastRows else { return nil }
    let loops = PackedMatmul(precision, pool)
    let key = Key(name: name, use: use)
    if let place = places[key] { return place }
    let isOutput = use == .output
    let (n, k) = isOutput ? (outputs, inputs) : (inputs, outputs)
    let bytes = loops.bytes(n: n, k: k)
    guard used + bytes <= capacity else { return nil }
    let place = memory + used
    used += bytes
    loops.packRight(
      weight(), stride: inputs, n: n, k: k, isTransposed: isOutput, into: place, pool)
    places[key] = UnsafeRawPointer(place)
    return UnsafeRawPointer(place)
  }
}
