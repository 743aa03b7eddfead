import CKernels

/// Which loops attend, and the keys and values as they read them.
///
/// bfloat16 runs on tiles where the loops have them. In float32 a tile unit is no faster than vectors here, and
/// half as fast while others use the core.
struct AttentionLoops {
  let forward: ck_task
  let backward: ck_task
  private let packing: ck_task
  private let owners: Int
  private let operandBytes: Int

  init(_ shape: CausalAttention.Shape, _ precision: MatmulPrecision, _ pool: ThreadPool) {
    let table = pool.table.pointee
    owners = shape.rows * shape.kvHeads
    if precision == .bfloat16, let packing = table.tiled_attention_pack,
      let forward = table.tiled_attention_forward, let backward = table.tiled_attention_backward
    {
      (self.packing, self.forward, self.backward) = (packing, forward, backward)
      operandBytes = owners * ck_packed_numbers(shape.length, shape.headWidth, 1) * 2
    } else {
      (packing, forward, backward) = (
        table.attention_pack, table.attention_forward, table.attention_backward
      )
      operandBytes = owners * ck_strip_numbers(shape.length, shape.headWidth) * 4
    }
  }

  /// Bytes of what `packForward` writes.
  var forwardBytes: Int { 2 * operandBytes }

  /// Bytes of what `packBackward` writes.
  var backwardBytes: Int { 3 * operandBytes }

  /// Packs keys and values for the forward pass.
  ///
  /// - Parameters:
  ///   - arguments: of the pass; gets the packed operands.
  ///   - memory: `forwardBytes`, on a 64-byte border.
  ///   - pool: threads.
  func packForward(
    _ arguments: inout ck_attention, into memory: UnsafeMutableRawPointer, _ pool: ThreadPool
  ) {
    arguments.packed_k = memory
    arguments.turned_v = memory + operandBytes
    pool.run(4 * owners, packing, &arguments)
  }

  /// The same for the backward pass, into `backwardBytes`.
  func packBackward(
    _ arguments: inout ck_attention, into memory: UnsafeMutableRawPointer, _ pool: ThreadPool
  ) {
    arguments.packed_k = memory
    arguments.packed_v = memory + operandBytes
    arguments.turned_k = memory + 2 * operandBytes
    pool.run(4 * owners, packing, &arguments)
  }
}
