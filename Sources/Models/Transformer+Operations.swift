// The kernels as the model calls them: sizes and weights filled in.

import Kernels

/// A matrix of parameters [outputs, inputs] that a linear map takes together with its neighbours.
struct MatrixPart {
  let offset: Int
  let outputs: Int
}

/// A batch's arrays, flat [B * T].
struct BatchPointers {
  let rows: Int
  let length: Int
  let tokens: UnsafePointer<Int32>
  let positions: UnsafePointer<Int32>
  let starts: UnsafePointer<Int32>

  var count: Int { rows * length }
}

extension Transformer {
  /// Calls `body` with the batch's arrays after checking its token numbers and document starts.
  func withChecked<Result>(_ input: ModelInput, _ body: (BatchPointers) -> Result) -> Result {
    for index in input.documentStarts.indices {
      let start = Int(input.documentStarts[index])
      precondition(
        start >= 0 && start <= index % input.length,
        "document start \(start) of token \(index % input.length)")
    }
    return input.tokens.withUnsafeBufferPointer { tokens in
      input.positions.withUnsafeBufferPointer { positions in
        input.documentStarts.withUnsafeBufferPointer { starts in
          guard let t = tokens.baseAddress, let p = positions.baseAddress,
            let s = starts.baseAddress
          else { preconditionFailure("a batch of no tokens") }
          return body(
            BatchPointers(
              rows: input.rows, length: input.length, tokens: t, positions: p, starts: s))
        }
      }
    }
  }

  /// Query, key and value matrices of a block.
  func packedMatrices(_ at: LayerOffsets) -> [MatrixPart] {
    [
      MatrixPart(offset: at.query, outputs: shape.queryWidth),
      MatrixPart(offset: at.key, outputs: shape.keyWidth),
      MatrixPart(offset: at.value, outputs: shape.keyWidth),
    ]
  }

  /// Biases of a block's query, key and value, as matrices whose input is 1; none for a model without.
  private func headBiases(_ at: LayerOffsets) -> [MatrixPart] {
    guard let biases = at.biases else { return [] }
    return merged(
      [
        MatrixPart(offset: biases.query, outputs: shape.queryWidth),
        MatrixPart(offset: biases.key, outputs: shape.keyWidth),
        MatrixPart(offset: biases.value, outputs: shape.keyWidth),
      ], inputs: 1)
  }

  /// Gate and up matrices of a block.
  func gateUpMatrices(_ at: LayerOffsets) -> [MatrixPart] {
    [
      MatrixPart(offset: at.gate, outputs: shape.feedForward),
      MatrixPart(offset: at.up, outputs: shape.feedForward),
    ]
  }

  /// Joins neighbours that lie without padding behind each other.
  private func merged(_ parts: [MatrixPart], inputs: Int) -> [MatrixPart] {
    // What is held in 4 bits is unpacked one matrix at a time.
    guard self.packed == nil else { return parts }
    var result: [MatrixPart] = []
    for part in parts {
      if let last = result.last, last.offset + last.outputs * inputs == part.offset {
        result[result.count - 1] = MatrixPart(
          offset: last.offset, outputs: last.outputs + part.outputs)
      } else {
        result.append(part)
      }
    }
    return result
  }

  /// A matrix as a product reads it, when this pass keeps its matrices packed.
  private func packed(_ part: MatrixPart, _ use: PackedWeights.Use, rows: Int, inputs: Int)
    -> UnsafeRawPointer?
  {
    keptWeights?.operand(
      part.offset, use, rows: rows, outputs: part.outputs, inputs: inputs, precision: precision,
      pool: pool
    ) { weight(part.offset) }
  }

  /// Room for the gradient of a matrix's outputs as the product of the matrix's gradient reads it; nil where that
  /// product is not wanted, or reads it as it lies.
  private func turnedRoom(_ part: MatrixPart, rows: Int) -> UnsafeMutableRawPointer? {
    let bytes = Matmul.turnedBytes(
      rows: rows, columns: part.outputs, precision: precision, pool: pool)
    guard gradient(part.offset) != nil, bytes > 0, let room = turnedGradients,
      bytes <= room.count
    else { return nil }
    return room.baseAddress
  }

