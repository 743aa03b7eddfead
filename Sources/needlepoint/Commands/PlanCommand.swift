import ArgumentParser
import Foundation
import Kernels
import Models
import Positions
import Recipes
import Records
import Runs
import Support
import Terminal

/// `needlepoint plan RECIPE`: FLOPs, tokens, memory, disk and time before anything starts.
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Tell what a recipe will take, before anything starts.")

  @Argument(help: "Recipe file, experiment folder, or text file or folder.")
  var recipe: String

  @Option(
    help: ArgumentHelp("Changes a field of the recipe by its key path.", valueName: "path=value"))
  var set: [String] = []

  @OptionGroup var shared: SharedOptions

  /// Whether the rotary base serves the target, and the smallest one that does.
  private static func baseBound(
    _ rotary: RotaryFrequencies, _ shape: LlamaShape, _ target: Int
  ) -> String {
    let base = Quantity.text(rotary.base.rounded())
    guard let distance = BaseBound.firstNegative(rotary, context: target) else {
      return "\(base) favours like keys at all of \(target.grouped) tokens"
    }
    let smallest = BaseBound.smallest(headWidth: shape.headWidth, context: target)
    let bound =
      smallest.map { "\(Quantity.text($0.rounded())) is the smallest that does" }
      ?? "no base up to 1e11 does"
    return
      "\(base) favours like keys up to \(distance.grouped) of \(target.grouped) tokens; \(bound)"
  }

  func run() throws {
    var document = try RecipeLocation.document(recipe)
    for change in set { document = try document.applying(change) }
    let prepared = try PreparedRun(document, pool: shared.makePool(), isForecast: true) {
      shared.say($0)
    }
    let checked = prepared.recipe
    let plan = RunPlan(prepared)
    let record = plan.record(gflops: nil)
    guard !shared.json else { return print(RunRecord.plan(record).jsonLine) }
    print("\(checked.name)  \(plan.parameters.grouped) weights")
    for (stage, settings) in zip(plan.stages, checked.stages) {
      if let merge = settings.merge {
        print(
          "  \(stage.name): \(Quantity.text(merge.weight)) of the weights of \(merge.with), the rest its own"
        )
        continue
      }
      print(
        "  \(stage.name): \(stage.steps.grouped) steps of \(stage.rows) x \(stage.sequence) tokens,"
          + " \(stage.tokens.grouped) tokens, \(stage.flops.short)FLOP"
          + (stage.trained == plan.parameters || stage.trained == 0
            ? "" : ", trains \(stage.trained.grouped) weights"))
    }
    print("training     \(plan.tokens.grouped) tokens, \(plan.flops.short)FLOP")
    print("evaluations  \(plan.evaluationFlops.short)FLOP")
    print(
      "memory       \((plan.peakBytes >> 20).grouped) MiB at most, recompute "
        + plan.recomputation.rawValue)
    print("disk         \((plan.diskBytes >> 20).grouped) MiB")
    print("time         " + (try time(plan, prepared)))
    let shape = prepared.description.shape
    let unfinished = Wavelengths(prepared.description.rotary).unfinished(
      inside: shape.trainedContext)
    print(
      "rope         \(unfinished) of \(shape.headWidth / 2) pairs never turn inside the trained "
        + "\(shape.trainedContext.grouped) tokens")
    print("base         " + Self.baseBound(prepared.finalRotary, shape, checked.target))
    if checked.sweep != nil { try showSweep(document) }
  }

  /// How long it takes by the speed of one layer, measured now; of a layer that would take too long to
  /// measure, by a third of the machine's peak.
  private func time(_ plan: RunPlan, _ run: PreparedRun) throws -> String {
    let operations = (plan.flops + plan.evaluationFlops) / 1e9
    let pool = run.transformer.pool
    guard let layer = TrainingSpeed(run) else {
      let peak = Machine.peakGFLOPS(threads: pool.threads, precision: run.transformer.precision)
      return
        "\(Format.duration(3 * operations / peak)) at \(Format.number(peak / 3)) GFLOP/s, a third of "
        + "this machine's peak"
    }
    let speed = try layer.measure(pool)
    return
      "\(Format.duration(operations / speed)) at \(Format.number(speed)) GFLOP/s, measured on one "
      + "of its layers"
  }

  /// What each arm of the recipe's sweep takes, and all of them.
  private func showSweep(_ document: RecipeDocument) throws {
    let runs = try document.sweepRuns(.needlepoint)
    var all = 0.0
    for (arm, seeds) in Dictionary(grouping: runs, by: \.arm).sorted(by: { $0.key < $1.key }) {
      let recipe = try seeds[0].document.recipe(.needlepoint)
      let plan = RunPlan(
        try PreparedRun(recipe, pool: shared.makePool(), isForecast: true) { _ in })
      let flops = plan.flops + plan.evaluationFlops
      all += Double(seeds.count) * flops
      print("arm          \(arm): \(seeds.count) runs of \(flops.short)FLOP, evaluations included")
    }
    print("sweep        \(runs.count) runs, \(all.short)FLOP")
  }
}
