import Tensors

/// Offsets of a block's tensors inside the parameter allocation, looked up once.
struct LayerOffsets {
  let attentionNorm: Int
  let query: Int
  let key: Int
  let value: Int
  /// Biases of query, key and value; nil for a model without.
  let biases: (query: Int, key: Int, value: Int)?
  /// Weights of the norms of query and key heads; nil for a model without.
  let headNorms: (query: Int, key: Int)?
  let output: Int
  let feedForwardNorm: Int
  let gate: Int
  let up: Int
  let down: Int
  /// Whether queries and keys are turned by their positions.
  let hasPositions: Bool
}

/// Offsets of all tensors, in the order that the forward pass meets them.
struct ParameterOffsets {
  let embedding: Int
  let layers: [LayerOffsets]
  let finalNorm: Int
  /// The output matrix; the embedding when tied.
  let head: Int

  init(_ layout: TensorLayout, shape: LlamaShape) {
    var entries = layout.entries.makeIterator()
    func next() -> Int {
      guard let entry = entries.next() else {
        preconditionFailure("layout of \(layout.entries.count) tensors is too short")
      }
      return entry.offset
    }
    embedding = next()
    layers = (0..<shape.layers).map { layer in
      LayerOffsets(
        attentionNorm: next(), query: next(), key: next(), value: next(),
        biases: shape.qkvBias ? (next(), next(), next()) : nil,
        headNorms: shape.qkNorm ? (next(), next()) : nil, output: next(),
        feedForwardNorm: next(), gate: next(), up: next(), down: next(),
        hasPositions: shape.hasPositions(layer))
    }
    finalNorm = next()
    head = shape.tied ? embedding : next()
  }
}
