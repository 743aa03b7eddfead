public import Kernels
public import Models
import Tensors
public import TestSupport

/// The model of ModelsTests/Golden/make_golden.py.
public enum GoldenModel {
  /// Its weights as the script has them, with or without an output matrix of its own.
  public static func make(tied: Bool, pool: ThreadPool) -> Transformer {
    let model = Transformer(
      shape: LlamaShape(
        vocabulary: GoldenLlama.vocabulary, width: GoldenLlama.width, layers: GoldenLlama.layers,
        heads: GoldenLlama.heads, kvHeads: GoldenLlama.kvHeads, headWidth: GoldenLlama.headWidth,
        feedForward: GoldenLlama.feedForward, tied: tied),
      pool: pool)
    for (number, entry) in model.parameters.layout.entries.enumerated() {
      let view = model.parameters.view(entry)
      let values = GoldenLlama.parameters(
        tensor: number, count: entry.count, isNorm: entry.shape.count == 1)
      for index in view.indices { view[index] = values[index] }
    }
    return model
  }

  /// The tied model with the adapters of Golden/make_adapter_golden.py.
  public static func adapted(_ golden: GoldenAdapters, pool: ThreadPool) throws -> Transformer {
    let model = make(tied: true, pool: pool)
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
