import ArgumentParser
import Foundation
import Panes
import Pictures
import Positions
import Recipes
import Runs
import Support

/// `needlepoint positions --kind K`: frequencies, position ids and their statistics of a transform.
struct PositionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "positions",
    abstract: "Show rotary frequencies or position ids of one transform, and their statistics.")

  @Option(help: "A frequency transform (yarn, abf, ...) or an index transform (pit, pose, ...).")
  var kind: String

  @Option(help: "Trained context in tokens.")
  var trained: TokenCount

  @Option(help: "Target context in tokens.")
  var target: TokenCount

  @Option(help: "Head width E.")
  var width = 64

  @Option(help: "Rotary base of the model.")
  var base: RealNumber = RealNumber(10_000)

  @Option(help: "Row length of an index transform in tokens; 30 % of the target when absent.")
  var window: TokenCount?

  @Option(
    help: ArgumentHelp("Lengths of the row's sentences, over and over.", valueName: "a,b,..."))
  var segments = SizeList([88])

  @Option(help: "Seed of the draws.")
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("A setting of the kind.", valueName: "key=value"))
  var set: [String] = []

  @Option(
    help: ArgumentHelp(
      "Picture or table to write as well.", valueName: "file.csv|.svg|.png|.txt|.json"))
  var out: String?

  @Flag(help: "JSON lines on stdout and nothing else.")
  var json = false

  mutating func validate() throws {
    if let out { try PictureFile.check(out) }
  }

  func run() throws {
    let known = frequencyTransforms.descriptions + indexTransforms.descriptions
    guard let description = known.first(where: { $0.name == kind }) else {
      throw UserError(
        "--kind", "no transform \"\(kind)\"",
        remedy: Suggestion.sentence(for: kind, among: known.map(\.name)))
    }
    let settings = try SettingsText.values(set, declared: description.settings)
    if frequencyTransforms.descriptions.contains(where: { $0.name == kind }), kind != "plain" {
      try show(frequencies: frequencyTransforms.make(kind, settings))
    } else {
      try show(ids: indexTransforms.make(kind, settings))
    }
  }

  private func show(frequencies transform: any FrequencyTransform) throws {
    let result = try transform.frequencies(
      headWidth: width, base: base.value, trainedContext: trained.value,
      targetContext: target.value)
    if let out {
      let plain = Wavelengths(RotaryFrequencies(headWidth: width, base: base.value))
      let rotary = RotaryFace(
        original: plain.tokens, scaled: Wavelengths(result).tokens, kind: kind,
        trained: trained.value, target: target.value, base: result.base)
      try PictureFile.write(LineChart(rotary, source: "head width \(width)"), to: out)
    }
    if json {
      return printLine(
        frequencies: result, ids: nil, statistics: nil)
    }
    print("\(kind)  base \(Quantity.text(result.base))  factor \(result.attentionFactor)")
    let waves = Wavelengths(result)
    for (pair, inverse) in result.inverse.enumerated() {
      print(
        String(
          format: "%4d  %14.8g rad/token  one turn in %.6g tokens", pair, inverse,
          waves.tokens[pair]))
    }
    print(
      "\(waves.unfinished(inside: trained.value)) of \(width / 2) pairs never turn inside "
        + "\(trained.value) tokens, \(waves.unfinished(inside: target.value)) inside \(target.value)"
    )
  }

  private func show(ids transform: any IndexTransform) throws {
    let length = window?.value ?? max(1, target.value * 3 / 10)
    guard length <= target.value || kind == "plain" else {
      throw UserError(
        "--window", "\(length) tokens do not fit the target of \(target.value)",
        remedy: "Choose a window up to the target.")
    }
    var random = RandomStream(seed: seed, name: "positions")
    let ids = transform.positions(
      segments: row(of: length), target: target.value, random: &random)
    let statistics = PositionStatistics(ids)
    if let out {
      let plain = kind == "plain" ? [] : [("plain", (0..<Int32(ids.count)).map { $0 })]
      let chart = LineChart(
        positions: [(kind, ids)] + plain, title: "Position ids of a row, \(kind)",
        source: "seed \(seed), target \(target.value) tokens")
      try PictureFile.write(chart, to: out)
    }
    if json { return printLine(frequencies: nil, ids: ids, statistics: statistics) }
    print(ids.map(String.init).joined(separator: " "))
    print(
      String(
        format: "%d ids, mean pair distance %.1f (target/3 is %.1f), mean run %.1f tokens",
        ids.count, statistics.meanPairDistance, Double(target.value) / 3, statistics.meanRun))
  }

  /// The segments repeated until the row is full; the last one is cut.
  private func row(of length: Int) -> [Int] {
    var row: [Int] = []
    var left = length
    while left > 0 {
      let next = min(left, segments.values[row.count % segments.values.count])
      row.append(next)
      left -= next
    }
    return row
  }

  private func printLine(
    frequencies: RotaryFrequencies?, ids: [Int32]?, statistics: PositionStatistics?
  ) {
    let plain = frequencies ?? RotaryFrequencies(headWidth: width, base: base.value)
    let line = JSONValue.object([
      ("event", .text("positions")), ("kind", .text(kind)),
      ("inverse_frequencies", .list(plain.inverse.map { .number($0) })),
      ("attention_factor", .number(plain.attentionFactor)), ("base", .number(plain.base)),
      ("ids", ids.map { .list($0.map { .integer(Int($0)) }) } ?? .null),
      ("mean_pair_distance", statistics.map { .number($0.meanPairDistance) } ?? .null),
      ("mean_run", statistics.map { .number($0.meanRun) } ?? .null),
    ])
    print(line.line)
  }
}
