import Kernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Transformer {
  /// Sends a single token through the blocks; the caller does the attention.
  ///
  /// - Parameters:
  ///   - token: the token.
  ///   - position: its position.
  ///   - attend: called for each block with query, key and value heads, [(H + 2K) E], to fill the
  ///     attention's result, [H * E].
  ///   - output: called once with the scores of the next token, [V].
  func decode(
    _ token: Int32, position: Int32,
    attend: (Int, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void,
    output: (UnsafePointer<Float>) -> Void
  ) {
    let input = ModelInput(
      rows: 1, length: 1, tokens: [token], positions: [position], documentStarts: [0])
    withChecked(input) { batch in
      let acts = arena.layOut {
        InferenceActivations(shape, tokens: 1, logitRows: 1, arena: $0)
      }
      rotary.fill(
        UnsafeBufferPointer(start: batch.positions, count: 1), cosine: acts.cosine,
        sine: acts.sine, pool: pool)
      gather(batch.tokens, into: acts.stream, count: 1)
      for (index, at) in offsets.layers.enumerated() {
        norm(acts.stream, at.attentionNorm, acts.normed, rows: 1)
        projectHeads(acts.normed, at, acts.packed, rows: 1)
        normHeads(acts.packed, at, into: acts.packed, rows: 1)
        if at.hasPositions {
          rotate(acts.packed, acts.cosine, acts.sine, count: 1, inverse: false)
        }
        attend(index, acts.packed, acts.attended)
        projectAdding(
          acts.attended, at.output, into: acts.stream, rows: 1, inputs: shape.queryWidth)
        feedForward(at, acts.stream, acts, rows: 1)
      }
      norm(acts.stream, offsets.finalNorm, acts.chosenNormed, rows: 1)
      let head = [MatrixPart(offset: offsets.head, outputs: shape.vocabulary)]
      project(acts.chosenNormed, head, acts.logits, rows: 1)
      output(acts.logits)
    }
  }
}

/// e^x in double.
func exponential(_ x: Double) -> Double { exp(x) }
