import Corpora
import Foundation
import Kernels
import Models
import Panes
import Queues
import Records
import Recipes
import RunStore
import Runs
import Support
import Terminal
import Workbench

/// What the workbench asks of this program: starting runs, forecasts, samples, files.
final class ProgramHost: WorkbenchHost, @unchecked Sendable {
  // Sendable: the lock guards `started` and `knownRuns`, the worker owns `shelf` and `speeds`;
  // everything else never changes.

  let vocabulary = RecipeVocabulary.needlepoint
  /// Folder of the run folders.
  let out: String
  private let threads: Int?
  private let lock = NSLock()
  private var started: TrainingRun?
  private let shelf: ModelShelf
  private var speeds: [(layer: TrainingSpeed, gflops: Double)] = []
  private var knownRuns: [String: (bytes: Int, summary: RunSummary)] = [:]

  /// A host that makes run folders in `out`.
  init(out: String, threads: Int?) {
    self.out = out
    self.threads = threads
    shelf = ModelShelf(out)
  }

  /// The run that was started last.
  var run: TrainingRun? { lock.withLock { started } }

  func start(_ document: RecipeDocument, folder: String? = nil) throws -> StartedRun {
    // Threads inherit the priority of the one that makes them: the engine's stand behind the screen's,
    // which then answers keys at once while both cores train.
    let made = Handover<Result<(TrainingRun, [RunRecord]), any Error>>()
    let thread = Thread { [out, threads] in
      setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 5)
      made.give(
        Result {
          guard let folder else {
            let run = try TrainingRun(document, parent: out, threads: threads)
            run.begin()
            return (run, [])
          }
          let run = try TrainingRun.resume(folder, threads: threads)
          // What it says while it opens stands in the log already.
          _ = run.drain()
          let records = (try? RunReader(folder).records()) ?? []
          run.begin()
          return (run, records)
        })
    }
    thread.name = "starter"
    thread.stackSize = 8 << 20
    thread.start()
    let (run, records) = try made.take().get()
    lock.withLock { started = run }
    return StartedRun(
      run, folder: run.folder, trained: run.prepared.description.shape.trainedContext,
      records: records)
  }

  func sweep(_ document: RecipeDocument) throws -> PlannedSweep {
    try PlannedSweep(document, parent: out)
  }

  func table(arms: [String], runs: [(arm: String, folder: String)]) -> SweepTable {
    SweepTable(arms: arms, runs: runs)
  }

  func models() -> [ModelFile] { shelf.files() }

  func merge(_ first: String, _ second: String, weight: Double) throws -> String {
    try shelf.merge(first, second, weight: weight)
  }

  func plan(_ document: RecipeDocument) -> PlanReport {
    do {
      let prepared = try PreparedRun(document, pool: ThreadPool(threads: 1), isForecast: true)
      let recipe = prepared.recipe
      let plan = RunPlan(prepared)
      let shape = prepared.description.shape
      let facts = ModelFacts(
        summary: "\(Format.number(Double(plan.parameters))) weights, \(shape.layers) layers, "
          + "width \(shape.width)",
        trainedContext: shape.trainedContext, headWidth: shape.headWidth,
        ropeBase: shape.ropeBase)
      return PlanReport(
        plan: RecipePlanFace(
          tokens: plan.tokens, flops: plan.flops + plan.evaluationFlops, peakBytes: plan.peakBytes,
          seconds: speed(prepared).map { (plan.flops + plan.evaluationFlops) / ($0 * 1e9) }),
        model: facts, sources: summaries(recipe),
        warnings: RecipeWarning.all(recipe, model: facts))
    } catch let faults as UserErrors {
      return PlanReport(
        plan: RecipePlanFace(faults: faults.errors.map(\.description)), model: nil)
    } catch {
      return PlanReport(plan: RecipePlanFace(faults: ["\(error)"]), model: nil)
    }
  }

  /// The speed of the recipe's model, measured once; nil while a run has the cores, or where it takes long.
  private func speed(_ run: PreparedRun) -> Double? {
    guard let layer = TrainingSpeed(run) else { return nil }
    if let known = speeds.first(where: { $0.layer == layer }) { return known.gflops }
    guard self.run?.state.isOver ?? true else { return nil }
    let pool = ThreadPool(threads: run.recipe.threads ?? threads ?? Machine.coreCount)
    guard let gflops = try? layer.measure(pool) else { return nil }
    speeds.append((layer, gflops))
    return gflops
  }

  private func summaries(_ recipe: Recipe) -> [String: String] {
    var lines: [String: String] = [:]
    for kind in vocabulary[.source] { lines[kind.name] = kind.summary }
    for source in recipe.sources {
      lines[source.name] = source.component.settings.text("path") ?? source.component.kind
    }
    return lines
  }

  func recipes() -> [RecipeListing] { Shipped.recipes() }

  func document(at path: String) throws -> RecipeDocument { try RecipeLocation.document(path) }

  func feed(_ document: RecipeDocument) throws -> [String: FedStage] {
    try FedStage.all(document)
  }

  func runs(_ found: ([RunSummary]) -> Void) {
    let readers = RunReader.all(in: out).map { ($0, (try? $0.manifest())?.started ?? "") }
      .sorted { $0.1 > $1.1 }.map(\.0)
    var list: [RunSummary] = []
    var told = ContinuousClock.now
    for reader in readers {
      if let summary = summary(reader) { list.append(summary) }
      // Long logs take a while to read: what is known is shown meanwhile.
      if ContinuousClock.now - told > .milliseconds(150) {
        told = .now
        found(list)
      }
    }
    found(list)
  }

  /// The summary of a run; a log that has not grown is not read again.
  private func summary(_ reader: RunReader) -> RunSummary? {
    let bytes = reader.recordBytes
    if var known = lock.withLock({ knownRuns[reader.path] }), known.bytes == bytes {
      known.summary.status = reader.status
      known.summary.checkpoints = reader.checkpointPaths
      return known.summary
    }
    guard let summary = try? RunSummary(reader) else { return nil }
    lock.withLock { knownRuns[reader.path] = (bytes, summary) }
    return summary
  }

  func run(at path: String) -> PastRun? { try? PastRun(path) }

  func export(_ picture: PictureRequest) throws -> [String] {
    switch picture.content {
    case .table: return try Drawing.write(picture, to: out, source: "")
    case .wavelengths(_, let recipe), .positions(_, let recipe):
      return try Drawing.write(picture, to: out + "/pictures", source: "recipe \(recipe)")
    case .chart, .heatmap: break
    }
    let first = picture.runs.first?.paths[0] ?? run?.folder
    let sources = picture.runs.flatMap { shown in
      shown.paths.map { path in
        let path = path ?? run?.folder ?? shown.name
        return "run " + (path.split(separator: "/").last.map(String.init) ?? path)
      }
    }
    return try Drawing.write(
      picture, to: (first ?? out) + "/pictures", source: sources.joined(separator: "; "))
  }

  func save(_ document: RecipeDocument) throws {
    try AtomicFile.write(document.text, to: document.file)
  }
}

/// One value from one thread to another that waits for it.
private final class Handover<Value: Sendable>: @unchecked Sendable {
  // Sendable: `value` is written before the signal and read after it.
  private let ready = DispatchSemaphore(value: 0)
  private var value: Value?

  func give(_ value: Value) {
    self.value = value
    ready.signal()
  }

  func take() -> Value {
    while true {
      ready.wait()
      if let value { return value }
    }
  }
}
