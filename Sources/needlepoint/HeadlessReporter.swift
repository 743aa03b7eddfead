// A run without a screen: progress with ETA on stderr, heatmaps as text and the end on stdout; with
// --json the records themselves on stdout.

import Foundation
import Models
import Pictures
import Recipes
import Records
import Runs
import Support

/// Shows a run on plain output until it is over, and stops it cleanly at a signal.
final class HeadlessReporter {
  private let run: TrainingRun
  private let options: SharedOptions
  private var progress: ProgressLine
  private var cells: [NeedleRecord] = []
  /// True when the run's plan was shown; later ones only correct what is left.
  private var hasPlan = false

  /// A reporter of a run.
  init(_ run: TrainingRun, options: SharedOptions) {
    self.run = run
    self.options = options
    progress = ProgressLine(isShown: !options.quiet && !options.json)
    // A run that left its screen has told its plan already.
    progress.totalTokens = run.plan.tokens
  }

  /// Follows a run that has begun and returns its exit status when it is over.
  func follow() -> Int32 {
    let signals = SignalWatch()
    options.say("run \(run.folder)")
    while true {
      let isOver = run.state.isOver
      for record in run.drain() { show(record) }
      if isOver { break }
      if let signal = signals.next() { stop(for: signal, signals) }
      Thread.sleep(forTimeInterval: 0.05)
    }
    showHeatmap()
    progress.clear()
    if case .failed(let reason) = run.state {
      Talk.say(reason)
      return 1
    }
    return signals.exitStatus ?? 0
  }

  private func stop(for signal: Int32, _ signals: SignalWatch) {
    if signals.count > 1 {
      // The committed checkpoint is whole whatever happens now.
      progress.clear()
      Talk.say("stopped at once; go on with: needlepoint resume \(run.folder)")
      Foundation.exit(signals.exitStatus ?? 130)
    }
    options.say("\nstopping after this step; a second signal stops at once")
    run.send(.stop)
  }

  private func show(_ record: RunRecord) {
    if options.json {
      print(record.jsonLine)
      fflush(nil)
      return
    }
    switch record {
    case .plan(let plan): show(plan)
    case .step(let step): progress.show(step, stages: run.prepared.recipe.stages.count)
    case .needle(let cell):
      if let first = cells.first, first.step != cell.step || first.task != cell.task {
        showHeatmap()
      }
      cells.append(cell)
    case .stage(let stage):
      showHeatmap()
      progress.clear()
      options.say(stage.text)
    case .evaluation(let figure):
      showHeatmap()
      progress.clear()
      print(
        "step \(figure.step ?? 0)  \(figure.metric): "
          + String(format: "%.4f [%.4f, %.4f]", figure.value, figure.low, figure.high))
    case .checkpoint(let checkpoint):
      progress.clear()
      options.say("checkpoint \(checkpoint.path)  \((checkpoint.bytes >> 10).grouped) KiB")
    case .edit(let edit):
      options.say("step \(edit.step): \(edit.path) \(edit.old) -> \(edit.new)")
    case .notice(let notice):
      progress.clear()
      options.log(notice)
    case .ledger: break  // In words at the end of the stage.
    case .done(let done): showEnd(done)
    }
  }

  private func show(_ plan: PlanRecord) {
    let isFirst = !hasPlan
    hasPlan = true
    progress.totalTokens = plan.tokens
    progress.clear()
    if let seconds = plan.seconds {
      options.say(String(format: "plan: about %.0f s in all at this speed", seconds))
    } else if isFirst {
      options.say(
        "plan: \(plan.stages) stages, \(plan.tokens.grouped) tokens, "
          + "\(plan.flops.short)FLOP, \((plan.peakBytes >> 20).grouped) MiB at most, "
          + "recompute \(plan.recompute)")
    }
  }

  private func showHeatmap() {
    guard !cells.isEmpty, !options.json else { return }
    progress.clear()
    let recipe = run.prepared.recipe
    let map = Heatmap(
      cells, trainedContext: run.prepared.description.shape.trainedContext,
      targetContext: recipe.target)
    print(map.text(width: 100, glyphs: PlainOutput.glyphs))
    fflush(nil)
    cells = []
  }

  private func showEnd(_ done: DoneRecord) {
    showHeatmap()
    progress.clear()
    for metric in done.final {
      print("\(metric.name)  \(String(format: "%.4f", metric.value))")
    }
    print(
      "\(done.status): \(done.tokens.grouped) tokens, \(done.flops.short)FLOP, "
        + String(format: "%.1f s", done.seconds))
    if !done.path.isEmpty { print("checkpoint: \(done.path)") }
    if done.status == "stopped" {
      options.say("go on with: needlepoint resume \(run.folder)")
    }
  }
}
