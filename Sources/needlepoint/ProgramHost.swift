import Corpora
import Foundation
import Kernels
import Models
import Panes
import Records
import Recipes
import RunStore
import Runs
import Support
import Terminal
import Workbench

/// What the workbench asks of this program: starting runs, forecasts, samples, files.
final class ProgramHost: WorkbenchHost, @unchecked Sendable {
  // Sendable: the lock guards `started` and `knownRuns`; everything else never changes.

  let vocabulary = RecipeVocabulary.needlepoint
  private let out: String
  private let threads: Int?
  private let lock = NSLock()
  private var started: TrainingRun?
  private var knownRuns: [String: RunSummary] = [:]

  /// A host that makes run folders in `out`.
  init(out: String, threads: Int?) {
    self.out = out
    self.threads = threads
  }

  /// The run that was started last.
  var run: TrainingRun? { lock.withLock { started } }

  func start(_ document: RecipeDocument) throws -> any RunControl {
    // Threads inherit the priority of the one that makes them: the engine's stand behind the screen's,
    // which then answers keys at once while both cores train.
    let made = Handover<Result<TrainingRun, any Error>>()
    let thread = Thread { [out, threads] in
      setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 5)
      made.give(
        Result {
          let run = try TrainingRun(document, parent: out, threads: threads)
          run.begin()
          return run
        })
    }
    thread.name = "starter"
    thread.stackSize = 8 << 20
    thread.start()
    let run = try made.take().get()
    lock.withLock { started = run }
    return run
  }

  func plan(_ document: RecipeDocument) -> PlanReport {
    do {
      let recipe = try document.recipe(vocabulary, checksPaths: true)
      let prepared = try PreparedRun(recipe, pool: ThreadPool(threads: 1), isForecast: true)
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
          seconds: nil),
        model: facts, sources: summaries(recipe))
    } catch let faults as RecipeFaults {
      return PlanReport(
        plan: RecipePlanFace(faults: faults.faults.map(\.description)), model: nil)
    } catch {
      return PlanReport(plan: RecipePlanFace(faults: ["\(error)"]), model: nil)
    }
  }

  private func summaries(_ recipe: Recipe) -> [String: String] {
    var lines: [String: String] = [:]
    for kind in vocabulary[.source] { lines[kind.name] = kind.summary }
    for source in recipe.sources {
      lines[source.name] = source.component.settings.text("path") ?? source.component.kind
    }
    return lines
  }

  func samples(of source: String, in document: RecipeDocument) -> [String] {
    guard let recipe = try? document.recipe(vocabulary) else { return [] }
    return (try? SourceSamples.texts(of: source, in: recipe, count: 3)) ?? []
  }

  func runs() -> [RunSummary] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: out)) ?? []
    let readers = names.compactMap { try? RunReader(out + "/" + $0) }
    return readers.compactMap(summary).sorted { $0.when > $1.when }
  }

  /// The summary of a run; a finished one is read once, for its records never change again.
  private func summary(_ reader: RunReader) -> RunSummary? {
    if let known = lock.withLock({ knownRuns[reader.path] }) { return known }
    guard let summary = RunSummary(reader) else { return nil }
    if reader.done != nil { lock.withLock { knownRuns[reader.path] = summary } }
    return summary
  }

  func records(ofRun path: String) -> [RunRecord] {
    (try? RunReader(path).records()) ?? []
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

extension RunSummary {
  /// The summary of a run folder; nil when it cannot be read.
  init?(_ reader: RunReader) {
    guard let manifest = try? reader.manifest(), let records = try? reader.records() else {
      return nil
    }
    var last: StepRecord?
    var needles: [NeedleRecord] = []
    for record in records {
      switch record {
      case .step(let step): last = step
      case .needle(let cell): needles.append(cell)
      default: break
      }
    }
    // At the target of its recipe: beyond it a run promised nothing.
    let target = (try? reader.recipe()).flatMap(Self.target)
    let step = needles.last?.step
    let longest = needles.filter { $0.step == step && $0.length <= target ?? .max }
      .map(\.length).max()
    let column = needles.filter { $0.step == step && $0.length == longest }
    let share = Proportion(
      column.reduce(0) { $0 + $1.correct }, of: column.reduce(0) { $0 + $1.trials })
    self.init(
      path: reader.path, name: manifest.experiment, when: Self.shown(manifest.started),
      status: reader.done?.status ?? (reader.writer == nil ? "stopped" : "running"),
      steps: last?.step ?? 0, tokens: last?.tokens ?? 0, loss: last?.loss,
      needle: column.isEmpty ? nil : share.score, seconds: last?.seconds ?? 0,
      checkpoint: reader.checkpointPaths.first)
  }

  private static func target(_ recipe: String) -> Int? {
    guard let document = try? RecipeDocument(text: recipe, file: "recipe.yaml") else { return nil }
    return try? document.recipe(.needlepoint).target
  }

  /// `2026-11-21T03:05:22Z` as `2026-11-21 03:05`.
  private static func shown(_ time: String) -> String {
    String(time.prefix(16)).replacing("T", with: " ")
  }
}
