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
      let acts = TrainingActivations(shape, tokens: tokens, chunkRows: rows, arena: arena)
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
    for (index, layer) in acts.layers.enumerated() {
      let at = offsets.layers[index]
      norm(
        layer.input, at.attentionNorm, layer.attentionInput, layer.attentionScale, rows: count)
      project(layer.attentionInput, packedMatrices(at), layer.packed, rows: count)
      rotate(layer.packed, acts.cosine, acts.sine, count: count, inverse: false)
      attend(batch, layer.packed, layer.attended, layer.logSumExp)
      copy(layer.input, to: layer.middle, count: count * shape.width)
      projectAdding(
        layer.attended, at.output, into: layer.middle, rows: count, inputs: shape.queryWidth)
      norm(
        layer.middle, at.feedForwardNorm, layer.feedForwardInput, layer.feedForwardScale,
        rows: count)
      project(layer.feedForwardInput, gateUpMatrices(at), layer.gateUp, rows: count)
      activate(layer.gateUp, layer.hidden, rows: count)
      let next = index + 1 < acts.layers.count ? acts.layers[index + 1].input : acts.last
      copy(layer.middle, to: next, count: count * shape.width)
      projectAdding(layer.hidden, at.down, into: next, rows: count, inputs: shape.feedForward)
    }
    norm(acts.last, offsets.finalNorm, acts.final, acts.finalScale, rows: count)
  }

  /// Losses chunk by chunk; leaves the gradient of the final norm's result in `normGradient`.
  private func headLossAndGradient(
    _ acts: TrainingActivations, tokens: Int, chunkRows: Int, _ targets: [Int32],
    _ weights: [Float], _ losses: inout [Float]
  ) {
    let width = shape.width
    let head = [MatrixPart(offset: offsets.head, outputs: shape.vocabulary)]
    for start in stride(from: 0, to: tokens, by: chunkRows) {
      let rows = min(chunkRows, tokens - start)
      let gradient = acts.normGradient + start * width
      guard targets[start..<start + rows].contains(where: { $0 >= 0 }) else {
        gradient.update(repeating: 0, count: rows * width)
        continue
      }
      let final = acts.final + start * width
      project(final, head, acts.logits, rows: rows)
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
        acts.logits, final, head, inputGradient: gradient, rows: rows, inputs: width)
    }
  }

  private func backward(_ batch: BatchPointers, _ acts: TrainingActivations) {
    let count = batch.count
    let stream = acts.residualGradient
    normBackward(
      acts.normGradient, acts.last, offsets.finalNorm, acts.finalScale, into: stream, rows: count,
      adding: false)
    for (index, layer) in acts.layers.enumerated().reversed() {
      let at = offsets.layers[index]
      let down = [MatrixPart(offset: at.down, outputs: shape.width)]
      projectBackward(
        stream, layer.hidden, down, inputGradient: acts.hiddenGradient, rows: count,
        inputs: shape.feedForward)
      activateBackward(acts.hiddenGradient, layer.gateUp, acts.gateUpGradient, rows: count)
      projectBackward(
        acts.gateUpGradient, layer.feedForwardInput, gateUpMatrices(at),
        inputGradient: acts.normGradient, rows: count, inputs: shape.width)
      normBackward(
        acts.normGradient, layer.middle, at.feedForwardNorm, layer.feedForwardScale, into: stream,
        rows: count, adding: true)
      let output = [MatrixPart(offset: at.output, outputs: shape.width)]
      projectBackward(
        stream, layer.attended, output, inputGradient: acts.attendedGradient, rows: count,
        inputs: shape.queryWidth)
      attendBackward(batch, layer, acts.attendedGradient, acts.packedGradient)
      rotate(acts.packedGradient, acts.cosine, acts.sine, count: count, inverse: true)
      projectBackward(
        acts.packedGradient, layer.attentionInput, packedMatrices(at),
        inputGradient: acts.normGradient, rows: count, inputs: shape.width)
      normBackward(
        acts.normGradient, layer.input, at.attentionNorm, layer.attentionScale, into: stream,
        rows: count, adding: true)
    }
    scatter(batch.tokens, stream, count: count)
  }
}
