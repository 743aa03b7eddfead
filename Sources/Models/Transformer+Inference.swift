import Kernels

extension Transformer {
  /// Losses of every token by a forward pass alone.
  ///
  /// - Parameters:
  ///   - input: the batch, B rows of T tokens.
  ///   - targets: next token of each token, [B * T]; -1 is ignored.
  /// - Returns: loss of each token in nats, [B * T]; 0 where ignored.
  public func losses(_ input: ModelInput, targets: [Int32]) -> [Float] {
    precondition(
      targets.count == input.tokens.count,
      "\(targets.count) targets, \(input.tokens.count) tokens")
    var losses = [Float](repeating: 0, count: targets.count)
    let chosen = targets.indices.filter { targets[$0] >= 0 }
    visitLogits(input, at: chosen, targets: chosen.map { targets[$0] }) { start, rows, loss, _ in
      for row in 0..<rows { losses[chosen[start + row]] = loss[row] }
    }
    return losses
  }

  /// The likeliest next token and the target's probability at chosen tokens.
  ///
  /// - Parameters:
  ///   - input: the batch.
  ///   - indices: flat indices into [B * T], any order.
  ///   - targets: next token at each index; -1 where there is none.
  /// - Returns: one prediction for each index.
  public func predict(
    _ input: ModelInput, at indices: [Int], targets: [Int32]
  ) -> [Prediction] {
    predict(input, at: indices, targets: targets, capture: nil)
  }

  /// The same; `capture` sees each layer's queries, keys and values as attention reads them.
  func predict(
    _ input: ModelInput, at indices: [Int], targets: [Int32],
    capture: ((Int, UnsafePointer<Float>) -> Void)?
  ) -> [Prediction] {
    precondition(targets.count == indices.count, "\(targets.count) targets, \(indices.count)")
    var predictions: [Prediction] = []
    predictions.reserveCapacity(indices.count)
    visitLogits(input, at: indices, targets: targets, capture: capture) { _, rows, loss, best in
      for row in 0..<rows {
        predictions.append(Prediction(token: best[row], targetLogProbability: -loss[row]))
      }
    }
    return predictions
  }

  /// Next-token scores at chosen tokens.
  ///
  /// - Parameters:
  ///   - input: the batch.
  ///   - indices: flat indices into [B * T], any order.
  /// - Returns: logits, [indices.count, V], row-major.
  public func logits(_ input: ModelInput, at indices: [Int]) -> [Float] {
    var result: [Float] = []
    result.reserveCapacity(indices.count * shape.vocabulary)
    visitChosen(input, at: indices, capture: nil) { acts, _, rows in
      result.append(
        contentsOf: UnsafeBufferPointer(start: acts.logits, count: rows * shape.vocabulary))
    }
    return result
  }

  private func visitLogits(
    _ input: ModelInput, at indices: [Int], targets: [Int32],
    capture: ((Int, UnsafePointer<Float>) -> Void)? = nil,
    _ visit: (Int, Int, UnsafePointer<Float>, UnsafePointer<Int32>) -> Void
  ) {
    var loss = [Float](repeating: 0, count: shape.logitChunkRows)
    var best = [Int32](repeating: 0, count: shape.logitChunkRows)
    visitChosen(input, at: indices, capture: capture) { acts, start, rows in
      targets.withUnsafeBufferPointer { target in
        loss.withUnsafeMutableBufferPointer { losses in
          best.withUnsafeMutableBufferPointer { bests in
            guard let t = target.baseAddress, let l = losses.baseAddress,
              let b = bests.baseAddress
            else { return }
            crossEntropy(acts.logits, t + start, weights: nil, l, b, rows: rows)
            visit(start, rows, l, b)
          }
        }
      }
    }
  }

  /// Runs the blocks and hands over the logits of the chosen tokens, a chunk at a time.
  func visitChosen(
    _ input: ModelInput, at indices: [Int], capture: ((Int, UnsafePointer<Float>) -> Void)?,
    _ visit: (InferenceActivations, _ start: Int, _ rows: Int) -> Void
  ) {
    let tokens = input.tokens.count
    guard tokens > 0 else { return }
    for index in indices {
      precondition((0..<tokens).contains(index), "index \(index) of \(tokens) tokens")
    }
    withChecked(input) { batch in
      let chunkRows = max(1, min(indices.count, shape.logitChunkRows))
      let acts = arena.layOut {
        InferenceActivations(shape, tokens: tokens, logitRows: chunkRows, arena: $0)
      }
      runBlocks(batch, acts, capture: capture)
      let head = [MatrixPart(offset: offsets.head, outputs: shape.vocabulary)]
      for start in stride(from: 0, to: indices.count, by: chunkRows) {
        let rows = min(chunkRows, indices.count - start)
        for row in 0..<rows {
          (acts.chosen + row * shape.width).update(
            from: acts.stream + indices[start + row] * shape.width, count: shape.width)
        }
        norm(acts.chosen, offsets.finalNorm, acts.chosenNormed, rows: rows)
        project(acts.chosenNormed, head, acts.logits, rows: rows)
        visit(acts, start, rows)
      }
    }
  }

  private func runBlocks(
    _ batch: BatchPointers, _ acts: InferenceActivations,
    capture: ((Int, UnsafePointer<Float>) -> Void)?
  ) {
    let count = batch.count
    let width = shape.width
    rotary.fill(
      UnsafeBufferPointer(start: batch.positions, count: count), cosine: acts.cosine,
      sine: acts.sine, pool: pool)
    gather(batch.tokens, into: acts.stream, count: count)
    let tables = remapTables(length: batch.length)
    for (index, at) in offsets.layers.enumerated() {
      inChunks(of: InferenceActivations.chunkTokens, count) { start, rows in
        norm(acts.stream + start * width, at.attentionNorm, acts.normed, rows: rows)
        let packed = acts.packed + start * shape.packedWidth
        projectHeads(acts.normed, at, packed, rows: rows)
        normHeads(packed, at, into: packed, rows: rows)
      }
      if let tables, at.hasPositions {
        attend(batch, by: tables, acts.packed, acts.attended)
      } else {
        if at.hasPositions {
          rotate(acts.packed, acts.cosine, acts.sine, count: count, inverse: false)
        }
        capture?(index, acts.packed)
        attend(batch, acts.packed, acts.attended, acts.logSumExp)
      }
      inChunks(of: InferenceActivations.chunkTokens, count) { start, rows in
        let stream = acts.stream + start * width
        projectAdding(
          acts.attended + start * shape.queryWidth, at.output, into: stream, rows: rows,
          inputs: shape.queryWidth)
        feedForward(at, stream, acts, rows: rows)
      }
    }
  }

  func feedForward(
    _ at: LayerOffsets, _ stream: UnsafeMutablePointer<Float>, _ acts: InferenceActivations,
    rows: Int
  ) {
    norm(stream, at.feedForwardNorm, acts.normed, rows: rows)
    project(acts.normed, gateUpMatrices(at), acts.gateUp, rows: rows)
    activate(acts.gateUp, acts.hidden, rows: rows)
    projectAdding(acts.hidden, at.down, into: stream, rows: rows, inputs: shape.feedForward)
  }

  /// Goes over `count` tokens in chunks.
  func inChunks(of chunk: Int, _ count: Int, _ body: (_ start: Int, _ rows: Int) -> Void) {
    for start in stride(from: 0, to: count, by: chunk) {
      body(start, min(chunk, count - start))
    }
  }
}
