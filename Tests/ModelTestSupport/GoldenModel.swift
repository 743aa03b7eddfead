public import Kernels
public import Models
import Tensors
public import TestSupport

/// A model that ModelsTests/Golden has values of; its raw value is what their names begin with.
public enum GoldenCase: String, CaseIterable, Sendable {
  /// Llama, of make_golden.py.
  case tied, untied
  /// Qwen2 with biases and Qwen3 with norms of heads, of make_qwen_golden.py.
  case qwen2, qwen3

  /// The stored values of this model and of others.
  public func values() throws -> GoldenLlama {
    try GoldenLlama(self == .qwen2 || self == .qwen3 ? "qwen" : "llama")
  }
}

/// The models of ModelsTests/Golden.
public enum GoldenModel {
  /// A model with the weights that its script has.
  public static func make(_ golden: GoldenCase, pool: ThreadPool) -> Transformer {
    let model = Transformer(
      shape: LlamaShape(
        vocabulary: GoldenLlama.vocabulary, width: GoldenLlama.width, layers: GoldenLlama.layers,
        heads: GoldenLlama.heads, kvHeads: GoldenLlama.kvHeads, headWidth: GoldenLlama.headWidth,
        feedForward: GoldenLlama.feedForward, tied: golden == .tied || golden == .qwen2,
        qkvBias: golden == .qwen2, qkNorm: golden == .qwen3),
      pool: pool)
    for (number, entry) in model.parameters.layout.entries.enumerated() {
      let view = model.parameters.view(entry)
      let values = GoldenLlama.parameters(
        tensor: number, count: entry.count, isNorm: entry.name.hasSuffix("norm"))
      for index in view.indices { view[index] = values[index] }
    }
    return model
  }

  /// The tied model with the adapters of Golden/make_adapter_golden.py.
  public static func adapted(_ golden: GoldenAdapters, pool: ThreadPool) throws -> Transformer {
    let model = make(.tied, pool: pool)
    model.attach(
      AdapterPlan(
        rank: golden.rank, alpha: golden.alpha,
        targets: golden.targets.compactMap(AdapterTarget.init(rawValue:)), embeddings: true,
        norms: true), seed: 0)
    for (number, entry) in model.trained.layout.entries.enumerated()
    where entry.name.contains("/lora_") {
      let values = GoldenAdapters.values(tensor: number, count: entry.count)
      let view = model.trained.view(entry)
      for index in view.indices { view[index] = values[index] }
    }
    return model
  }

  /// Largest difference as a share of the largest expected value; infinite when counts differ.
  public static func difference(_ found: [Float], _ expected: [Float]) -> Float {
    guard found.count == expected.count, !expected.isEmpty else { return .infinity }
    let largest = expected.map { abs($0) }.max() ?? 0
    let worst = zip(found, expected).map { abs($0 - $1) }.max() ?? 0
    return worst.isNaN ? .infinity : worst / max(largest, 1e-12)
  }
}
