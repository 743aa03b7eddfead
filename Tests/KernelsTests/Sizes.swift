import Kernels

/// Sizes around the vector widths of the instruction sets.
let oddSizes = [1, 7, 8, 9, 15, 16, 17, 63, 64, 65]

/// A pool of one thread with the loops of a set.
func pool(_ set: InstructionSet, threads: Int = 1) -> ThreadPool {
  ThreadPool(threads: threads, instructionSet: set)
}
