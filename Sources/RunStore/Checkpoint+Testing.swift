extension Checkpoint {
  /// Seals any file, so that tests can reach the checks that come after the seal.
  ///
  /// - Throws: `StoreError.io`.
  package static func seal(_ path: String) throws(StoreError) {
    let found = try FileSystem.real.digest(path)
    let seal = Seal(length: found.length, sha256: found.sha256)
    try AtomicFile.write(seal.bytes, to: Seal.path(for: path))
  }
}
