// The engine's thread and the run that it works on. Everything that decides the rest of the run is in
// `progress`, the weights and the moments; a checkpoint is those three, taken between two steps.

import Corpora
import Evaluation
import Foundation
public import Kernels
import Models
public import Records
public import Recipes
import RunStore
import Support
import Tensors
import Training

/// A run of a recipe: it trains on a thread of its own and is driven by commands.
public final class TrainingRun: RunControl, @unchecked Sendable {
  // Sendable: `mailbox` has its own lock; everything else that changes is touched by the engine's
  // thread only, once `begin` was called.

  /// What was prepared.
  public let prepared: PreparedRun
  /// The run's folder.
  public let folder: String
  /// The forecast.
  public let plan: RunPlan

  /// The resolved recipe, YAML.
  let document: String
  let mailbox = Mailbox()
  let store: RunFolder
  let trainer: Trainer
  var progress: RunProgress
  var description: ModelDescription
  /// Result of the last evaluations by metric name, for the end of the run.
  var metrics: [NamedNumber] = []
  /// The file of the last committed checkpoint.
  var lastCheckpoint = ""
  /// Step of the last committed checkpoint.
  var lastCheckpointStep = -1

  /// Starts a new run: makes its folder, but trains only after `begin`.
  ///
  /// - Parameters:
  ///   - document: the recipe, with all edits.
  ///   - parent: folder in which the run folder is made.
  ///   - threads: threads of the engine; nil for the recipe's, else one for each core.
  /// - Throws: `RecipeFaults`, `UserError` or `StoreError`; then nothing was written.
  public convenience init(
    _ document: RecipeDocument, parent: String, threads: Int? = nil
  ) throws {
    let recipe = try document.recipe(.needlepoint, checksPaths: true)
    var notices: [String] = []
    let pool = ThreadPool(threads: threads ?? recipe.threads ?? Machine.coreCount)
    let prepared = try PreparedRun(recipe, pool: pool) { notices.append($0) }
    let text = try RecipeLocation.anchored(document, recipe).resolved(.needlepoint).text
    let store = try RunFolder.create(
      in: parent, recipe: text,
      manifest: .current(prepared, document: text, threads: pool.threads))
    try self.init(prepared, document: text, store: store, progress: RunProgress())
    for text in notices { warn(text) }
  }

  init(
    _ prepared: PreparedRun, document: String, store: RunFolder, progress: RunProgress
  ) throws {
    self.prepared = prepared
    self.document = document
    self.store = store
    self.progress = progress
    folder = store.path
    plan = RunPlan(prepared)
    description = prepared.description
    let first = prepared.stages.lazy.compactMap(\.training).first?.optimizer
    trainer = Trainer(prepared.transformer, optimizer: try first ?? optimizers.make("adamw"))
  }

  /// Starts the engine's thread.
  public func begin() {
    let thread = Thread { [self] in work() }
    thread.name = "engine"
    thread.stackSize = 8 << 20
    thread.start()
  }

  /// Waits until the run is over.
  public func wait() {
    mailbox.waitUntilOver()
  }

  /// See `RunControl`.
  public func send(_ command: RunCommand) { mailbox.send(command) }
  /// See `RunControl`.
  public func drain() -> [RunRecord] { mailbox.drain() }
  /// See `RunControl`.
  public var state: RunState { mailbox.state }
  /// See `RunControl`.
  public func onNews(_ wake: @escaping @Sendable () -> Void) { mailbox.onNews(wake) }

  /// Keeps a record and tells everyone.
  func post(_ record: RunRecord) {
    do {
      try store.append(record)
    } catch {
      mailbox.post(.notice(NoticeRecord(level: .warning, text: "\(error)")))
    }
    mailbox.post(record)
  }

  private func work() {
    do {
      post(.plan(plan.record(gflops: nil)))
      try trainAllStages()
      try finish(status: "done")
      mailbox.state = .finished
    } catch let interruption as Interruption {
      end(interruption)
    } catch {
      post(.notice(NoticeRecord(level: .error, text: "\(error)")))
      post(.done(doneRecord(status: "failed")))
      mailbox.state = .failed("\(error)")
    }
  }

  private func end(_ interruption: Interruption) {
    do {
      if interruption == .stop { try commit() }
      post(.done(doneRecord(status: "stopped")))
      mailbox.state = .stopped
    } catch {
      post(.notice(NoticeRecord(level: .error, text: "\(error)")))
      mailbox.state = .failed("\(error)")
    }
  }

  /// Ends the loop from within a step border.
  enum Interruption: Error {
    /// Commit a checkpoint first.
    case stop
    /// Leave what is committed.
    case abandon
  }

  private func finish(status: String) throws {
    try evaluate(final: true)
    if mailbox.isAskedToStop { throw Interruption.stop }
    description.shape.trainedContext = max(
      description.shape.trainedContext, prepared.recipe.target)
    try commit()
    let record = doneRecord(status: status)
    try store.finish(record)
    mailbox.post(.done(record))
  }

  private func doneRecord(status: String) -> DoneRecord {
    DoneRecord(
      status: status, path: lastCheckpoint, seconds: progress.seconds, tokens: progress.tokens,
      flops: progress.flops, final: metrics)
  }
}
