import CKernels

/// Products on the tile unit, of operands that are packed first; see ck_amx.c.
enum TiledMatmul {
  /// Fewest rows of C that pay for packing B.
  private static let leastRows = 16

  /// Does a product, or says false where the loops have no tiles or the product is too small.
  static func multiply(_ p: ck_matmul, _ precision: MatmulPrecision, _ pool: ThreadPool) -> Bool {
    let table = pool.table.pointee
    guard let pack = table.pack, let multiply = table.tiled_matmul, p.m >= leastRows else {
      return false
    }
    let parts = parts(precision)
    let left = p.transpose_a != 0 ? bytes(lines: p.m, terms: p.k, parts: parts) : 0
    let right = bytes(lines: p.n, terms: p.k, parts: parts)
    pool.workspace.withBytes(left + right) { memory in
      var product = p
      product.parts = Int32(parts)
      if left > 0 {
        let out = memory.assumingMemoryBound(to: UInt16.self)
        run(pack, p.a, p.lda, lines: p.m, terms: p.k, dense: false, left: true, parts, out, pool)
        product.packed_a = UnsafePointer(out)
      }
      let out = (memory + left).assumingMemoryBound(to: UInt16.self)
      run(
        pack, p.b, p.ldb, lines: p.n, terms: p.k, dense: p.transpose_b != 0, left: false, parts,
        out, pool)
      product.packed_b = UnsafePointer(out)
      product.block_rows = blockRows(p)
      pool.run(blockCount(p.m, product.block_rows), multiply, &product)
    }
    return true
  }

  /// Bytes of the packed operands of a product; 0 where the loops have no tiles.
  static func bytes(
    m: Int, n: Int, k: Int, transposeA: Bool, _ precision: MatmulPrecision, _ pool: ThreadPool
  ) -> Int {
    guard pool.table.pointee.pack != nil, m >= leastRows else { return 0 }
    let left = transposeA ? bytes(lines: m, terms: k, parts: parts(precision)) : 0
    return left + bytes(lines: n, terms: k, parts: parts(precision))
  }

  private static func parts(_ precision: MatmulPrecision) -> Int { precision == .bfloat16 ? 1 : 3 }

  private static func bytes(lines: Int, terms: Int, parts: Int) -> Int {
    2 * ck_packed_numbers(lines, terms, Int32(parts))
  }

  /// Rows of C of a block, by the sizes only.
  ///
  /// 256 read the panels of B well, where there are enough blocks; the few rows of a weight gradient are
  /// shared finer. A block is worth 20 million operations.
  private static func blockRows(_ p: ck_matmul) -> Int {
    let least = p.transpose_a != 0 ? 64 : 256
    let worth = 2 * p.m * p.n * p.k / 20_000_000
    let wanted = max(1, min(blockCount(p.m, least), worth))
    let even = wanted > 1 ? (wanted + 1) / 2 * 2 : 1
    return blockCount(blockCount(p.m, even), 32) * 32
  }

  private static func run(
    _ task: ck_task, _ x: UnsafePointer<Float>, _ stride: Int, lines: Int, terms: Int, dense: Bool,
    left: Bool, _ parts: Int, _ out: UnsafeMutablePointer<UInt16>, _ pool: ThreadPool
  ) {
    var arguments = ck_pack(
      x: x, stride: stride, lines: lines, terms: terms, terms_dense: dense ? 1 : 0,
      left: left ? 1 : 0, parts: Int32(parts), out: out)
    pool.run(blockCount(dense ? lines : terms, 32), task, &arguments)
  }
}
