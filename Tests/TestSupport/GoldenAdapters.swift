import Foundation

/// The golden values of adapters and 4-bit weights, made by ModelsTests/Golden/make_adapter_golden.py
/// with PyTorch; the model and its batches are those of `GoldenLlama`.
public struct GoldenAdapters: Decodable {
  /// Sizes of the adapters.
  public let rank: Int
  /// Their product counts alpha / rank.
  public let alpha: Double
  /// Learning rate of the `after` arrays.
  public let rate: Double
  /// AdamW steps of the `after` arrays.
  public let steps: Int
  /// Matrices that have an adapter.
  public let targets: [String]
  private let arrays: [String: [Double]]

  /// Reads adapters.json.
  public static func read() throws -> GoldenAdapters {
    let file = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("ModelsTests/Golden/adapters.json")
    return try JSONDecoder().decode(GoldenAdapters.self, from: Data(contentsOf: file))
  }

  /// A stored array; empty when there is none of that name.
  public subscript(name: String) -> [Double] { arrays[name] ?? [] }

  /// First values of an adapter by its number among the trained tensors.
  public static func values(tensor: Int, count: Int) -> [Float] {
    GoldenLlama.unit(UInt32(500 + tensor), count).map { Float(0.6 * ($0 - 0.5)) }
  }

  /// The numbers that were packed.
  public static var unpacked: [Float] {
    var values = GoldenLlama.unit(900, 64 * 256 + 101).map { u -> Float in
      let centred = u - 0.5
      return Float(0.6 * (centred * centred * centred))
    }
    for index in 640..<704 { values[index] = 0 }
    return values
  }
}
