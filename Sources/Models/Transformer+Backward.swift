// The backward pass of a training batch, block by block from the last one.

import Kernels

extension Transformer {
  /// Adds the gradients of all parameters but those of the head, from that of the last block's output in
  /// `residualGradient`.
  func backward(_ batch: BatchPointers, _ acts: TrainingActivations) {
    let count = batch.count
    for (index, layer) in acts.layers.enumerated().reversed() {
      let at = offsets.layers[index]
      keptWeights?.forget()
      // What is shared by the layers still holds what the forward pass of the last one left.
      if index + 1 < shape.layers {
        if recomputation != .none { fillHeads(layer, at, acts, count: count) }
        if recomputation == .full { attend(batch, layer.attention) }
        restore(layer.attention, at, acts, count: count)
      }
      inTrainingChunks(count) { start, rows in
        feedForwardBackward(layer, at, acts, start: start, rows: rows)
      }
      attendBackward(batch, layer.attention, acts.attendedGradient, acts.packedGradient)
      inTrainingChunks(count) { start, rows in
        headsBackward(layer, at, acts, start: start, rows: rows)
      }
    }
    scatter(batch.tokens, acts.residualGradient, count: count)
  }

  /// From the gradient of a block's output to those of `middle`, in `residualGradient`, and of
  /// attention's result.
  private func feedForwardBackward(
    _ layer: LayerActivations, _ at: LayerOffsets, _ acts: TrainingActivations, start: Int,
    rows: Int
  ) {
    let chunk = layer.chunk(at: start, shape)
    if recomputation != .none {
      fillMiddle(layer, chunk, at, start: start, rows: rows)
      norm(chunk.middle, at.feedForwardNorm, acts.normed, rows: rows)
      project(acts.normed, gateUpMatrices(at), chunk.gateUp, rows: rows)
      if let kept = chunk.keptGateUp {
        Flat.round(
          chunk.gateUp, into: kept, count: rows * 2 * shape.feedForward, pool: pool)
      }
    }
    let stream = acts.residualGradient + start * shape.width
    let down = [MatrixPart(offset: at.down, outputs: shape.width)]
    projectBackward(
      stream, down, inputGradient: acts.hidden, rows: rows, inputs: shape.feedForward
    ) {
      activateBackward(acts.hidden, chunk, acts.gateUpGradient, rows: rows)
      return UnsafePointer(acts.hidden)
    }
    projectBackward(
      acts.gateUpGradient, gateUpMatrices(at), inputGradient: acts.normGradient, rows: rows,
      inputs: shape.width
    ) {
      normBackward(
        acts.normGradient, chunk.middle, at.feedForwardNorm,
        again: recomputation == .none ? acts.normed : nil, into: stream, rows: rows, adding: true)
      return UnsafePointer(acts.normed)
    }
    let output = [MatrixPart(offset: at.output, outputs: shape.width)]
    projectBackward(
      stream, output, inputGradient: acts.attendedGradient + start * shape.queryWidth, rows: rows,
      inputs: shape.queryWidth
    ) {
      UnsafePointer(layer.attention.attended + start * shape.queryWidth)
    }
  }

  /// From the gradient of the heads to that of a block's input, in `residualGradient`.
  private func headsBackward(
    _ layer: LayerActivations, _ at: LayerOffsets, _ acts: TrainingActivations, start: Int,
    rows: Int
  ) {
    let packedGradient = acts.packedGradient + start * shape.packedWidth
    if at.hasPositions { turnHeads(packedGradient, acts, start: start, rows: rows, inverse: true) }
    normHeadsBackward(
      packedGradient, layer.attention.heads + start * shape.packedWidth, at, rows: rows)
    addBiasGradients(packedGradient, at, rows: rows)
    projectBackward(
      packedGradient, packedMatrices(at), inputGradient: acts.normGradient, rows: rows,
      inputs: shape.width
    ) {
      normBackward(
        acts.normGradient, layer.input + start * shape.width, at.attentionNorm,
        again: acts.normed, into: acts.residualGradient + start * shape.width, rows: rows,
        adding: true)
      return UnsafePointer(acts.normed)
    }
  }

  /// Brings back what the layer has kept as bfloat16, and from kept heads before their norms those behind.
  private func restore(
    _ attention: AttentionActivations, _ at: LayerOffsets, _ acts: TrainingActivations, count: Int
  ) {
    if let kept = attention.keptHeads {
      Flat.widen(kept, into: attention.heads, count: count * shape.packedWidth, pool: pool)
    }
    if recomputation == .none, at.headNorms != nil {
      inTrainingChunks(count) { start, rows in
        finishHeads(attention, at, acts, start: start, rows: rows)
      }
    }
    if let kept = attention.keptAttended {
      Flat.widen(kept, into: attention.attended, count: count * shape.queryWidth, pool: pool)
    }
  }
}
