import Kernels

extension Transformer {
  /// Losses of every token, with the gradient of their weighted sum added into `gradients`.
  ///
  /// - Parameters:
  ///   - input: the batch, B rows of T tokens.
  ///   - targets: next token of each token, [B * T]; -1 is ignored.
  ///   - weights: d total / d loss of each token, [B * T], already normalised by the caller.
  /// - Returns: loss of each token in nats, unweighted, [B * T]; 0 where ignored.
  public func lossAndGradients(
    _ input: ModelInput, targets: [Int32], weights: [Float]
  ) -> [Float] {
    let tokens = input.tokens.count
    precondition(targets.count == tokens, "\(targets.count) targets, \(tokens) tokens")
    precondition(weights.count == tokens, "\(weights.count) weights, \(tokens) tokens")
    guard tokens > 0 else { return [] }
    return withChecked(input) { batch in
      let rows = min(tokens, shape.logitChunkRows)
      let acts = arena.layOut {
        TrainingActivations(
          shape, tokens: tokens, logitRows: rows, recomputation: recomputation,
          adapters: adapterPlan, precision: precision, pool: pool, arena: $0)
      }
      (keptWeights, turnedGradients) = (acts.packedWeights, acts.turnedGradients)
      defer { (keptWeights, turnedGradients) = (nil, nil) }
      forward(batch, acts)
      var losses = [Float](repeating: 0, count: tokens)
      headLossAndGradient(acts, tokens: tokens, chunkRows: rows, targets, weights, &losses)
      backward(batch, acts)
      return losses
    }
  }

  private func forward(_ batch: BatchPointers, _ acts: TrainingActivations) {
    let count = batch.count
    rotary.fill(
      UnsafeBufferPointer(start: batch.positions, count: count), cosine: acts.cosine,
      sine: acts.sine, pool: pool)
    gather(batch.tokens, into: acts.layers[0].input, count: count)
    for (layer, at) in zip(acts.layers, offsets.layers) {
      keptWeights?.forget()
      fillHeads(layer, at, acts, count: count)
      attend(batch, layer.attention)
      inTrainingChunks(count) { start, rows in
        let chunk = layer.chunk(at: start, shape)
        keep(
          layer.attention.attended, in: layer.attention.keptAttended, start: start, rows: rows,
          width: shape.queryWidth)
        fillMiddle(layer, chunk, at, start: start, rows: rows)
        norm(chunk.middle, at.feedForwardNorm, acts.normed, rows: rows)
        project(acts.normed, gateUpMatrices(at), chunk.gateUp, rows: rows)
        let kept = recomputation == .none ? chunk.keptGateUp : nil
        activate(chunk.gateUp, keeping: kept, acts.hidden, rows: rows)
        let output = layer.output + start * shape.width
        copy(chunk.middle, to: output, count: rows * shape.width)
        projectAdding(
          acts.hidden, at.down, into: output, rows: rows, inputs: shape.feedForward)
      }
    }
  }

  /// A block up to the heads of query, key and value, in the forward pass and when computed again.
  func fillHeads(
    _ layer: LayerActivations, _ at: LayerOffsets, _ acts: TrainingActivations, count: Int
  ) {
    inTrainingChunks(count) { start, rows in
      norm(layer.input + start * shape.width, at.attentionNorm, acts.normed, rows: rows)
      projectHeads(
        acts.normed, at, layer.attention.heads + start * shape.packedWidth, rows: rows)
      finishHeads(layer.attention, at, acts, start: start, rows: rows)
      keep(
        layer.attention.heads, in: layer.attention.keptHeads, start: start, rows: rows,
        width: shape.packedWidth)
    }
  }

  /// A chunk of heads from the projections to what attention reads.
  func finishHeads(
    _ attention: AttentionActivations, _ at: LayerOffsets, _ acts: TrainingActivations, start: Int,
    rows: Int
  ) {
    let first = start * shape.packedWidth
    let packed = attention.packed + first
    normHeads(attention.heads + first, at, into: packed, rows: rows)
    if at.hasPositions { turnHeads(packed, acts, start: start, rows: rows, inverse: false) }
  }

  /// Keeps a chunk of what all layers share as bfloat16, where the layer does so.
  private func keep(
    _ shared: UnsafePointer<Float>, in kept: UnsafeMutablePointer<UInt16>?, start: Int, rows: Int,
    width: Int
  ) {
    guard let kept else { return }
    let first = start * width
    Flat.round(shared + first, into: kept + first, count: rows * width, pool: pool)
  }

  /// Turns the heads of a chunk by their positions, or back.
  func turnHeads(
    _ packed: UnsafeMutablePointer<Float>, _ acts: TrainingActivations, start: Int, rows: Int,
    inverse: Bool
  ) {
    let angles = start * shape.headWidth / 2
    rotate(packed, acts.cosine + angles, acts.sine + angles, count: rows, inverse: inverse)
  }

  /// A chunk of a block from attention's result to the stream behind it, in the forward pass and when
  /// computed again.
  func fillMiddle(
    _ layer: LayerActivations, _ chunk: TokenActivations, _ at: LayerOffsets, start: Int, rows: Int
  ) {
    copy(layer.input + start * shape.width, to: chunk.middle, count: rows * shape.width)
    projectAdding(
      layer.attention.attended + start * shape.queryWidth, at.output, into: chunk.middle,
      rows: rows, inputs: shape.queryWidth)
  }

  /// Final norm, losses and their gradients, some rows at a time; leaves the gradient of the last
  /// block's output in `residualGradient`.
  private func headLossAndGradient(
    _ acts: TrainingActivations, tokens: Int, chunkRows: Int, _ targets: [Int32],
    _ weights: [Float], _ losses: inout [Float]
  ) {
    let width = shape.width
    let last = acts.layers[shape.layers - 1].output
    let head = [MatrixPart(offset: offsets.head, outputs: shape.vocabulary)]
    keptWeights?.forget()
    for start in stride(from: 0, to: tokens, by: chunkRows) {
      let rows = min(chunkRows, tokens - start)
      let stream = acts.residualGradient + start * width
      guard targets[start..<start + rows].contains(where: { $0 >= 0 }) else {
        stream.update(repeating: 0, count: rows * width)
        continue
      }
      norm(last + start * width, offsets.finalNorm, acts.normed, rows: rows)
      project(acts.normed, head, acts.logits, rows: rows)
      targets.withUnsafeBufferPointer { target in
        weights.withUnsafeBufferPointer { weight in
          losses.withUnsafeMutableBufferPointer { loss in
            guard let t = target.baseAddress, let w = weight.baseAddress,
              let l = loss.baseAddress
            else { return }
            crossEntropy(acts.logits, t + start, weights: w + start, l + start, nil, rows: rows)
          }
        }
      }
      projectBackward(
        acts.logits, head, inputGradient: acts.normGradient, rows: rows, inputs: width
      ) {
        normBackward(
          acts.normGradient, last + start * width, offsets.finalNorm, again: nil, into: stream,
          rows: rows, adding: false)
        return UnsafePointer(acts.normed)
      }
    }
  }

  func inTrainingChunks(_ count: Int, _ body: (_ start: Int, _ rows: Int) -> Void) {
    inChunks(of: TrainingActivations.chunkTokens, count, body)
  }
}
