import CKernels

/// Products on the tile unit, of operands that are packed first; see ck_amx.c.
enum TiledMatmul {
  /// Fewest rows of C that pay for packing B.
  static let leastRows = 16

  /// Does a product, or says false where the loops have no tiles or the product is too small.
  static func multiply(_ p: ck_matmul, _ precision: MatmulPrecision, _ pool: ThreadPool) -> Bool {
    guard let multiply = pool.table.pointee.tiled_matmul, p.m >= leastRows else { return false }
    var product = p
    product.parts = Int32(parts(precision))
    let bytes = bytes(n: p.n, k: p.k, precision, pool)
    product.block_rows = blockRows(p, bytes: bytes)
    let blocks = blockCount(p.m, product.block_rows)
    if p.packed_b != nil {
      pool.run(blocks, multiply, &product)
      return true
    }
    pool.workspace.withBytes(bytes) { memory in
      let right = memory.assumingMemoryBound(to: UInt16.self)
      packRight(
        p.b, stride: p.ldb, n: p.n, k: p.k, isTransposed: p.transpose_b != 0, precision,
        into: right, pool)
      product.packed_b = UnsafePointer(right)
      pool.run(blocks, multiply, &product)
    }
    return true
  }

  /// Packs the right operand of a product; only for loops with tiles.
  ///
  /// - Parameters:
  ///   - b: [k, n], or [n, k] when `isTransposed`; `stride` floats from row to row.
  ///   - stride: leading dimension of B.
  ///   - n: columns of C.
  ///   - k: terms of each sum.
  ///   - isTransposed: whether B is [n, k].
  ///   - precision: number format of the operands.
  ///   - out: `bytes(n:k:_:_:)` bytes.
  ///   - pool: threads.
  static func packRight(
    _ b: UnsafePointer<Float>, stride: Int, n: Int, k: Int, isTransposed: Bool,
    _ precision: MatmulPrecision, into out: UnsafeMutablePointer<UInt16>, _ pool: ThreadPool
  ) {
    guard let pack = pool.table.pointee.pack else { return }
    var right = ck_pack(
      x: b, stride: stride, lines: n, terms: k, terms_dense: isTransposed ? 1 : 0, left: 0,
      parts: Int32(parts(precision)), out: out)
    pool.run(blockCount(isTransposed ? n : k, 32), pack, &right)
  }

  /// Bytes of the packed right operand of a product; 0 where the loops have no tiles.
  static func bytes(n: Int, k: Int, _ precision: MatmulPrecision, _ pool: ThreadPool) -> Int {
    guard pool.table.pointee.pack != nil else { return 0 }
    return 2 * ck_packed_numbers(n, k, Int32(parts(precision)))
  }

  private static func parts(_ precision: MatmulPrecision) -> Int { precision == .bfloat16 ? 1 : 3 }

  /// Rows of C of a block, by the sizes only.
  ///
  /// Small blocks, so that threads end together also when a core is shared with somebody and does half as
  /// much as the other; a block is worth 5 million operations. B comes from memory once for each block: one
  /// that does not stay in the second-level cache is read by more rows. A turned A is read across its rows,
  /// twice as far at once.
  private static func blockRows(_ p: ck_matmul, bytes: Int) -> Int {
    let least = bytes <= 3 << 18 && p.transpose_a == 0 ? 64 : 128
    let worth = 2 * p.m * p.n * p.k / 5_000_000
    let wanted = max(1, min(blockCount(p.m, least), worth))
    return blockCount(blockCount(p.m, wanted), 32) * 32
  }
}
