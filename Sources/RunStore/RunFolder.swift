import Foundation
public import Records
import Synchronization
public import Tensors

/// A run folder held by the one trainer that writes it.
///
/// | file | holds |
/// |---|---|
/// | `manifest.json` | experiment, commit, toolchain, libraries, processor, threads, seed, recipe hash |
/// | `recipe.yaml` | the resolved recipe |
/// | `run.lock` | the trainer that writes here; empty when there is none |
/// | `records.jsonl` | every event, one JSON object a line, appended as it happens |
/// | `run.h5` | the series as columns (see `RunSeries`), rewritten at each checkpoint |
/// | `step-<12 digits>.h5`, `.seal` | checkpoints (see `Checkpoint`) |
/// | `DONE` | the final event, written last |
///
/// May be called from any thread; calls wait for one another.
public final class RunFolder: Sendable {
  /// The folder.
  public let path: String
  /// Sentences from opening it, such as a lock taken over from a dead trainer.
  public let notices: [String]

  private let lock: RunLock
  private let files: FileSystem
  private let state: Mutex<State>

  private struct State: ~Copyable {
    var log: RecordLog
    var series = RunSeries()
    var previous = ""
  }

  private var checkpoints: CheckpointFolder { CheckpointFolder(path: path, files: files) }

  private init(path: String, steal: Bool, files: FileSystem) throws(StoreError) {
    self.path = path
    self.files = files
    lock = try RunLock(folder: path, steal: steal, files: files)
    notices = lock.notice.map { [$0] } ?? []
    CheckpointFolder(path: path, files: files).sweep()
    state = Mutex(State(log: try RecordLog.open(folder: path, files: files)))
  }

  /// Makes the folder of a new run: `<parent>/<experiment>-<UTC start>-<first 8 of the recipe hash>`.
  ///
  /// - Parameters:
  ///   - parent: where runs go, such as `checkpoints`; made when missing.
  ///   - recipe: the resolved recipe, YAML.
  ///   - manifest: where and with what the run is made; its start is set here.
  ///   - files: the file system; tests pass a failing one.
  /// - Returns: the folder, locked until it is let go.
  /// - Throws: `StoreError.io`.
  public static func create(
    in parent: String, recipe: String, manifest: RunManifest, files: FileSystem = .real
  ) throws(StoreError) -> RunFolder {
    let now = UTCTime.now
    let allowed = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
    let experiment = String(manifest.experiment.map { allowed.contains($0) ? $0 : "-" }.prefix(100))
    let safe = experiment.hasPrefix(".") || experiment.isEmpty ? "run" + experiment : experiment
    let hash = TextDigest.sha256(recipe).prefix(8)
    let path = try makeFolder(parent, "\(safe)-\(now.compact)-\(hash)", files: files)
    var manifest = manifest
    manifest.started = now.readable
    let folder = try RunFolder(path: path, steal: false, files: files)
    try AtomicFile.write(recipe, to: "\(path)/recipe.yaml", files: files)
    try AtomicFile.write(manifest.json + "\n", to: "\(path)/manifest.json", files: files)
    try files.syncFolder(parent)
    return folder
  }

  /// Opens an existing run folder to go on with it; sweeps what a dead trainer left half done.
  ///
  /// - Parameters:
  ///   - path: the run folder.
  ///   - steal: go on also when a trainer of another machine is written down as its owner.
  ///   - files: the file system; tests pass a failing one.
  /// - Returns: the folder, locked until it is let go.
  /// - Throws: `StoreError.locked` when another trainer holds it, `notARun`, `io`.
  public static func open(
    _ path: String, steal: Bool = false, files: FileSystem = .real
  ) throws(StoreError) -> RunFolder {
    _ = try RunReader(path, files: files)
    return try RunFolder(path: path, steal: steal, files: files)
  }

  /// Appends an event to the log.
  ///
  /// It survives a crash of the program at once, a power cut from the
  /// next checkpoint on.
  ///
  /// - Throws: `StoreError.io`; the log then ends with the event before.
  public func append(_ record: RunRecord) throws(StoreError) {
    try withState { (state) throws(StoreError) in
      try state.log.append(record)
      state.series.append(record)
    }
  }