  func gather(
    _ tokens: UnsafePointer<Int32>, into x: UnsafeMutablePointer<Float>, count: Int
  ) {
    Embedding.forward(
      tokens: tokens, table: weight(offsets.embedding), x: x, rows: count,
      vocabulary: shape.vocabulary, width: shape.width, pool: pool)
  }

  func scatter(_ tokens: UnsafePointer<Int32>, _ dx: UnsafePointer<Float>, count: Int) {
    guard let gradient = gradient(offsets.embedding) else { return }
    Embedding.backward(
      tokens: tokens, dx: dx, gradient: gradient, rows: count,
      vocabulary: shape.vocabulary, width: shape.width, pool: pool)
  }

  func norm(
    _ x: UnsafePointer<Float>, _ offset: Int, _ y: UnsafeMutablePointer<Float>, rows: Int
  ) {
    RMSNorm.forward(
      x: x, weight: weight(offset), y: y, rows: rows, width: shape.width,
      epsilon: Float(shape.normEpsilon), pool: pool)
  }

  /// Gradients of a norm, and into `y`, when it is given, its result again.
  func normBackward(
    _ dy: UnsafePointer<Float>, _ x: UnsafePointer<Float>, _ offset: Int,
    again y: UnsafeMutablePointer<Float>?, into dx: UnsafeMutablePointer<Float>, rows: Int,
    adding: Bool
  ) {
    RMSNorm.backward(
      dy: dy, x: x, weight: weight(offset), y: y, dx: dx, weightGradient: gradient(offset),
      rows: rows, width: shape.width, epsilon: Float(shape.normEpsilon), accumulate: adding,
      pool: pool)
  }

  /// Query, key and value heads of a block as the projections give them, with their biases if they have some.
  func projectHeads(
    _ x: UnsafePointer<Float>, _ at: LayerOffsets, _ heads: UnsafeMutablePointer<Float>, rows: Int
  ) {
    project(x, packedMatrices(at), heads, rows: rows)
    var column = 0
    for bias in headBiases(at) {
      Bias.add(
        weight(bias.offset), to: heads + column, rows: rows, outputs: bias.outputs,
        stride: shape.packedWidth, pool: pool)
      column += bias.outputs
    }
  }

  /// Normalises query and key heads, if the model does, before they are turned.
  ///
  /// `heads` are what `projectHeads` gave; `packed` gets the value heads too. Without norms both are one.
  func normHeads(
    _ heads: UnsafePointer<Float>, _ at: LayerOffsets, into packed: UnsafeMutablePointer<Float>,
    rows: Int
  ) {
    guard let norms = at.headNorms else { return }
    HeadNorm.forward(
      headNormShape(rows), x: heads, queryWeight: weight(norms.query),
      keyWeight: weight(norms.key), y: packed, pool: pool)
  }

  /// Turns the gradient of what `normHeads` gave into that of the heads before.
  func normHeadsBackward(
    _ packedGradient: UnsafeMutablePointer<Float>, _ heads: UnsafePointer<Float>,
    _ at: LayerOffsets, rows: Int
  ) {
    guard let norms = at.headNorms else { return }
    HeadNorm.backward(
      headNormShape(rows), gradient: packedGradient, x: heads, queryWeight: weight(norms.query),
      keyWeight: weight(norms.key), queryGradient: gradient(norms.query),
      keyGradient: gradient(norms.key), pool: pool)
  }

  /// Adds the gradients of the biases of query, key and value, from that of the heads before their norms.
  func addBiasGradients(
    _ packedGradient: UnsafePointer<Float>, _ at: LayerOffsets, rows: Int
  ) {
    var column = 0
    for bias in headBiases(at) {
      if let gradient = gradient(bias.offset) {
        Bias.gradient(
          packedGradient + column, into: gradient, rows: rows, outputs: bias.outputs,
          stride: shape.packedWidth, pool: pool)
      }
      column += bias.outputs
    }
  }

