import CKernels
import Glibc

/// A fixed set of threads that share the blocks of one operation after the other.
///
/// The calling thread takes part. Workers spin for some tens of microseconds after an operation and
/// then sleep; they block all signals. Operations never let two blocks write the same place, so a
/// result does not depend on which thread takes which block. Calls from several threads take turns; a
/// call from inside a block runs on the spot.
///
/// The pool also carries the instruction set of the loops and a workspace that operations share.
public final class ThreadPool: Sendable {
  /// Threads that work, the caller included.
  public let threads: Int

  /// The loops in use.
  public let instructionSet: InstructionSet

  // The handle and the table are constant for the life of the pool; the C side has its own locks.
  nonisolated(unsafe) private let handle: OpaquePointer?
  nonisolated(unsafe) let table: UnsafePointer<ck_table>
  let workspace = Workspace()

  /// Who multiplies matrices.
  public let backend: MatmulBackend

  /// Starts `threads` - 1 workers.
  ///
  /// - Parameters:
  ///   - threads: threads that work, the caller included; at least 1.
  ///   - instructionSet: loops to use; must be one of `InstructionSet.available`, otherwise the
  ///     portable ones are used.
  ///   - backend: who multiplies matrices; nil follows `NEEDLEPOINT_GEMM`, and without it takes what
  ///     is fastest for the instruction set.
  public init(
    threads: Int, instructionSet: InstructionSet = .selected, backend: MatmulBackend? = nil
  ) {
    let standard =
      instructionSet == .selected ? MatmulBackend.selected : .standard(for: instructionSet)
    self.backend = backend ?? standard
    handle = ck_pool_create(Int32(clamping: max(1, threads)))
    self.threads = handle.map { Int(ck_pool_threads($0)) } ?? 1
    if let table = instructionSet.table {
      self.table = table
      self.instructionSet = instructionSet
    } else {
      table = portableTable
      self.instructionSet = .portable
    }
  }

  deinit {
    if let handle { ck_pool_destroy(handle) }
  }

  /// Calls `body` with every number in `0..<count` and returns when all calls are done.
  ///
  /// - Parameters:
  ///   - count: blocks; nothing happens at 0.
  ///   - body: work of one block; called from several threads at once, in any order.
  public func run(_ count: Int, _ body: (Int) -> Void) {
    withoutActuallyEscaping(body) { body in
      var call = body
      run(
        count,
        { context, block, _ in
          context.assumingMemoryBound(to: ((Int) -> Void).self).pointee(block)
        }, &call)
    }
  }

  /// Runs a C loop over its blocks.
  func run<Arguments>(_ count: Int, _ task: ck_task, _ arguments: inout Arguments) {
    withUnsafeMutablePointer(to: &arguments) { pointer in
      if let handle {
        ck_pool_run(handle, count, task, pointer)
      } else {
        withUnsafeTemporaryAllocation(byteCount: CK_SCRATCH_BYTES, alignment: 64) {
          guard let scratch = $0.baseAddress else { return }
          for block in 0..<max(0, count) { task(pointer, block, scratch) }
        }
      }
    }
  }
}

/// The loops that every build has.
nonisolated(unsafe) private let portableTable: UnsafePointer<ck_table> = {
  guard let table = ck_table_of(Int32(CK_PORTABLE)) else {
    preconditionFailure("CKernels was built without its portable loops")
  }
  return table
}()

/// Blocks of `size` that cover `count`.
func blockCount(_ count: Int, _ size: Int) -> Int { (count + size - 1) / size }
