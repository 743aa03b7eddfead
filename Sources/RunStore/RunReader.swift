import Foundation
public import Records
public import Tensors

/// A run folder seen from outside: reads while a trainer writes, and never writes itself.
public struct RunReader: Sendable {
  /// The folder.
  public let path: String
  private let files: FileSystem

  /// Looks at a run folder.
  ///
  /// - Throws: `StoreError.notARun` when it has no `manifest.json` or no `recipe.yaml`.
  public init(_ path: String, files: FileSystem = .real) throws(StoreError) {
    for name in ["manifest.json", "recipe.yaml"] where !files.exists("\(path)/\(name)") {
      throw .notARun(path: path, missing: name)
    }
    self.path = path
    self.files = files
  }

  /// True when a path is a folder that looks like a run.
  public static func isRun(_ path: String) -> Bool {
    (try? RunReader(path)) != nil
  }

  /// Where and with what the run was made.
  ///
  /// - Throws: `StoreError.damaged` when `manifest.json` is no JSON object, `StoreError.io`.
  public func manifest() throws(StoreError) -> RunManifest {
    let file = "\(path)/manifest.json"
    let text = String(decoding: try files.contents(file), as: UTF8.self)
    guard let manifest = RunManifest(json: text) else {
      throw .damaged(path: file, reason: "it is no JSON object")
    }
    return manifest
  }

  /// The resolved recipe, YAML.
  ///
  /// - Throws: `StoreError.io`.
  public func recipe() throws(StoreError) -> String {
    String(decoding: try files.contents("\(path)/recipe.yaml"), as: UTF8.self)
  }

  /// All events, oldest first; a torn last line and events of newer versions are left out.
  ///
  /// - Throws: `StoreError.io`.
  public func records() throws(StoreError) -> [RunRecord] {
    try RecordLog.records(folder: path, files: files)
  }

  /// The events from a byte of the log on, for following a run in work.
  ///
  /// - Parameter offset: where the last call ended; 0 at first.
  /// - Returns: whole lines only, and where to go on.
  /// - Throws: `StoreError.io`.
  public func records(from offset: Int) throws(StoreError) -> (records: [RunRecord], end: Int) {
    // A run that was resumed has cut its log back: then all of it is news.
    try RecordLog.records(
      folder: path, files: files, from: offset <= recordBytes ? offset : 0)
  }

  /// Bytes of its events so far: when they have not changed, nor have the events.
  public var recordBytes: Int {
    var facts = stat()
    return stat("\(path)/records.jsonl", &facts) == 0 ? Int(facts.st_size) : 0
  }

  /// The final event; nil while the run is not done.
  public var done: DoneRecord? {
    guard let bytes = try? files.contents("\(path)/DONE"),
      case .done(let record) = RunRecord(
        jsonLine: String(decoding: bytes, as: UTF8.self)
          .trimmingCharacters(in: .whitespacesAndNewlines))
    else { return nil }
    return record
  }

  /// The trainer that holds the folder now, as a phrase; nil when none does.
  public var writer: String? { RunLock.holder(of: path) }

  /// Files of its checkpoints, newest first, whether they are valid or not.
  public var checkpointPaths: [String] {
    let folder = CheckpointFolder(path: path, files: files)
    return folder.steps.map(folder.file)
  }

  /// Reads the newest checkpoint that passes all checks.
  ///
  /// - Parameters:
  ///   - layout: the tensors that the caller's model has; nil takes any.
  ///   - moments: false leaves the optimizer's moments on the disk.
  /// - Returns: contents and path, and a sentence for every newer one that was passed over.
  /// - Throws: `StoreError.noCheckpoint` with the reasons when none can be used; `newerFormat`,
  ///   `shape` and `tensor` at once.
  public func newestCheckpoint(
    expecting layout: TensorLayout? = nil, moments: Bool = false
  ) throws(StoreError) -> (contents: CheckpointContents, path: String, notices: [String]) {
    try CheckpointFolder(path: path, files: files).newest(expecting: layout, moments: moments)
  }
}
