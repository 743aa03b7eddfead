/// A tensor whose numbers stand in a few bits each; how, its `element` says.
public struct PackedTensor: Sendable, Equatable {
  /// The name, as that of the tensor in float32.
  public let name: String
  /// Sizes of the axes, row-major.
  public let shape: [Int]
  /// Names of the axes, as many as there are sizes.
  public let axes: [String]
  /// The format of the bytes, such as `nf4`.
  public let element: String
  /// All numbers.
  public let bytes: [UInt8]

  /// A tensor of these parts.
  public init(name: String, shape: [Int], axes: [String], element: String, bytes: [UInt8]) {
    self.name = name
    self.shape = shape
    self.axes = axes
    self.element = element
    self.bytes = bytes
  }

  /// Number of numbers.
  public var count: Int { shape.reduce(1, *) }
}
