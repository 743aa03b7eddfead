import CKernels

/// Products whose right operand is packed first, for all rows of C: as tiles of bfloat16 numbers, see
/// ck_tiles_body.h, or as panels of floats, see ck_matmul_body.h.
struct PackedMatmul {
  /// Fewest rows of C that pay for packing B.
  static let leastRows = 16

  private let pack: ck_task
  private let multiply: ck_task
  /// Of a number: tiles hold 1 or 3 parts of 16 bits, panels a float.
  private let parts: Int
  /// Columns of a panel; nil for tiles.
  private let panelColumns: Int?

  /// The loops for a format: tiles where they hold as many parts of a number as that needs.
  init(_ precision: MatmulPrecision, _ pool: ThreadPool) {
    let table = pool.table.pointee
    parts = precision == .bfloat16 ? 1 : 3
    if parts <= table.tiled_parts, let pack = table.tiled_pack, let multiply = table.tiled_matmul {
      (self.pack, self.multiply, panelColumns) = (pack, multiply, nil)
    } else {
      (pack, multiply, panelColumns) = (table.pack, table.matmul, table.panel_columns)
    }
  }

  /// Whether operands are tiles.
  var hasTiles: Bool { panelColumns == nil }

  /// Bytes of a packed right operand, or of a left one in tiles.
  ///
  /// - Parameters:
  ///   - n: columns of C; rows for a left operand.
  ///   - k: terms of each sum.
  /// - Returns: bytes, a multiple of 64.
  func bytes(n: Int, k: Int) -> Int {
    guard let panelColumns else { return 2 * ck_packed_numbers(n, k, Int32(parts)) }
    return (blockCount(n, panelColumns) * panelColumns * k * 4 + 63) / 64 * 64
  }

  /// Does a product; says false where it is too small to pack B for it.
  func multiply(_ p: ck_matmul, _ pool: ThreadPool) -> Bool {
    var product = p
    product.parts = Int32(parts)
    if hasTiles { product.block_rows = tiledBlockRows(p) }
    let blocks = blockCount(p.m, product.block_rows)
    if p.packed_b != nil {
      pool.run(blocks, multiply, &product)
      return true
    }
    // One block of vector loops packs panel by panel, into the cache.
    guard p.m >= Self.leastRows, hasTiles || blocks > 1 else { return false }
    pool.workspace.withBytes(bytes(n: p.n, k: p.k)) { right in
      packRight(
        p.b, stride: p.ldb, n: p.n, k: p.k, isTransposed: p.transpose_b != 0, into: right, pool)
      product.packed_b = UnsafeRawPointer(right)
      pool.run(blocks, multiply, &product)
    }
    return true
  }

  /// Packs the right operand of a product.
  ///
  /// - Parameters:
  ///   - b: [k, n], or [n, k] when `isTransposed`; `stride` floats from row to row.
  ///   - stride: leading dimension of B.
  ///   - n: columns of C.
  ///   - k: terms of each sum.
  ///   - isTransposed: whether B is [n, k].
  ///   - out: `bytes(n:k:)` bytes.
  ///   - pool: threads.
  func packRight(
    _ b: UnsafePointer<Float>, stride: Int, n: Int, k: Int, isTransposed: Bool,
    into out: UnsafeMutableRawPointer, _ pool: ThreadPool
  ) {
    var right = ck_pack(
      x: b, stride: stride, lines: n, terms: k, terms_dense: isTransposed ? 1 : 0, left: 0,
      parts: Int32(parts), out: out)
    let blocks = panelColumns.map { blockCount(n, $0) } ?? blockCount(isTransposed ? n : k, 32)
    pool.run(blocks, pack, &right)
  }

  /// Rows of C of a block of tiles, by the sizes only.
  ///
  /// Small blocks, so that threads end together also when a core is shared with somebody and does half as
  /// much as the other; a block is worth 5 million operations. B comes from memory once for each block: one
  /// that does not stay in the second-level cache is read by more rows. An A that has to be turned is read
  /// across its rows, twice as far at once.
  private func tiledBlockRows(_ p: ck_matmul) -> Int {
    let turns = p.transpose_a != 0 && p.packed_a == nil
    let least = bytes(n: p.n, k: p.k) <= 3 << 18 && !turns ? 64 : 128
    let worth = 2 * p.m * p.n * p.k / 5_000_000
    let wanted = max(1, min(blockCount(p.m, least), worth))
    return blockCount(blockCount(p.m, wanted), 32) * 32
  }
}
