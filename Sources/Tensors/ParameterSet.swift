/// One named tensor inside a single allocation.
public struct TensorEntry: Sendable, Equatable {
  /// The name, a path such as `layers/00/attention/query`; also its place in a checkpoint.
  public let name: String
  /// Sizes of the axes, row-major; linear weights are [out, in].
  public let shape: [Int]
  /// Names of the axes, as many as there are sizes.
  public let axes: [String]
  /// Index of its first float in the allocation.
  public let offset: Int

  /// Number of floats.
  public var count: Int { shape.reduce(1, *) }
}

/// Where each tensor of a model lies in one allocation.
public struct TensorLayout: Sendable, Equatable {
  /// The tensors, in order of their offsets.
  public private(set) var entries: [TensorEntry] = []
  /// Floats in all, padding included.
  public private(set) var count = 0

  /// An empty layout.
  public init() {}

  /// Adds a tensor after the last one, on a cache line of its own.
  public mutating func append(_ name: String, shape: [Int], axes: [String]) {
    precondition(shape.count == axes.count, "\(name): \(shape.count) sizes, \(axes.count) axes")
    let entry = TensorEntry(name: name, shape: shape, axes: axes, offset: count)
    entries.append(entry)
    count += (entry.count + 15) / 16 * 16
  }

  /// The tensor of that name, or nil.
  public subscript(name: String) -> TensorEntry? {
    entries.first { $0.name == name }
  }
}

/// A model's tensors as named views into one allocation.
///
/// The padding between tensors stays zero, so sums over the whole allocation are sums over the tensors.
public final class ParameterSet: Sendable {
  /// Names, shapes and offsets.
  public let layout: TensorLayout
  /// All floats.
  public let values: AlignedFloats

  /// Zeroed tensors of a layout; without memory only the layout may be looked at.
  public init(layout: TensorLayout, hasMemory: Bool = true) {
    self.layout = layout
    values = AlignedFloats(count: hasMemory ? layout.count : 0)
  }

  /// The floats of one tensor, or nil when no tensor has that name.
  public subscript(name: String) -> UnsafeMutableBufferPointer<Float>? {
    layout[name].map(view)
  }

  /// The floats of one tensor of this layout.
  public func view(_ entry: TensorEntry) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: values.pointer + entry.offset, count: entry.count)
  }
}
