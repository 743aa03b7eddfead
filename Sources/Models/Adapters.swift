import Kernels
import Support
import Tensors

/// The adapters of a model: their weights, where each one acts, and room for its middle.
final class Adapters {
  /// One adapter's A and B, as offsets among the adapters' floats.
  struct Pair {
    let a: Int
    let b: Int
  }

  let plan: AdapterPlan
  let parameters: ParameterSet
  /// Adapters by the offset of their matrix in the model's layout.
  private(set) var pairs: [Int: Pair] = [:]
  /// Tensors that are trained in full: offset here by their offset in the model's layout.
  private(set) var copies: [Int: Int] = [:]
  /// (alpha / rank) x A^T of a chunk, [n, rank].
  let middle: AlignedFloats
  /// Gradients of x A^T of a chunk, of up to three matrices side by side.
  private let middleGradients: AlignedFloats

  init(_ plan: AdapterPlan, _ parameters: ParameterSet, of layout: TensorLayout) {
    self.plan = plan
    self.parameters = parameters
    middle = AlignedFloats(count: Self.mostRows * plan.rank)
    middleGradients = AlignedFloats(count: 3 * TrainingActivations.chunkTokens * plan.rank)
    for entry in layout.entries {
      copies[entry.offset] = parameters.layout[entry.name]?.offset
      if let a = parameters.layout[entry.name + AdapterPlan.suffixA],
        let b = parameters.layout[entry.name + AdapterPlan.suffixB]
      {
        pairs[entry.offset] = Pair(a: a.offset, b: b.offset)
      }
    }
  }

  /// Tokens that a pass takes through a matrix at a time, at most.
  private static let mostRows = max(
    TrainingActivations.chunkTokens, InferenceActivations.chunkTokens)

  /// Bytes of `middle` and `middleGradients`.
  static func middleBytes(_ plan: AdapterPlan) -> Int {
    (mostRows + 3 * TrainingActivations.chunkTokens) * plan.rank * MemoryLayout<Float>.stride
  }

  /// Draws A, leaves B at zero, and copies what is trained in full.
  ///
  /// A is uniform between -1/sqrt(in) and 1/sqrt(in).
  ///
  /// - SeeAlso: Hu et al. (arXiv:2106.09685), section 4.1, for B; the interval of A is that of the
  ///   published program.
  func initialize(seed: UInt64, from weights: ParameterSet) {
    for entry in parameters.layout.entries {
      let view = parameters.view(entry)
      if let whole = weights[entry.name]?.baseAddress {
        view.baseAddress?.update(from: whole, count: entry.count)
      } else if entry.name.hasSuffix(AdapterPlan.suffixA) {
        var random = RandomStream(seed: seed, name: "adapters/" + entry.name)
        let bound = 1 / Double(entry.shape[1]).squareRoot()
        for index in view.indices { view[index] = Float(bound * (2 * random.uniform() - 1)) }
      }
    }
  }

  func weight(_ offset: Int) -> UnsafePointer<Float> {
    UnsafePointer(parameters.values.pointer + offset)
  }

  /// Room for the gradient of x A^T, [rows, rank], of one of several matrices side by side.
  func middleGradient(_ index: Int, rows: Int) -> UnsafeMutablePointer<Float> {
    let count = rows * plan.rank
    precondition((index + 1) * count <= middleGradients.count, "\(rows) rows, adapter \(index)")
    return middleGradients.pointer + index * count
  }
}

/// The matrices of the blocks in 4 bits, unpacked one at a time where a product needs them.
final class PackedMatrices {
  /// The matrices, in the order of the model's layout.
  let tensors: [PackedTensor]
  private let places: [Int: Int]
  /// Offsets of the other tensors in the smaller layout, by their offset in the model's.
  private let others: [Int: Int]
  private let room: AlignedFloats

  init(_ tensors: [PackedTensor], shape: LlamaShape) {
    self.tensors = tensors
    var places: [Int: Int] = [:]
    var others: [Int: Int] = [:]
    let small = shape.unpackedLayout
    for entry in shape.parameterLayout.entries {
      places[entry.offset] = tensors.firstIndex { $0.name == entry.name }
      others[entry.offset] = small[entry.name]?.offset
    }
    self.places = places
    self.others = others
    room = AlignedFloats(count: tensors.map(\.count).max() ?? 0)
  }

  /// Packs the matrices of the blocks.
  static func pack(_ weights: ParameterSet) -> [PackedTensor] {
    weights.layout.entries.filter(\.isBlockMatrix).map { entry in
      PackedTensor(
        name: entry.name, shape: entry.shape, axes: entry.axes, element: NormalFloat.element,
        bytes: NormalFloat.pack(UnsafeBufferPointer(weights.view(entry))))
    }
  }

  /// A tensor by its offset in the model's layout; a matrix is valid until the next one is asked for.
  func weight(
    _ offset: Int, _ parameters: ParameterSet, pool: ThreadPool
  ) -> UnsafePointer<Float> {
    if let other = others[offset] { return UnsafePointer(parameters.values.pointer + other) }
    guard let index = places[offset] else {
      preconditionFailure("no tensor at \(offset)")
    }
    tensors[index].bytes.withUnsafeBytes {
      NormalFloat.unpack($0, into: room.pointer, count: tensors[index].count, pool: pool)
    }
    return UnsafePointer(room.pointer)
  }
}
