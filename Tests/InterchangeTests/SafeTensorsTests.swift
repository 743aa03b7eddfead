import Foundation
import Interchange
import Support
import TestSupport
import Testing

@Suite struct SafeTensorsTests {
  private func bytes(_ header: String, data: Int) -> Data {
    var length = UInt64(header.utf8.count).littleEndian
    return Data(bytes: &length, count: 8) + Data(header.utf8) + Data(count: data)
  }

  private func read(_ header: String, data: Int) throws -> SafeTensorsHeader {
    let folder = try TemporaryFolder()
    return try SafeTensorsFile(try folder.write(bytes(header, data: data), to: "a")).header
  }

  @Test func whatIsWrittenIsReadBack() throws {
    let folder = try TemporaryFolder()
    let values: [Float] = (0..<12).map { Float($0) - 5.5 }
    for (element, path) in [(TensorElement.float32, "a"), (.float16, "b"), (.bfloat16, "c")] {
      try values.withUnsafeBufferPointer { values in
        try SafeTensorsWriter.write(
          [
            .init(name: "z", shape: [3, 4], values: values),
            .init(
              name: "none", shape: [0, 4], values: UnsafeBufferPointer(rebasing: values[..<0])),
            .init(name: "one", shape: [], values: UnsafeBufferPointer(rebasing: values[..<1])),
          ], as: element, to: folder.file(path))
      }
      let file = try SafeTensorsFile(folder.file(path))
      #expect(file.header.metadata == ["format": "pt"])
      #expect(file.header.tensors.map(\.name) == ["none", "one", "z"])
      #expect((file.header.tensors[1].bytes.lowerBound) % 8 == 0)
      let found = [Float](unsafeUninitializedCapacity: 12) { buffer, count in
        try? file.read(
          file.header.tensors[2], into: UnsafeMutableBufferPointer(rebasing: buffer[..<12]))
        count = 12
      }
      #expect(found == values)
    }
  }

  @Test func headersOfOneTensorAreReadWithSpacesBehind() throws {
    let header = #"{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}  "#
    let tensor = try #require(try read(header, data: 24).tensors.first)
    #expect(tensor.shape == [2, 3])
    #expect(tensor.bytes == 8 + header.utf8.count..<8 + header.utf8.count + 24)
  }

  @Test(arguments: [
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
      8, "twice"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
      8, "overlap"
    ),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8, "hole"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 8, "end at byte"),
    (#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, 8, "needs 12 bytes"),
    (
      #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#, 0,
      "larger than any file"
    ),
    (#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, 4, "no whole number"),
    (#"{"a":{"dtype":"F4","shape":[1],"data_offsets":[0,4]}}"#, 4, "dtype F4"),
    (#"{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}}"#, 4, "9 axes"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,9223372036854775807]}}"#, 4, "lacks"),
    (#"{"a":7}"#, 0, "lacks"),
    (#"[1]"#, 0, "begin with {"),
    (#"{"__metadata__":{"a":7}}"#, 0, "no text"),
  ])
  func headersThatMeanTwoThingsAreRefused(header: String, data: Int, finding: String) {
    let error = #expect(throws: UserError.self) { try read(header, data: data) }
    #expect(error?.finding.contains(finding) == true, "\(error?.finding ?? "")")
  }

  @Test func filesCutAnywhereAreRefused() throws {
    let folder = try TemporaryFolder()
    let whole = bytes(#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, data: 8)
    for length in 0..<whole.count {
      let path = try folder.write(whole.prefix(length), to: "cut-\(length)")
      #expect(throws: UserError.self, "\(length) bytes") { try SafeTensorsFile(path) }
    }
    var bomb = whole
    bomb.replaceSubrange(0..<8, with: Data(repeating: 0xFF, count: 8))
    let path = try folder.write(bomb, to: "bomb")
    #expect(throws: UserError.self) { try SafeTensorsFile(path) }
    #expect(throws: UserError.self) { try SafeTensorsFile(folder.path) }
  }

  @Test func halvesAreThoseOfTheStandard() {
    // IEEE 754 binary16: value, bits.
    let cases: [(Float, UInt16)] = [
      (0, 0), (-0.0, 0x8000), (1, 0x3C00), (-2, 0xC000), (65_504, 0x7BFF), (0x1p-14, 0x0400),
      (0x1p-24, 0x0001), (0x1.ff8p-15, 0x03FF), (.infinity, 0x7C00), (0.333251953125, 0x3555),
    ]
    for (value, bits) in cases {
      #expect(TensorElement.halfBits(value) == bits, "\(value)")
      #expect(TensorElement.half(bits).bitPattern == value.bitPattern, "\(bits)")
    }
    for bits in UInt16.min...UInt16.max where TensorElement.half(bits).isNaN == false {
      #expect(TensorElement.halfBits(TensorElement.half(bits)) == bits)
    }
    // Ties go to even, beyond the range to infinity.
    #expect(TensorElement.halfBits(1 + 0x1p-11) == 0x3C00)
    #expect(TensorElement.halfBits(1 + 0x3p-11) == 0x3C02)
    #expect(TensorElement.halfBits(65_520) == 0x7C00)
    #expect(TensorElement.half(TensorElement.halfBits(.nan)).isNaN)
    #expect(TensorElement.bfloat16Bits(1 + 0x1p-8) == 0x3F80)
    #expect(TensorElement.bfloat16Bits(1 + 0x3p-8) == 0x3F82)
    #expect(TensorElement.bfloat16Bits(.nan) & 0x7FC0 == 0x7FC0)
  }

  @Test func otherTypesAreWidened() {
    let cases: [(TensorElement, [UInt8], Float)] = [
      (.float64, [0, 0, 0, 0, 0, 0, 0xF0, 0x3F], 1),
      (.int64, [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], -2),
      (.int32, [3, 0, 0, 0], 3), (.uint8, [200], 200), (.bool, [1], 1),
    ]
    for (element, bytes, expected) in cases {
      var found = [Float](repeating: 0, count: 1)
      found.withUnsafeMutableBufferPointer { floats in
        bytes.withUnsafeBytes { element.widen($0, into: floats) }
      }
      #expect(found == [expected])
    }
  }
}