  /// Commits a checkpoint, appends its record, rewrites `run.h5`, removes old checkpoints.
  ///
  /// Everything appended before belongs to the checkpoint: a resumed run goes on after it.
  ///
  /// - Parameters:
  ///   - contents: what to save; `recordsLength` is set here.
  ///   - keep: how many checkpoints to keep; at least 2.
  /// - Returns: the record, and sentences about what failed after the commit.
  /// - Throws: `StoreError`; the checkpoints before are then untouched.
  public func commit(
    _ contents: CheckpointContents, keep: Int = 2
  ) throws(StoreError) -> (record: CheckpointRecord, notices: [String]) {
    let checkpoints = checkpoints
    let target = checkpoints.file(step: contents.step)
    return try withState { (state) throws(StoreError) in
      try state.log.sync()
      var contents = contents
      contents.recordsLength = state.log.length
      let written = try Checkpoint.write(
        contents, to: target, previous: state.previous, files: files)
      state.previous = written.sha256
      checkpoints.prune(keep: keep, committed: contents.step)
      let record = CheckpointRecord(step: contents.step, path: target, bytes: written.bytes)
      var notices: [String] = []
      do throws(StoreError) {
        try state.log.append(.checkpoint(record))
        try writeSeries(state.series)
      } catch {
        notices.append(error.description)
      }
      return (record, notices)
    }
  }

  /// Goes back to the newest valid checkpoint: reads it and cuts the log to what it knew.
  ///
  /// - Parameter layout: the tensors that the caller's model has; nil takes any.
  /// - Returns: its contents and path, and a sentence for everything that was passed over.
  /// - Throws: `StoreError.noCheckpoint` with the reasons when none can be used; then call `restart()`
  ///   to begin at step 0.
  public func resume(
    expecting layout: TensorLayout? = nil
  ) throws(StoreError) -> (contents: CheckpointContents, path: String, notices: [String]) {
    let found = try checkpoints.newest(expecting: layout, moments: true)
    let bytes = try files.digest(found.path)
    var notices = found.notices
    try withState { (state) throws(StoreError) in
      let wanted = found.contents.recordsLength
      if state.log.length < wanted {
        notices.append(
          "\(path)/records.jsonl: \(state.log.length) bytes found, \(wanted) at the checkpoint; "
            + "some records are lost.")
      } else {
        try state.log.truncate(to: wanted)
      }
      try state.log.append(
        .checkpoint(
          CheckpointRecord(step: found.contents.step, path: found.path, bytes: bytes.length)))
      state.series = RunSeries(try RecordLog.records(folder: path, files: files))
      state.previous = SHA256.hex(bytes.sha256)
    }
    return (found.contents, found.path, notices)
  }

  /// Empties the log, for a run that died before its first checkpoint and begins again at step 0.
  ///
  /// - Throws: `StoreError.io`.
  public func restart() throws(StoreError) {
    try withState { (state) throws(StoreError) in
      try state.log.truncate(to: 0)
      state.series = RunSeries()
      state.previous = ""
    }
  }

  /// Ends the run: appends the final event, rewrites `run.h5`, and writes `DONE` last.
  ///
  /// - Throws: `StoreError.io`; the run then counts as not done.
  public func finish(_ done: DoneRecord) throws(StoreError) {
    try withState { (state) throws(StoreError) in
      try state.log.append(.done(done))
      try state.log.sync()
      try writeSeries(state.series)
    }
    try AtomicFile.write(
      RunRecord.done(done).jsonLine + "\n", to: "\(path)/DONE", files: files)
  }

  // MARK: Pieces

  private func writeSeries(_ series: RunSeries) throws(StoreError) {
    let image = try StoreError.translating("\(path)/run.h5") { try series.image() }
    try AtomicFile.write(image, to: "\(path)/run.h5", files: files)
  }

  /// The state under its lock, with a typed error.
  private func withState<R>(
    _ body: (inout State) throws(StoreError) -> R
  ) throws(StoreError) -> R {
    let result: Result<R, StoreError> = state.withLock { state in
      do throws(StoreError) {
        return .success(try body(&state))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// Makes a folder of a new name; two runs that start in one second get numbers.
  private static func makeFolder(
    _ parent: String, _ name: String, files: FileSystem
  ) throws(StoreError) -> String {
    do {
      try FileManager.default.createDirectory(
        atPath: parent, withIntermediateDirectories: true)
    } catch {
      throw .io(path: parent, operation: .makeFolder, code: errno)
    }
    for number in 1...99 {
      let path = "\(parent)/\(name)" + (number == 1 ? "" : "-\(number)")
      do throws(StoreError) {
        _ = try files.attempt(.makeFolder, path) { _ in mkdir(path, 0o755) }
        return path
      } catch {
        guard case .io(_, _, EEXIST) = error else { throw error }
      }
    }
    throw .io(path: "\(parent)/\(name)", operation: .makeFolder, code: EEXIST)
  }
}
