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
import Workbench

/// What the workbench asks of this program: starting runs, forecasts, samples, files.
final class ProgramHost: WorkbenchHost, @unchecked Sendable {
  // Sendable: the lock guards `started`; everything else never changes.

  let vocabulary = RecipeVocabulary.needlepoint
  private let out: String
  private let threads: Int?
  private let lock = NSLock()
  private var started: TrainingRun?

  /// A host that makes run folders in `out`.
  init(out: String, threads: Int?) {
    self.out = out
    self.threads = threads
  }

  /// The run that was started last.
  var run: TrainingRun? { lock.withLock { started } }

  func start(_ document: RecipeDocument) throws -> any RunControl {
    let run = try TrainingRun(document, parent: out, threads: threads)
    lock.withLock { started = run }
    run.begin()
    return run
  }

  func plan(_ document: RecipeDocument) -> PlanReport {
    do {
      let recipe = try document.recipe(vocabulary, checksPaths: true)
      let prepared = try PreparedRun(recipe, pool: ThreadPool(threads: 1))
      let plan = RunPlan(prepared)
      let shape = prepared.description.shape
      let facts = ModelFacts(
        summary: "\(Double(plan.parameters).short)weights, \(shape.layers) layers, width "
          + "\(shape.width), vocabulary \(shape.vocabulary)",
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
    return readers.compactMap(RunSummary.init).sorted { $0.when > $1.when }
  }

  func records(ofRun path: String) -> [RunRecord] {
    (try? RunReader(path).records()) ?? []
  }

  func save(_ document: RecipeDocument) throws {
    try AtomicFile.write(document.text, to: document.file)
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
    let step = needles.last?.step
    let longest = needles.filter { $0.step == step }.map(\.length).max()
    let column = needles.filter { $0.step == step && $0.length == longest }
    let share = Proportion(
      column.reduce(0) { $0 + $1.correct }, of: column.reduce(0) { $0 + $1.trials })
    self.init(
      path: reader.path, name: manifest.experiment, when: manifest.started,
      status: reader.done?.status ?? (reader.writer == nil ? "stopped" : "running"),
      steps: last?.step ?? 0, tokens: last?.tokens ?? 0, loss: last?.loss,
      needle: column.isEmpty ? nil : share.score, seconds: last?.seconds ?? 0,
      checkpoint: reader.checkpointPaths.first)
  }
}
