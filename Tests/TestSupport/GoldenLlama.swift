import Foundation

/// The golden values of Tests/ModelsTests/Golden, made by make_golden.py and make_qwen_golden.py there with
/// PyTorch.
public struct GoldenLlama {
  /// Sizes of the model and its batch, as in make_golden.py.
  public static let vocabulary = 61, width = 32, layers = 2, heads = 4, kvHeads = 2, headWidth = 16
  /// Sizes of the model and its batch, as in make_golden.py.
  public static let feedForward = 48, length = 24, rows = 2

  private struct Header: Decodable {
    struct Place: Decodable {
      let offset: Int
      let count: Int
    }
    let steps: Int
    let rate: Double
    let warmup: Int
    let document_starts: [Int32]
    let arrays: [String: Place]
  }

  private let header: Header
  private let floats: [Float]

  /// Reads a .json and a .bin file of this name.
  public init(_ name: String = "llama") throws {
    let folder = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("ModelsTests/Golden")
    header = try JSONDecoder().decode(
      Header.self, from: Data(contentsOf: folder.appendingPathComponent(name + ".json")))
    let bytes = try Data(contentsOf: folder.appendingPathComponent(name + ".bin"))
    var values: [Float] = []
    values.reserveCapacity(bytes.count / 4)
    for at in stride(from: 0, to: bytes.count - 3, by: 4) {
      var bits: UInt32 = 0
      for place in 0..<4 { bits |= UInt32(bytes[at + place]) << UInt32(8 * place) }
      values.append(Float(bitPattern: bits))
    }
    floats = values
  }

  /// AdamW steps of the `after` arrays.
  public var steps: Int { header.steps }
  /// Peak learning rate of those steps.
  public var rate: Double { header.rate }
  /// Warm-up steps of those steps.
  public var warmup: Int { header.warmup }
  /// Document starts of the batch, [B * T].
  public var documentStarts: [Int32] { header.document_starts }

  /// A stored array; empty when there is none of that name.
  public subscript(name: String) -> [Float] {
    guard let place = header.arrays[name] else { return [] }
    return Array(floats[place.offset..<place.offset + place.count])
  }

  /// Parameters of a tensor by its number in layout order; as make_golden.py's `parameters`.
  public static func parameters(tensor: Int, count: Int, isNorm: Bool) -> [Float] {
    unit(UInt32(tensor), count).map { (u: Double) -> Float in
      isNorm ? Float(1 + 0.4 * (u - 0.5)) : Float(0.6 * (u - 0.5))
    }
  }

  /// Tokens, targets, positions and weights of a step, [B * T]; weights are 0, 1 or 4.
  public func batch(
    step: Int
  ) -> (tokens: [Int32], targets: [Int32], positions: [Int32], weights: [Float]) {
    let (b, t) = (Self.rows, Self.length)
    let draw = Self.unit(UInt32(1000 + step), b * (t + 1)).map {
      Int32($0 * Double(Self.vocabulary))
    }
    let gaps = Self.unit(2000, b * t).map { Int32($0 * 7) }
    let heavy = Self.unit(3000, b * t).map { $0 < 0.25 }
    var tokens: [Int32] = []
    var targets: [Int32] = []
    var positions: [Int32] = []
    for row in 0..<b {
      var position: Int32 = -1
      for token in 0..<t {
        let flat = row * t + token
        position += 1 + gaps[flat]
        positions.append(position)
        tokens.append(draw[row * (t + 1) + token])
        let last = token + 1 < t && documentStarts[flat + 1] != documentStarts[flat]
        targets.append(last || (row, token) == (1, 11) ? -1 : draw[row * (t + 1) + token + 1])
      }
    }
    let weights = zip(heavy, targets).map { (heavy: Bool, target: Int32) -> Float in
      if target < 0 { return 0 }
      return heavy ? 4 : 1
    }
    return (tokens, targets, positions, weights)
  }

  /// Uniform values in [0, 1) from an integer mix of seed and index.
  static func unit(_ seed: UInt32, _ count: Int) -> [Double] {
    (0..<UInt32(count)).map { index in
      var h = index &* 2_654_435_761 &+ seed &* 40_503 &+ 12_345
      h = (h ^ h >> 16) &* 0x7FEB_352D
      h = (h ^ h >> 15) &* 0x846C_A68B
      h ^= h >> 16
      return Double(h >> 8) / 16_777_216
    }
  }
}