  private func headNormShape(_ rows: Int) -> HeadNorm.Shape {
    HeadNorm.Shape(
      tokens: rows, heads: shape.heads, kvHeads: shape.kvHeads, headWidth: shape.headWidth,
      stride: shape.packedWidth, epsilon: Float(shape.normEpsilon),
      rounds: precision.isRounded(on: pool))
  }

  func rotate(
    _ packed: UnsafeMutablePointer<Float>, _ cosine: UnsafePointer<Float>,
    _ sine: UnsafePointer<Float>, count: Int, inverse: Bool
  ) {
    Rotary.apply(
      packed, cosine: cosine, sine: sine, tokens: count, heads: shape.heads + shape.kvHeads,
      headWidth: shape.headWidth, stride: shape.packedWidth, inverse: inverse, pool: pool)
  }

  func activate(
    _ gateUp: UnsafePointer<Float>, keeping kept: UnsafeMutablePointer<UInt16>? = nil,
    _ hidden: UnsafeMutablePointer<Float>, rows: Int
  ) {
    SwiGLU.forward(
      gate: gateUp, up: gateUp + shape.feedForward, h: hidden, kept: kept, rows: rows,
      width: shape.feedForward, inputStride: 2 * shape.feedForward, pool: pool)
  }

  /// Gradients of gate and up from that of `hidden`, which becomes SwiGLU's result again.
  func activateBackward(
    _ hidden: UnsafeMutablePointer<Float>, _ chunk: TokenActivations,
    _ gradient: UnsafeMutablePointer<Float>, rows: Int
  ) {
    SwiGLU.backward(
      dh: hidden, gate: chunk.gateUp, up: chunk.gateUp + shape.feedForward, h: hidden,
      dgate: gradient, dup: gradient + shape.feedForward, kept: UnsafePointer(chunk.keptGateUp),
      rows: rows,
      width: shape.feedForward,
      inputStride: 2 * shape.feedForward, gradientStride: 2 * shape.feedForward, pool: pool)
  }

  /// Losses of a chunk of logits; with weights the logits become their gradients.
  func crossEntropy(
    _ logits: UnsafeMutablePointer<Float>, _ targets: UnsafePointer<Int32>,
    weights: UnsafePointer<Float>?, _ losses: UnsafeMutablePointer<Float>,
    _ predicted: UnsafeMutablePointer<Int32>?, rows: Int
  ) {
    CrossEntropy.lossAndGradient(
      logits: logits, targets: targets, weights: weights, losses: losses, predicted: predicted,
      rows: rows, vocabulary: shape.vocabulary, gradient: weights != nil, pool: pool)
  }

  func copy(
    _ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, count: Int
  ) {
    let blockFloats = 1 << 15
    pool.run((count + blockFloats - 1) / blockFloats) { block in
      let start = block * blockFloats
      (target + start).update(from: source + start, count: min(blockFloats, count - start))
    }
  }

  /// Attention of the packed heads of a batch.
  func attend(
    _ batch: BatchPointers, _ packed: UnsafePointer<Float>,
    _ attended: UnsafeMutablePointer<Float>, _ logSumExp: UnsafeMutablePointer<Float>
  ) {
    CausalAttention.forward(
      attentionShape(batch), q: packed, k: packed + shape.queryWidth,
      v: packed + shape.queryWidth + shape.keyWidth, documentStarts: batch.starts, o: attended,
      logSumExp: logSumExp, precision: precision, pool: pool)
  }

  /// Attention of a training batch.
  func attend(_ batch: BatchPointers, _ kept: AttentionActivations) {
    attend(batch, kept.packed, kept.attended, kept.logSumExp)
  }

  func attendBackward(
    _ batch: BatchPointers, _ kept: AttentionActivations,
    _ attendedGradient: UnsafePointer<Float>, _ packedGradient: UnsafeMutablePointer<Float>
  ) {
    let key = shape.queryWidth
    let value = shape.queryWidth + shape.keyWidth
    CausalAttention.backward(
      attentionShape(batch), dO: attendedGradient, q: kept.packed, k: kept.packed + key,
      v: kept.packed + value, o: kept.attended, logSumExp: kept.logSumExp,
      documentStarts: batch.starts, dq: packedGradient, dk: packedGradient + key,
      dv: packedGradient + value, precision: precision, pool: pool)
  }

