import Foundation
import Models
import Positions
import Support

/// The keys by which a configuration describes rotary frequencies, in every spelling that readers know.
///
/// `rope_theta` and `rope_scaling` are for transformers 4, `rope_parameters` for transformers 5; none is
/// ever written alone, since a scaling without its base was read with a base of 10,000.
struct RopeText {
  /// The base, `rope_theta`.
  let base: Double
  /// The scaling without the base; nil for plain frequencies.
  let scaling: [(key: String, value: JSONValue)]?

  /// The plainest description of the frequencies.
  ///
  /// - Parameters:
  ///   - rotary: the frequencies.
  ///   - shape: of the model.
  ///   - kind: the transform that made them, tried first.
  init(_ rotary: RotaryFrequencies, shape: LlamaShape, kind: String) {
    let pairs = rotary.inverse.count
    let slowest = rotary.inverse.last ?? 1
    // A change of base is a geometric series with another base.
    let solved = pairs > 1 ? 1 / pow(slowest, Double(pairs) / Double(pairs - 1)) : rotary.base
    for base in [rotary.base, solved.rounded(), solved] where base > 1 && base.isFinite {
      let plain = RotaryFrequencies(headWidth: 2 * pairs, base: base)
      if Self.isSame(rotary, plain) {
        self.base = base
        scaling = nil
        return
      }
    }
    base = rotary.base
    let plain = RotaryFrequencies(headWidth: 2 * pairs, base: rotary.base).inverse
    let divisors = zip(plain, rotary.inverse).map { min($0 / $1, 1e30) }
    let factor = divisors.last ?? 1
    let known = Self.known(rotary, factor: factor, context: shape.trainedContext)
    scaling =
      known.first { $0.kind == kind }?.keys ?? known.first?.keys ?? [
        ("rope_type", .text("longrope")),
        ("short_factor", .list(divisors.map { .number($0) })),
        ("long_factor", .list(divisors.map { .number($0) })),
        ("attention_factor", .number(rotary.attentionFactor)),
        ("factor", .number(1)),
        ("original_max_position_embeddings", .integer(shape.trainedContext)),
      ]
  }

  /// The named types whose usual settings give these frequencies.
  private static func known(
    _ rotary: RotaryFrequencies, factor: Double, context: Int
  ) -> [(kind: String, keys: [(key: String, value: JSONValue)])] {
    let original = max(1, Int((Double(context) / factor).rounded()))
    let originalKey = ("original_max_position_embeddings", JSONValue.integer(original))
    func type(_ name: String) -> (key: String, value: JSONValue) { ("rope_type", .text(name)) }
    let factors: [String: SettingsValue] = ["factor": .real(factor)]
    let yarn = [
      type("yarn"), ("factor", .number(factor)), originalKey,
      ("attention_factor", .number(rotary.attentionFactor)),
    ]
    let candidates:
      [(any FrequencyTransform.Type, [String: SettingsValue], [(String, JSONValue)])] = [
        (LinearInterpolation.self, factors, [type("linear"), ("factor", .number(factor))]),
        (
          YaRN.self, factors.merging(["attention_factor": .real(rotary.attentionFactor)]) { $1 },
          yarn
        ),
        (
          Llama3Scaling.self, factors,
          [
            type("llama3"), ("factor", .number(factor)), ("low_freq_factor", .number(1)),
            ("high_freq_factor", .number(4)), originalKey,
          ]
        ),
      ]
    return candidates.compactMap { kind, settings, keys in
      let made = try? kind.init(SettingsValues(settings, declared: kind.kind.settings)).frequencies(
        headWidth: 2 * rotary.inverse.count, base: rotary.base, trainedContext: original,
        targetContext: context)
      guard let made, isSame(rotary, made) else { return nil }
      return (kind.kind.name, keys)
    }
  }

  /// Equal to what float32, in which others compute them, can tell.
  private static func isSame(_ first: RotaryFrequencies, _ second: RotaryFrequencies) -> Bool {
    first.startTokens == second.startTokens
      && abs(first.attentionFactor - second.attentionFactor) <= 1e-9
      && zip(first.inverse, second.inverse).allSatisfy { abs($0 - $1) <= 1e-9 * abs($1) }
  }

  /// The keys for `config.json`.
  var keys: [(key: String, value: JSONValue)] {
    let parameters =
      [("rope_theta", JSONValue.number(base))] + (scaling ?? [("rope_type", .text("default"))])
    return [
      ("rope_theta", .number(base)),
      ("rope_scaling", scaling.map { .object($0) } ?? .null),
      ("rope_parameters", .object(parameters)),
    ]
  }
}
