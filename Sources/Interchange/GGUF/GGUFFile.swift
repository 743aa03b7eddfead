import RunStore

/// A GGUF file to write: keys, then what each tensor is, then the tensors, each on a border of 32 bytes.
struct GGUFFile {
  /// A tensor to write.
  struct Tensor {
    let name: String
    /// Sizes of the axes, row-major as in this program; the file has them the other way round.
    let shape: [Int]
    let element: TensorElement
    let values: UnsafeBufferPointer<Float>
    /// For query and key matrices the width E of a head, whose rows change from half-split pairs, i and
    /// i + E/2, to neighbours, 2i and 2i + 1; nil leaves rows where they are.
    var turnedHeadWidth: Int?
  }

  static let alignment = 32

  var keys: [(key: String, value: GGUFValue)] = []
  var tensors: [Tensor] = []

  /// Writes the file beside its name first; `progress` hears how many numbers were written, each time.
  ///
  /// - Throws: `StoreError`; nothing new is left behind then.
  func write(to path: String, progress: (_ numbers: Int) throws -> Void) throws {
    var head: [UInt8] = Array("GGUF".utf8)
    head.append(little: UInt32(3))
    head.append(little: UInt64(tensors.count))
    head.append(little: UInt64(keys.count))
    for (key, value) in keys {
      head.append(gguf: key)
      value.append(to: &head)
    }
    var offset = 0
    for tensor in tensors {
      head.append(gguf: tensor.name)
      head.append(little: UInt32(tensor.shape.count))
      for size in tensor.shape.reversed() { head.append(little: UInt64(size)) }
      head.append(little: UInt32(tensor.element.ggufType))
      head.append(little: UInt64(offset))
      offset += Self.padded(tensor.values.count * tensor.element.bytes)
    }
    head += repeatElement(0, count: Self.padded(head.count) - head.count)
    try AtomicFile.write(to: path) { append in
      try append(head)
      for tensor in tensors { try Self.write(tensor, append, progress) }
    }
  }

  static func padded(_ count: Int) -> Int { (count + alignment - 1) / alignment * alignment }

  private static func write(
    _ tensor: Tensor, _ append: ([UInt8]) throws -> Void, _ progress: (Int) throws -> Void
  ) throws {
    let rows = tensor.shape.count == 2 ? tensor.shape[0] : 1
    let width = rows > 0 ? tensor.values.count / rows : 0
    let piece = max(1, (1 << 18) / max(1, width))
    for start in stride(from: 0, to: rows, by: piece) {
      let count = min(piece, rows - start)
      let bytes = [UInt8](unsafeUninitializedCapacity: count * width * tensor.element.bytes) {
        buffer, filled in
        for row in 0..<count {
          let from = Self.source(of: start + row, headWidth: tensor.turnedHeadWidth)
          tensor.element.narrow(
            UnsafeBufferPointer(rebasing: tensor.values[from * width..<(from + 1) * width]),
            into: UnsafeMutableRawBufferPointer(
              rebasing: UnsafeMutableRawBufferPointer(buffer)[
                row * width * tensor.element.bytes..<(row + 1) * width * tensor.element.bytes]))
        }
        filled = count * width * tensor.element.bytes
      }
      try append(bytes)
      try progress(count * width)
    }
    let bytes = tensor.values.count * tensor.element.bytes
    try append([UInt8](repeating: 0, count: padded(bytes) - bytes))
  }

  /// The row that comes to stand at a place.
  static func source(of row: Int, headWidth: Int?) -> Int {
    guard let headWidth else { return row }
    let (head, place) = row.quotientAndRemainder(dividingBy: headWidth)
    return head * headWidth + place % 2 * (headWidth / 2) + place / 2
  }
}

extension TensorElement {
  /// The number of the type in GGUF files; only types that weights are written in have one.
  var ggufType: Int {
    switch self {
    case .float16: 1
    case .bfloat16: 30
    default: 0
    }
  }
}
