import CKernels

/// Which loops attend, and the packed keys and values of those that run on tiles.
///
/// Those of bfloat16 do. In float32 a tile unit is no faster than vectors here, and half as fast while
/// others use the core.
struct TiledAttention {
  /// Whether keys and values are packed.
  let areUsed: Bool
  let forward: ck_task
  let backward: ck_task
  private let packing: ck_task?
  private let owners: Int
  private let numbers: Int

  init(_ shape: CausalAttention.Shape, _ precision: MatmulPrecision, _ pool: ThreadPool) {
    let table = pool.table.pointee
    owners = shape.rows * shape.kvHeads
    numbers = ck_packed_numbers(shape.length, shape.headWidth, 1)
    packing = table.attention_pack
    areUsed = precision == .bfloat16 && packing != nil
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
    pool.run(4 * owners, packing, &arguments)
  }
}
