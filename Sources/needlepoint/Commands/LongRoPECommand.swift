import ArgumentParser
import Evaluation
import Foundation
import Models
import Positions
import Recipes
import Records
import Runs
import Support

/// `needlepoint longrope MODEL --target N`: searches the divisors of LongRoPE.
struct LongRoPECommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "longrope",
    abstract: "Search LongRoPE's divisor of each rotary pair, without training.",
    discussion: """
      Lists are tried by the model's loss on held-out rows of the target length, from YaRN's ramp on. \
      The result is a line for a recipe's stage. Published sizes are a population of 64 and 40 \
      rounds.
      """)

  @Argument(help: "Checkpoint or run folder.")
  var model: String

  @Option(help: "Context to reach in tokens.")
  var target: TokenCount

  @Option(help: "Lists of the first round.")
  var population = 16

  @Option(help: "Rounds after the first, each of half as many lists again.")
  var rounds = 8

  @Option(help: "Positions from 0 on that keep their angles.")
  var startTokens = 0

  @Option(help: "Rows of the target length that a list is tried on.")
  var rows = 5

  @Option(help: ArgumentHelp("Text file or folder, for a model of bytes.", valueName: "path"))
  var data: String?

  @Option(help: "Seed of the draws and the rows.")
  var seed: UInt64 = 1

  @OptionGroup var shared: SharedOptions

  mutating func validate() throws {
    for (name, value, most) in [
      ("--population", population, 10_000), ("--rounds", rounds, 10_000), ("--rows", rows, 10_000),
    ] where !(1...most).contains(value) {
      throw UserError(name, "\(value) is not in 1...\(most)", remedy: "Leave it out.")
    }
    guard (0...1 << 20).contains(startTokens) else {
      throw UserError(
        "--start-tokens", "\(startTokens) is not in 0...\(1 << 20)", remedy: "Leave it out.")
    }
  }

  func run() throws {
    let loaded = try LoadedModel(model, pool: shared.makePool()) { shared.say($0) }
    let shape = loaded.description.shape
    let subject = try EvaluationSubject(loaded, data: data)
    guard target.value > subject.trainedContext else {
      throw UserError(
        "--target", "\(target.value) is not above the trained context, \(subject.trainedContext)",
        remedy: "Choose a longer one.")
    }
    let window = try RotaryWindow(
      headWidth: shape.headWidth, base: shape.ropeBase, trainedContext: subject.trainedContext,
      targetContext: target.value)
    let size = LongRoPESearch.Size(population: population, rounds: rounds)
    var search = try LongRoPESearch(window, size: size, seed: seed)
    let signals = SignalWatch()
    var meter = WorkMeter(
      total: Double(size.trials), isShown: !shared.quiet && !shared.json)
    let best = try search.run(
      score: { factors in
        let loss = try loss(subject, window, factors)
        meter.advance(by: 1, "loss \(String(format: "%.4f", loss))")
        return loss
      },
      isCancelled: { signals.count > 0 },
      report: { round, best in
        guard shared.json else { return }
        print(Self.line("round \(round)", best))
      })
    meter.finish()
    if let status = signals.exitStatus { throw ExitCode(status) }
    if shared.json { return print(Self.line("best", best)) }
    let list = best.factors.map(Quantity.text).joined(separator: ", ")
    print(String(format: "loss at %d: %.4f nats", target.value, best.score))
    let start = startTokens > 0 ? "start_tokens: \(startTokens), " : ""
    print("rope: { kind: longrope, \(start)factors: [\(list)] }")
  }

  /// The loss at the target under a list of divisors.
  private func loss(
    _ subject: EvaluationSubject, _ window: RotaryWindow, _ factors: [Double]
  ) throws -> Double {
    let frequencies = try frequencyTransforms.make(
      LongRoPE.kind.name, ["factors": .reals(factors), "start_tokens": .integer(startTokens)]
    ).frequencies(
      headWidth: window.headWidth, base: window.base, trainedContext: window.trainedContext,
      targetContext: window.targetContext)
    subject.model.setRotary(frequencies)
    let task = try evaluationTasks.make(
      HeldOutLoss.kind.name,
      [
        "sequence": .integer(target.value), "tokens": .integer(rows * target.value),
        "seed": .integer(Int(seed)),
      ])
    var loss = Double.infinity
    try task.measure(
      subject, EvaluationMonitor(cell: { _ in }, figure: { _, record in loss = record.value }))
    return loss
  }

  private static func line(_ round: String, _ best: LongRoPESearch.Candidate) -> String {
    JSONValue.object([
      ("event", .text("longrope")), ("round", .text(round)), ("loss", .number(best.score)),
      ("factors", .list(best.factors.map { .number($0) })),
    ]).line
  }
}
