public import Kernels
public import Tensors

/// A matrix of a block that may get an adapter, by its name in the layout.
public enum AdapterTarget: String, Sendable, Codable, CaseIterable {
  case query, key, value, output, gate, up, down
}

/// Low-rank adapters and what is trained beside them; all other weights stay as they are.
///
/// A target W [out, in] acts as W + (alpha / rank) B A with A [rank, in] and B [out, rank].
///
/// - SeeAlso: Hu et al., "LoRA" (arXiv:2106.09685), section 4.1.
public struct AdapterPlan: Sendable, Codable, Equatable {
  /// Rows of A and columns of B.
  public var rank: Int
  /// The product counts alpha / rank.
  public var alpha: Double
  /// The matrices that get an adapter, in all blocks.
  public var targets: [AdapterTarget]
  /// True when the embedding, and with it a tied output matrix, is trained in full.
  public var embeddings: Bool
  /// True when the norms are trained in full; biases never are.
  public var norms: Bool
  /// True when the matrices of the blocks are held in 4 bits.
  ///
  /// - SeeAlso: Dettmers et al., "QLoRA" (arXiv:2305.14314), section 3.
  public var isPacked: Bool

  /// A plan of these values.
  public init(
    rank: Int, alpha: Double, targets: [AdapterTarget], embeddings: Bool = false,
    norms: Bool = false, isPacked: Bool = false
  ) {
    self.rank = rank
    self.alpha = alpha
    self.targets = targets
    self.embeddings = embeddings
    self.norms = norms
    self.isPacked = isPacked
  }

  /// Factor of B A.
  public var scale: Double { alpha / Double(rank) }

  /// True when a tensor is trained in full, as a copy among the adapters.
  func trainsWhole(_ entry: TensorEntry) -> Bool {
    entry.isNorm ? norms : entry.name == "embedding" && embeddings
  }

  /// True when a tensor gets an adapter.
  func adapts(_ entry: TensorEntry) -> Bool {
    guard entry.name.hasPrefix("layers/"), entry.shape.count == 2 else { return false }
    return targets.contains { entry.name.hasSuffix("/\($0.rawValue)") }
  }

  /// Adds the adapters to plain weights, and puts the tensors that were trained in full in their place.
  ///
  /// - Parameters:
  ///   - adapters: in the layout of `LlamaShape.adapterLayout(_:)`.
  ///   - weights: in full precision, changed in place.
  ///   - pool: threads.
  public func merge(_ adapters: ParameterSet, into weights: ParameterSet, pool: ThreadPool) {
    for entry in weights.layout.entries {
      let weight = weights.view(entry)
      if let whole = adapters[entry.name], let from = whole.baseAddress {
        weight.baseAddress?.update(from: from, count: entry.count)
      }
      guard adapts(entry), let a = adapters[entry.name + AdapterPlan.suffixA],
        let b = adapters[entry.name + AdapterPlan.suffixB], let from = a.baseAddress,
        let to = weight.baseAddress
      else { continue }
      var scaled = b.map { $0 * Float(scale) }
      scaled.withUnsafeMutableBufferPointer { scaled in
        guard let scaled = scaled.baseAddress else { return }
        Matmul.nn(
          scaled, from, to, m: entry.shape[0], n: entry.shape[1], k: rank, accumulate: true,
          pool: pool)
      }
    }
  }

  /// What the name of a target's A ends with.
  static let suffixA = "/lora_a"
  /// What the name of a target's B ends with.
  static let suffixB = "/lora_b"
}

extension LlamaShape {
  /// Where the trained tensors of a plan lie in one allocation.
  public func adapterLayout(_ plan: AdapterPlan) -> TensorLayout {
    var layout = TensorLayout()
    for entry in parameterLayout.entries {
      if plan.trainsWhole(entry) {
        layout.append(entry.name, shape: entry.shape, axes: entry.axes)
      } else if plan.adapts(entry) {
        layout.append(
          entry.name + AdapterPlan.suffixA, shape: [plan.rank, entry.shape[1]],
          axes: ["rank", entry.axes[1]])
        layout.append(
          entry.name + AdapterPlan.suffixB, shape: [entry.shape[0], plan.rank],
          axes: [entry.axes[0], "rank"])
      }
    }
    return layout
  }

  /// The shorter side of the narrowest matrix that a plan gives an adapter; nil when there is none.
  public func narrowestTarget(_ plan: AdapterPlan) -> Int? {
    parameterLayout.entries.filter(plan.adapts).flatMap(\.shape).min()
  }

  /// Weights that a plan trains.
  public func adapterCount(_ plan: AdapterPlan) -> Int {
    adapterLayout(plan).entries.reduce(0) { $0 + $1.count }
  }

  /// The tensors that stay in float32 when the matrices of the blocks are held in 4 bits.
  public var unpackedLayout: TensorLayout {
    var layout = TensorLayout()
    for entry in parameterLayout.entries where !entry.isBlockMatrix {
      layout.append(entry.name, shape: entry.shape, axes: entry.axes)
    }
    return layout
  }

  /// Bytes of the matrices of the blocks in 4 bits.
  public var packedBytes: Int {
    parameterLayout.entries.filter(\.isBlockMatrix).reduce(0) {
      $0 + NormalFloat.byteCount($1.count)
    }
  }
}

extension TensorEntry {
  /// True for the matrices of the blocks, which is all but embedding, norms, biases and output matrix.
  var isBlockMatrix: Bool { shape.count == 2 && name.hasPrefix("layers/") }

  /// True for the biases of query, key and value.
  var isBias: Bool { name.hasSuffix("_bias") }

  /// True for the weights of norms.
  var isNorm: Bool { shape.count == 1 && !isBias }
}
