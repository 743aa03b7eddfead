import ArgumentParser
import Foundation
import Recipes
import Runs
import Support

/// `needlepoint merge MODEL MODEL --weight X --out FILE`: weight average.
struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Average two models, (1 - X) * first + X * second, or merge a model's adapters.",
    discussion: """
      Rotary frequencies, tokenizer and recipe are those of the first model, as LongRecipe keeps \
      the extended model's (arXiv:2409.00509, section 4.3). Without a second model the first one's \
      adapters are merged into its weights, in full precision also where it was trained beside \
      4-bit ones.
      """)

  @Argument(help: "Checkpoint or run folder that gives the rotary frequencies.")
  var first: String

  @Argument(help: "Checkpoint or run folder that is mixed in.")
  var second: String?

  @Option(
    help: ArgumentHelp(
      "The model that adapters beside 4-bit weights were trained from; the run keeps it beside its "
        + "checkpoints.", valueName: "model"))
  var onto: String?

  @Option(help: "Share of the second model, 0 to 1; beyond, extrapolation.")
  var weight = 0.5

  @Option(help: "Checkpoint to write (.h5).")
  var out: String

  @OptionGroup var shared: SharedOptions

  mutating func validate() throws {
    guard (-1...2).contains(weight) else {
      throw UserError(
        "--weight", "\(weight) is not in -1...2",
        remedy: "0.5 is usual; below 0 and above 1 the weights are extrapolated.")
    }
    try CheckpointName.check(out)
  }

  func run() throws {
    let pool = shared.makePool()
    if let second {
      _ = try MergedModel.write(first, second, weight: weight, to: { _ in out }, pool: pool) {
        shared.say($0)
      }
    } else {
      let model = try LoadedModel(first, pool: pool) { shared.say($0) }
      let original = try onto.map { try LoadedModel($0, pool: pool) { shared.say($0) } }
      try model.writeMerged(into: original, to: out)
    }
    shared.say("wrote \(out)")
  }
}
