import CKernels

/// Which loops attend, and the packed keys and values of those that run on tiles.
struct TiledAttention {
  /// Whether keys and values are packed.
  let areUsed: Bool
  let forward: ck_task
  let backward: ck_task
  private let packing: ck_task?
  private let splits: Int
  private let owners: Int
  private let numbers: Int

  init(_ shape: CausalAttention.Shape, _ precision: MatmulPrecision, _ pool: ThreadPool) {
    let table = pool.table.pointee
    splits = precision == .bfloat16 ? 1 : 3
    owners = shape.rows * shape.kvHeads
    numbers = ck_packed_numbers(shape.length, shape.headWidth, Int32(splits))
    packing = table.attention_pack
    areUsed = packing != nil && splits <= Int(table.attention_parts)
    forward = (areUsed ? table.tiled_attention_forward : nil) ?? table.attention_forward
    backward = (areUsed ? table.tiled_attention_backward : nil) ?? table.attention_backward
  }

  /// Bytes of so many packed operands.
  func bytes(operands: Int) -> Int { areUsed ? operands * owners * numbers * 2 : 0 }

  func operands(_ count: Int, at memory: UnsafeMutableRawPointer) -> [UnsafeMutablePointer<UInt16>]
  {
    (0..<count).map {
      (memory + bytes(operands: $0)).assumingMemoryBound(to: UInt16.self)
    }
  }

  /// Fills the operands that `arguments` names.
  func pack(_ arguments: inout ck_attention, _ pool: ThreadPool) {
    guard let packing else { return }
    arguments.splits = Int32(splits)
    pool.run(4 * owners, packing, &arguments)
  }
}
