import ArgumentParser
import Panes
import Pictures
import Recipes
import Records
import Support
import Workbench

/// `needlepoint draw RUN..`: the pictures of the workbench, from the command line.
struct DrawCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "draw",
    abstract: "Draw curves or the needle heatmap of runs into a file, fit for a paper.",
    discussion: """
      Curves of several runs lie over each other. A heatmap of two runs, or one with --against, is \
      the signed difference of the first one to the other; colour marks cells whose 95 % intervals \
      do not overlap.
      """)

  @Argument(help: "Run folders.")
  var runs: [String]

  @Option(help: "loss, rate, gradient_norm, throughput, the name of a source, or needle.")
  var show = "loss"

  @Option(
    help: ArgumentHelp("Picture or table to write.", valueName: "file.csv|.svg|.png|.txt|.json"))
  var out: String

  @Option(help: "What lies along x: steps, tokens or time.")
  var x: Budget = .steps

  @Flag(help: "Log x.")
  var logX = false

  @Flag(help: "Log y.")
  var logY = false

  @Option(help: "Half-life of the smoothing of losses, in steps; 0 for none.")
  var halfLife = RunHistory.usualHalfLife

  @Flag(
    help: "Runs whose names differ by the seed at their end, as those of a sweep, become one curve."
  )
  var mean = false

  @Option(help: "Task of the heatmap; the one of the newest evaluation when absent.")
  var task: String?

  @Option(help: "Step of the heatmap; the newest evaluation when absent.")
  var step: Int?

  @Option(help: "Step that the heatmap is held against, of the second run when there is one.")
  var against: Int?

  @Flag(help: "No talk on stderr; errors are still told.")
  var quiet = false

  mutating func validate() throws {
    try PictureFile.check(out)
    guard Budget.axes.contains(x) else {
      throw UserError("--x", "\(x.rawValue) is no axis", remedy: "Use steps, tokens or time.")
    }
    guard halfLife >= 0, halfLife.isFinite else {
      throw UserError("--half-life", "\(halfLife) is below 0", remedy: "8 is usual.")
    }
  }

  func run() throws {
    let past = try runs.map { try PastRun($0) }
    let request =
      show == "needle"
      ? PictureRequest(
        .heatmap(try heatmap(past)), runs: past.map { PictureRequest.Run(meanOf: [$0]) })
      : try chart(past)
    try Drawing.write(
      request, file: out, source: past.map(\.caption).joined(separator: "; "))
    if !quiet { Talk.say("wrote \(out)") }
  }

  private func chart(_ past: [PastRun]) throws -> PictureRequest {
    var view = ChartView()
    view.curve =
      switch show {
      case "loss": .loss
      case "rate": .rate
      case "gradient_norm": .gradientNorm
      case "throughput": .throughput
      default: .source(show)
      }
    (view.unit, view.logarithmicX, view.logarithmic) = (x, logX, logY)
    guard past.contains(where: { view.curve.series(in: $0.history)?.raw.count ?? 0 > 0 }) else {
      let sources = past.flatMap { $0.history.sources.map(\.name) }
      let known = ["loss", "rate", "gradient_norm", "throughput", "needle"] + sources
      throw UserError(
        "--show", "no run has a curve \"\(show)\"",
        remedy: Suggestion.sentence(for: show, among: known))
    }
    let smoothed = past.map { run in
      var run = run
      run.history.smooth(halfLife: halfLife)
      return run
    }
    return PictureRequest(
      .chart(view), runs: curves(smoothed).map { PictureRequest.Run(meanOf: $0) })
  }

  /// The runs of each curve, in the order of their first ones.
  private func curves(_ runs: [PastRun]) -> [[PastRun]] {
    guard mean else { return runs.map { [$0] } }
    let names = runs.map(\.nameWithoutSeed)
    return names.indices.filter { names.firstIndex(of: names[$0]) == $0 }.map { first in
      runs.indices.filter { names[$0] == names[first] }.map { runs[$0] }
    }
  }

  private func heatmap(_ past: [PastRun]) throws -> NeedleMap {
    guard past.count <= 2 else {
      throw UserError(
        "draw", "\(past.count) runs have no difference", remedy: "Name one run or two.")
    }
    let first = past[0]
    let shown = try evaluation(of: first, at: step, task: task, option: "--step")
    var reference: NeedleEvaluation?
    if past.count == 2 {
      reference = try evaluation(of: past[1], at: against, task: shown.task, option: "--against")
      reference?.run = past[1].summary.name
    } else if let against {
      reference = try evaluation(of: first, at: against, task: shown.task, option: "--against")
    }
    return NeedleMap(
      evaluations: [shown], shown: 0, axes: first.history.axes[shown.task] ?? NeedleAxes(),
      trained: first.trained, target: first.target, reference: reference)
  }

  private func evaluation(
    of run: PastRun, at step: Int?, task: String? = nil, option: String
  ) throws -> NeedleEvaluation {
    let all = run.history.evaluations.filter { task == nil || $0.task == task }
    guard !all.isEmpty else {
      let known = Set(run.history.evaluations.map(\.task)).sorted().joined(separator: ", ")
      throw UserError(
        run.summary.path, "it has no needle evaluation\(task.map { " of \($0)" } ?? "")",
        remedy: known.isEmpty
          ? "needlepoint needle measures one of its checkpoints." : "It has: \(known).")
    }
    guard let step else { return all[all.count - 1] }
    guard let found = all.last(where: { $0.step == step }) else {
      let steps = all.compactMap(\.step).map(String.init).joined(separator: ", ")
      throw UserError(option, "no evaluation at step \(step)", remedy: "There are: \(steps).")
    }
    return found
  }
}

extension PastRun {
  /// Name, folder and seed, for captions.
  var caption: String {
    let seed = seed.map { ", seed \($0)" } ?? ""
    let folder = summary.path.split(separator: "/").last.map(String.init) ?? summary.path
    return "run \(folder)\(seed)"
  }
}
