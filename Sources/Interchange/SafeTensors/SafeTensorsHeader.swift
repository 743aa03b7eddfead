import Support

/// What a safetensors file says of its tensors: types, shapes and where their bytes lie.
///
/// Layout: eight bytes little-endian N, N bytes of JSON that begin with `{`, then the data. The data is
/// covered without holes or overlaps, so that a file means one thing and no header can ask for more memory
/// than the file has bytes.
///
/// - SeeAlso: the format's description in the `safetensors` project.
public struct SafeTensorsHeader: Sendable {
  /// One tensor of the file.
  public struct Tensor: Sendable, Equatable {
    /// Its name.
    public let name: String
    /// Its element type.
    public let element: TensorElement
    /// Sizes of its axes, row-major; empty for a single number.
    public let shape: [Int]
    /// Where its bytes lie in the file.
    public let bytes: Range<Int>

    /// Number of elements.
    public var count: Int { shape.reduce(1, *) }
  }

  /// Longest header, in bytes, as the reference reader has it.
  static let mostHeaderBytes = 100_000_000
  private static let mostTensors = 200_000
  private static let mostNameBytes = 1024
  private static let mostAxes = 8

  /// The tensors in the order of their bytes.
  public let tensors: [Tensor]
  /// Free texts of the writer.
  public let metadata: [String: String]

  /// Checks a header.
  ///
  /// - Parameters:
  ///   - text: the JSON.
  ///   - fileBytes: size of the whole file.
  ///   - path: the file, for errors.
  /// - Throws: `UserError` that says which rule is broken, and by what.
  init(_ text: String, fileBytes: Int, path: String) throws {
    func fault(_ finding: String) -> UserError {
      UserError(
        path, finding, remedy: "The file is damaged or made by a faulty program: get it again.")
    }
    guard text.hasPrefix("{") else { throw fault("the header does not begin with {") }
    let json: JSONValue
    do {
      json = try JSONValue(parsing: text)
    } catch {
      throw fault("the header is no JSON, \(error)")
    }
    let pairs = json.objectValue ?? []
    guard pairs.count <= Self.mostTensors else {
      throw fault("\(pairs.count) tensors found, more than \(Self.mostTensors)")
    }
    let dataStart = 8 + text.utf8.count
    var metadata: [String: String] = [:]
    var tensors: [Tensor] = []
    for (name, value) in pairs {
      if name == "__metadata__" {
        for (key, text) in value.objectValue ?? [] {
          guard let text = text.textValue else { throw fault("metadata \(key) is no text") }
          metadata[key] = text
        }
        continue
      }
      guard name.utf8.count <= Self.mostNameBytes else {
        throw fault("a tensor's name has \(name.utf8.count) bytes")
      }
      tensors.append(try Self.tensor(name, value, dataStart: dataStart, fault))
    }
    tensors.sort {
      ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound)
    }
    var end = dataStart
    for tensor in tensors {
      guard tensor.bytes.lowerBound == end else {
        throw fault("a hole or an overlap lies before tensor \(tensor.name)")
      }
      end = tensor.bytes.upperBound
    }
    guard end == fileBytes else {
      throw fault("the tensors end at byte \(end), the file has \(fileBytes)")
    }
    self.tensors = tensors
    self.metadata = metadata
  }

  private static func tensor(
    _ name: String, _ value: JSONValue, dataStart: Int, _ fault: (String) -> UserError
  ) throws -> Tensor {
    guard let dtype = value["dtype"]?.textValue, let shapeList = value["shape"]?.listValue,
      let offsets = value["data_offsets"]?.listValue, offsets.count == 2,
      let begin = offsets[0].integerValue, let end = offsets[1].integerValue,
      begin >= 0, end >= begin, end <= Int.max - dataStart
    else { throw fault("tensor \(name) lacks dtype, shape or data_offsets") }
    guard let element = TensorElement(rawValue: dtype) else {
      let known = TensorElement.allCases.map(\.rawValue).joined(separator: ", ")
      throw fault("tensor \(name) has dtype \(dtype); known are \(known)")
    }
    guard shapeList.count <= mostAxes else {
      throw fault("tensor \(name) has \(shapeList.count) axes, more than \(mostAxes)")
    }
    var shape: [Int] = []
    var bytes = element.bytes
    for size in shapeList {
      guard let size = size.integerValue, size >= 0 else {
        throw fault("tensor \(name) has a size that is no whole number")
      }
      shape.append(size)
      let (product, overflow) = bytes.multipliedReportingOverflow(by: size)
      guard !overflow else { throw fault("tensor \(name) is larger than any file") }
      bytes = product
    }
    guard end - begin == bytes else {
      throw fault("tensor \(name) needs \(bytes) bytes, its offsets give \(end - begin)")
    }
    return Tensor(
      name: name, element: element, shape: shape, bytes: dataStart + begin..<dataStart + end)
  }
}
