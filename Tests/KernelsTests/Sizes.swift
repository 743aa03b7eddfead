import Kernels

/// Sizes around the vector widths of the instruction sets.
let oddSizes = [1, 7, 8, 9, 15, 16, 17, 63, 64, 65]

/// A pool of one thread with the loops of a set.
func pool(_ set: InstructionSet, threads: Int = 1) -> ThreadPool {
  ThreadPool(threads: threads, instructionSet: set)
}

/// A number rounded to 8 bits of precision, ties to even.
func bfloat16(_ x: Float) -> Float {
  let bits = x.bitPattern
  return Float(bitPattern: (bits + 0x7fff + ((bits >> 16) & 1)) & 0xffff_0000)
}
