/// Where a checkpoint comes from, read without its numbers.
public struct CheckpointOrigin: Sendable, Equatable {
  /// Optimizer steps done in the whole run.
  public var step: Int
  /// What an exact resume needs, or the models that it was merged from; JSON.
  public var state: String
}

extension Checkpoint {
  /// Tells where a sealed checkpoint comes from, after checking its seal only.
  ///
  /// - Throws: as `read`.
  public static func origin(
    _ path: String, files: FileSystem = .real
  ) throws(StoreError) -> CheckpointOrigin {
    _ = try Seal.verify(path, files: files)
    return try CheckpointReader.open(path).origin()
  }
}
