import Tensors
import Testing

@Suite struct LargeMemoryTests {
  @Test(arguments: [1, 63, 4_096, 1 << 21, (3 << 20) + 5])
  func memoryBeginsOnACacheLineAndCanBeUsedToItsEnd(_ bytes: Int) throws {
    let memory = try #require(LargeMemory.allocate(bytes: bytes))
    defer { LargeMemory.free(memory) }
    #expect(UInt(bitPattern: memory) % (bytes < 1 << 21 ? 64 : 1 << 21) == 0)
    memory.initializeMemory(as: UInt8.self, repeating: 7, count: bytes)
    #expect(memory.load(fromByteOffset: bytes - 1, as: UInt8.self) == 7)
  }

  @Test func moreThanTheSystemHasIsRefused() {
    #expect(LargeMemory.allocate(bytes: Int.max / 2) == nil)
    LargeMemory.free(nil)
  }
}