  private func attentionShape(_ batch: BatchPointers) -> CausalAttention.Shape {
    CausalAttention.Shape(
      rows: batch.rows, length: batch.length, heads: shape.heads, kvHeads: shape.kvHeads,
      headWidth: shape.headWidth, queryStride: shape.packedWidth,
      keyValueStride: shape.packedWidth)
  }

  /// y = x W^T for matrices side by side, whose inputs are D wide.
  func project(
    _ x: UnsafePointer<Float>, _ parts: [MatrixPart], _ y: UnsafeMutablePointer<Float>, rows: Int
  ) {
    let stride = parts.reduce(0) { $0 + $1.outputs }
    var column = 0
    for part in merged(parts, inputs: shape.width) {
      let packed = packed(part, .output, rows: rows, inputs: shape.width)
      Linear.forward(
        x: x, weight: packed == nil ? weight(part.offset) : nil, packed: packed, y: y + column,
        rows: rows, inputs: shape.width,
        outputs: part.outputs, yStride: stride, precision: precision, pool: pool)
      column += part.outputs
    }
    adapt(x, parts, y, rows: rows, inputs: shape.width)
  }

  /// Adds x W^T to the residual stream, for a matrix [D, inputs].
  func projectAdding(
    _ x: UnsafePointer<Float>, _ offset: Int, into stream: UnsafeMutablePointer<Float>,
    rows: Int, inputs: Int
  ) {
    let part = MatrixPart(offset: offset, outputs: shape.width)
    let packed = packed(part, .output, rows: rows, inputs: inputs)
    Linear.forward(
      x: x, weight: packed == nil ? weight(offset) : nil, packed: packed, y: stream, rows: rows,
      inputs: inputs, outputs: shape.width, accumulate: true, precision: precision, pool: pool)
    adapt(x, [part], stream, rows: rows, inputs: inputs)
  }

  /// Writes the input's gradient, then adds the matrices' gradients, for matrices side by side.
  ///
  /// - Parameters:
  ///   - dy: gradient of the output, [rows, sum of the outputs].
  ///   - parts: the matrices, [outputs, inputs] each.
  ///   - dx: the input's gradient, [rows, inputs].
  ///   - rows: tokens.
  ///   - inputs: width of the input.
  ///   - input: gives the input, [rows, inputs], once its gradient is there: what takes the gradient
  ///     further back can compute the input again on its way.
  func projectBackward(
    _ dy: UnsafePointer<Float>, _ parts: [MatrixPart],
    inputGradient dx: UnsafeMutablePointer<Float>, rows: Int, inputs: Int,
    input: () -> UnsafePointer<Float>
  ) {
    let stride = parts.reduce(0) { $0 + $1.outputs }
    let joined = merged(parts, inputs: inputs)
    // There is room for one gradient that both products read. Matrices apart from each other, by padding or because
    // they are in 4 bits, take theirs as it lies.
    let turned = joined.count == 1 ? turnedRoom(joined[0], rows: rows) : nil
    var column = 0
    for part in joined {
      let packed = packed(part, .inputGradient, rows: rows, inputs: inputs)
      Linear.inputGradient(
        dy: dy + column, weight: packed == nil ? weight(part.offset) : nil, packed: packed, dx: dx,
        rows: rows, inputs: inputs, outputs: part.outputs, yStride: stride,
        accumulate: column > 0, precision: precision, turned: turned, pool: pool)
      column += part.outputs
    }
    adaptInputGradient(dy, parts, dx, rows: rows, inputs: inputs)
    let x = input()
    column = 0
    for part in joined {
      if let gradient = gradient(part.offset) {
        Linear.weightGradient(
          dy: dy + column, x: x, gradient: gradient, rows: rows, inputs: inputs,
          outputs: part.outputs, yStride: stride, precision: precision,
          turned: UnsafeRawPointer(turned), pool: pool)
      }
      column += part.outputs
    }
    adaptWeightGradients(dy, x, parts, rows: rows, inputs: inputs)
  }
}
