import HDF5

/// Next-token scores as an HDF5 file: dataset `/logits`, float32 [T, V].
public enum LogitsFile {
  /// Writes the file beside its name, then renames it.
  ///
  /// - Parameters:
  ///   - logits: row-major, [tokens, vocabulary].
  ///   - tokens: rows, T.
  ///   - vocabulary: columns, V.
  ///   - path: final name; its folder must exist.
  /// - Throws: `StoreError`; a file that was there before is then untouched.
  public static func write(
    _ logits: [Float], tokens: Int, vocabulary: Int, to path: String
  ) throws(StoreError) {
    let image = try StoreError.translating(path) { () throws(HDF5Error) in
      let file = try HDF5File(inMemory: path, capacity: logits.count * 4 + (1 << 16))
      try logits.withUnsafeBufferPointer { (numbers) throws(HDF5Error) in
        _ = try file.write("/logits", numbers, shape: [tokens, vocabulary])
      }
      let bytes = try file.image()
      try file.close()
      return bytes
    }
    try AtomicFile.write(image, to: path)
  }
}
