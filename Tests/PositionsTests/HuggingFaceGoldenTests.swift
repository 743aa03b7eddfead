import Foundation
import Positions
import Support
import Testing

/// Our frequencies against those of Hugging Face transformers (Golden/make_golden.py).
struct HuggingFaceGoldenTests {
  struct Golden: Decodable {
    let origin: String
    let rows: [Row]
  }

  struct Row: Decodable {
    let kind: String
    let headWidth: Int
    let base: Double
    let trained: Int
    let target: Int
    let settings: [String: Setting]
    let attentionFactor: Double
    let inverse: [Double]
  }

  enum Setting: Decodable {
    case flag(Bool)
    case real(Double)
    case reals([Double])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let flag = try? container.decode(Bool.self) {
        self = .flag(flag)
      } else if let list = try? container.decode([Double].self) {
        self = .reals(list)
      } else {
        self = .real(try container.decode(Double.self))
      }
    }

    var value: SettingsValue {
      switch self {
      case .flag(let value): .flag(value)
      case .real(let value): .real(value)
      case .reals(let values): .reals(values)
      }
    }
  }

  static func golden() throws -> Golden {
    let url = try #require(
      Bundle.module.url(forResource: "rope", withExtension: "json", subdirectory: "Golden"))
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Golden.self, from: Data(contentsOf: url))
  }

  @Test func everyRowAgreesWithinFloat32Rounding() throws {
    let golden = try Self.golden()
    #expect(golden.rows.count == 84)
    for row in golden.rows {
      // The decoder turns the keys of `settings` to camel case as well.
      let settings = Dictionary(
        uniqueKeysWithValues: row.settings.map { (Self.snakeCase($0), $1.value) })
      let found = try frequencyTransforms.make(row.kind, settings).frequencies(
        headWidth: row.headWidth, base: row.base, trainedContext: row.trained,
        targetContext: row.target)
      #expect(abs(found.attentionFactor - row.attentionFactor) < 1e-6, "\(row)")
      #expect(found.inverse.count == row.inverse.count)
      for (ours, theirs) in zip(found.inverse, row.inverse) {
        #expect(abs(ours - theirs) <= 2e-6 * abs(theirs), "\(row.kind) \(row.settings)")
      }
    }
  }

  static func snakeCase(_ key: String) -> String {
    key.reduce(into: "") { text, letter in
      if letter.isUppercase { text += "_" }
      text += letter.lowercased()
    }
  }
}
