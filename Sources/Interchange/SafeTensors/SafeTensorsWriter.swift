import RunStore
import Support

/// Writes safetensors files in the order of the reference writer: by name, since all tensors of a file have
/// one element type here, and the header padded so that the data begins on eight bytes.
public struct SafeTensorsWriter {
  /// A tensor to write.
  public struct Tensor {
    /// Its name in the file.
    public let name: String
    /// Sizes of its axes, row-major.
    public let shape: [Int]
    /// Its numbers, which outlive the writer.
    public let values: UnsafeBufferPointer<Float>

    /// A tensor of these numbers.
    public init(name: String, shape: [Int], values: UnsafeBufferPointer<Float>) {
      self.name = name
      self.shape = shape
      self.values = values
    }
  }

  /// Writes one file, beside its name first.
  ///
  /// - Parameters:
  ///   - tensors: with names of their own.
  ///   - element: `float32`, `float16` or `bfloat16`.
  ///   - path: final name; its folder exists.
  ///   - progress: hears how many numbers were written, each time; what it throws ends the work.
  /// - Throws: `StoreError`; nothing new is left behind then.
  public static func write(
    _ tensors: [Tensor], as element: TensorElement, to path: String,
    progress: (_ numbers: Int) throws -> Void = { _ in }
  ) throws {
    let sorted = tensors.sorted { $0.name < $1.name }
    var end = 0
    // `format` is asked for by readers: the layout of PyTorch, [out, in].
    var pairs: [(key: String, value: JSONValue)] = [
      ("__metadata__", .object([("format", .text("pt"))]))
    ]
    for tensor in sorted {
      let start = end
      end += tensor.values.count * element.bytes
      pairs.append(
        (
          tensor.name,
          .object([
            ("dtype", .text(element.rawValue)),
            ("shape", .list(tensor.shape.map { .integer($0) })),
            ("data_offsets", .list([.integer(start), .integer(end)])),
          ])
        ))
    }
    var header = Array(JSONValue.object(pairs).line.utf8)
    header += repeatElement(0x20, count: (8 - header.count % 8) % 8)
    let length = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) }
    try AtomicFile.write(to: path) { append in
      try append(length + header)
      for tensor in sorted {
        let piece = 1 << 18
        for start in stride(from: 0, to: tensor.values.count, by: piece) {
          let part = tensor.values[start..<min(start + piece, tensor.values.count)]
          try append(bytes(of: UnsafeBufferPointer(rebasing: part), as: element))
          try progress(part.count)
        }
      }
    }
  }

  private static func bytes(
    of floats: UnsafeBufferPointer<Float>, as element: TensorElement
  ) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: floats.count * element.bytes) { buffer, count in
      element.narrow(floats, into: UnsafeMutableRawBufferPointer(buffer))
      count = floats.count * element.bytes
    }
  }
}
