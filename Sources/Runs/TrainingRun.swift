// The engine's thread and the run that it works on. Everything that decides the rest of the run is in
// `progress`, the weights and the moments; a checkpoint is those three, taken between two steps.

import Corpora
import Evaluation
import Foundation
import Kernels
import Models
public import Records
public import Recipes
package import RunStore
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
  public internal(set) var plan: RunPlan

  /// The resolved recipe with what was changed while it trained, YAML.
  var document: String
  let mailbox = Mailbox()
  /// The folder as its one writer; let go when the run is over, so that it can be resumed.
  var heldStore: RunFolder?
  let trainer: Trainer
  var progress: RunProgress
  var description: ModelDescription
  /// Results of the last evaluations by metric name, for the end of the run.
  var metrics: [NamedNumber] = []
  /// Weights for later merges that could not be written into the run folder.
  var keptWeights: [String: ParameterSet] = [:]
  /// The file of the last committed checkpoint.
  var lastCheckpoint = ""
  /// What the last committed checkpoint holds.
  var saved: RunProgress?
  /// The recipe in it.
  var savedDocument = ""
  /// Whether the step in work is to be the last one before a pause.
  var pausesAfterStep = false
  /// Saves in a row that failed.
  var failedCommits = 0
  /// What this process has measured of the run's speed.
  var session = SessionSpeed()
  private var isLogFailing = false
  /// Where screens of other processes knock, while the run is on.
  private var door: ControlSocket?

  /// Starts a new run: makes its folder, but trains only after `begin`.
  ///
  /// - Parameters:
  ///   - document: the recipe, with all edits.
  ///   - parent: folder in which the run folder is made.
  ///   - threads: threads of the engine; nil for the recipe's, else one for each core.
  /// - Throws: `UserErrors`, `UserError` or `StoreError`; then nothing was written.
  public convenience init(
    _ document: RecipeDocument, parent: String, threads: Int? = nil
  ) throws {
    try self.init(document, parent: parent, threads: threads, files: .real)
  }

  /// For tests: the same on a file system that may fail.
  package convenience init(
    _ document: RecipeDocument, parent: String, threads: Int? = nil, files: FileSystem
  ) throws {
    var notices: [String] = []
    let prepared = try PreparedRun(document, pool: threads.map { ThreadPool(threads: $0) }) {
      notices.append($0)
    }
    let text = try RecipeLocation.anchored(document, prepared.recipe).resolved(.needlepoint).text
    let store = try RunFolder.create(
      in: parent, recipe: text,
      manifest: .current(prepared, document: text, threads: prepared.transformer.pool.threads),
      files: files)
    try self.init(prepared, document: text, store: store)
    for text in notices { warn(text) }
  }

  init(_ prepared: PreparedRun, document: String, store: RunFolder) throws {
    self.prepared = prepared
    self.document = document
    heldStore = store
    folder = store.path
    plan = RunPlan(prepared)
    description = prepared.description
    progress = RunProgress(start: prepared.description)
    let anchors = prepared.anchors
    progress.anchors = anchors.isEmpty ? nil : anchors
    let first = prepared.stages.lazy.compactMap(\.training).first?.optimizer
    trainer = Trainer(prepared.transformer, optimizer: try first ?? optimizers.make("adamw"))
  }

  /// Starts the engine's thread.
  public func begin() {
    do {
      let mailbox = mailbox
      door = try ControlSocket(folder: folder) { line in
        if let command = RunCommand(jsonLine: line) { mailbox.send(command) }
        return mailbox.state.jsonLine
      }
    } catch {
      warn("no screen can attach to this run: \(error)")
    }
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

  /// The folder, while the run is not over.
  var store: RunFolder {
    get throws {
      guard let heldStore else { throw UserError(folder, "the run is over", kind: .work) }
      return heldStore
    }
  }

  /// Keeps a record and tells everyone.
  func post(_ record: RunRecord) {
    do {
      try heldStore?.append(record)
      isLogFailing = false
    } catch {
      // Once, not for each record while the disk is full.
      if !isLogFailing { mailbox.post(.notice(NoticeRecord(level: .warning, text: "\(error)"))) }
      isLogFailing = true
    }
    mailbox.post(record)
  }

  private func work() {
    let state: RunState
    do {
      post(.plan(plan.record(gflops: nil, at: progress)))
      try trainAllStages()
      try finish()
      state = .finished
    } catch let interruption as Interruption {
      state = end(interruption)
    } catch {
      state = fail(error)
    }
    // Before the folder is let go: its next trainer has a door of its own.
    door?.close()
    door = nil
    heldStore = nil
    mailbox.state = state
  }

  private func end(_ interruption: Interruption) -> RunState {
    do {
      if interruption == .stop {
        mailbox.state = .stopping
        try commit(.orFail)
      }
      post(.done(doneRecord(status: "stopped")))
      return .stopped
    } catch {
      return fail(error)
    }
  }

  private func fail(_ error: any Error) -> RunState {
    post(.notice(NoticeRecord(level: .error, text: "\(error)")))
    post(.done(doneRecord(status: "failed")))
    return .failed("\(error)")
  }

  /// Ends the loop from within a step border.
  enum Interruption: Error {
    /// Commit a checkpoint first.
    case stop
    /// Leave what is committed.
    case abandon

    /// What a command asks for.
    init(_ command: RunCommand) { self = command == .abandon ? .abandon : .stop }
  }

  /// Measures what came out, sees to it that all is saved, and seals the run.
  private func finish() throws {
    let isComplete = try evaluateAll(final: true)
    if let ending = mailbox.takeEnding(), !isComplete { throw Interruption(ending) }
    if saved?.stage != progress.stage { try commit(.beforeAllElse) }
    let record = doneRecord(status: "done")
    try store.finish(record)
    mailbox.post(.done(record))
  }

  private func doneRecord(status: String) -> DoneRecord {
    DoneRecord(
      status: status, path: lastCheckpoint, seconds: progress.seconds, tokens: progress.tokens,
      flops: progress.flops, final: metrics, peakBytes: ProcessMemory.peakBytes)
  }
}
