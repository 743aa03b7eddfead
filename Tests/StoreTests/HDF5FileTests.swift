import Foundation
import HDF5
import TestSupport
import Testing

extension StoreSuite {
  @Suite struct HDF5FileTests {
    private func roundTrip<N: HDF5Number & Equatable>(_ numbers: [N]) throws -> [N] {
      let folder = try TemporaryFolder()
      let file = try HDF5File(inMemory: "test")
      try file.write("/deep/er/numbers", numbers)
      try folder.write(Data(try file.image()), to: "numbers.h5")
      try file.close()
      let read = try HDF5File(reading: folder.file("numbers.h5"))
      let dataset = try read.dataset("/deep/er/numbers")
      #expect(dataset.shape == [numbers.count])
      #expect(dataset.element == N.element)
      return try dataset.array(of: N.self)
    }

    @Test(arguments: [0, 1, 63, 300_001])
    func numbersOfEveryKindComeBack(count: Int) throws {
      #expect(try roundTrip((0..<count).map { Float($0) / 7 }) == (0..<count).map { Float($0) / 7 })
      #expect(try roundTrip((0..<count).map { -Double($0) }) == (0..<count).map { -Double($0) })
      #expect(try roundTrip((0..<count).map { Int32(-$0) }) == (0..<count).map { Int32(-$0) })
      #expect(
        try roundTrip((0..<count).map { Int64($0) << 33 }) == (0..<count).map { Int64($0) << 33 })
      #expect(
        try roundTrip((0..<count).map { UInt16(truncatingIfNeeded: $0) })
          == (0..<count).map { UInt16(truncatingIfNeeded: $0) })
      #expect(
        try roundTrip((0..<count).map { UInt8(truncatingIfNeeded: $0) })
          == (0..<count).map { UInt8(truncatingIfNeeded: $0) })
      #expect(StoreFixture.nothingIsOpen)
    }

    /// A chunk holds 170 such rows at most; three full ones and two rows would store 680.
    @Test func chunksStoreNoRowsThatAreNotThere() throws {
      let numbers = [Float](repeating: 1, count: 512 * 1_536)
      let file = try HDF5File(inMemory: "test")
      try numbers.withUnsafeBufferPointer { (buffer) throws(HDF5Error) in
        _ = try file.write("/numbers", buffer, shape: [512, 1_536])
      }
      #expect(try file.image().count < numbers.count * 4 + (64 << 10))
    }

    @Test func attributesComeBack() throws {
      let file = try HDF5File(inMemory: "test")
      try file.write("/numbers", [Int32(1)])
      try file.setAttribute("count", -5, at: "/numbers")
      try file.setAttribute("unit", "\u{b5}s", at: "/numbers")
      try file.setAttribute("nothing", "")
      #expect(try file.integerAttribute("count", at: "/numbers") == -5)
      #expect(try file.textAttribute("unit", at: "/numbers") == "\u{b5}s")
      #expect(try file.textAttribute("nothing") == "")
    }

    @Test func groupsListTheirChildren() throws {
      let file = try HDF5File(inMemory: "test")
      try file.write("/a/b/c", [Int32(1)])
      try file.write("/a/d", [Int32(1)])
      #expect(try file.children(of: "/a").map(\.name) == ["b", "d"])
      #expect(try file.children(of: "/a").map(\.isGroup) == [true, false])
    }

    @Test func errorsNameTheObjectAndLeakNothing() throws {
      let file = try HDF5File(inMemory: "test")
      try file.write("/numbers", [Int32(1), 2])
      #expect(throws: HDF5Error.type(file: "test", object: "/numbers", expected: "float32")) {
        try file.dataset("/numbers").array(of: Float.self)
      }
      var missing: HDF5Error?
      do { _ = try file.dataset("/none") } catch { missing = error }
      guard case .refused("test", "/none", "open the dataset", let text) = missing else {
        Issue.record("got \(String(describing: missing))")
        return
      }
      #expect(text.contains("doesn't exist") || text.contains("not found"))
      #expect(throws: HDF5Error.self) { try file.write("/numbers", [Int32(1)]) }
      #expect(throws: HDF5Error.self) { try file.textAttribute("none") }
      #expect(throws: HDF5Error.self) { try file.integerAttribute("none", at: "/numbers") }
      #expect(throws: HDF5Error.self) { try file.children(of: "/numbers") }
      try file.close()
      #expect(StoreFixture.nothingIsOpen)
    }

    @Test func aFileThatIsNoHDF5IsAnError() throws {
      let folder = try TemporaryFolder()
      let path = try folder.write("no hdf5", to: "a.h5")
      #expect(throws: HDF5Error.self) { _ = try HDF5File(reading: path) }
      #expect(throws: HDF5Error.self) { _ = try HDF5File(reading: folder.file("none.h5")) }
      #expect(StoreFixture.nothingIsOpen)
    }

    @Test func equalContentsGiveEqualBytes() throws {
      func image() throws -> [UInt8] {
        let file = try HDF5File(inMemory: "test")
        try file.write("/a/numbers", [Float](repeating: 1, count: 5000))
        try file.setAttribute("step", 3)
        return try file.image()
      }
      let first = try image()
      Thread.sleep(forTimeInterval: 1.1)
      #expect(try image() == first)
    }
  }
}

/// One test at a time, since the count of open handles is that of the process.
@Suite(.serialized) struct StoreSuite {}
