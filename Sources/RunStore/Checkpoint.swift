import Foundation
import HDF5
public import Tensors

/// Checkpoints: single HDF5 files with a seal beside them, written whole or not at all.
///
/// Layout, readable without this program (nothing of variable length, every dataset in chunks with
/// Fletcher32 sums, every dataset with an attribute `sha256` over its bytes):
///
/// | path | holds |
/// |---|---|
/// | `/parameters/<name>` | float32, row-major [out, in]; attributes `axes` (`out,in`), `element`, `index` (order in memory) |
/// | `/adapters/<name>` | the same for adapters, `<matrix>/lora_a` and `<matrix>/lora_b`, and for copies of tensors trained beside them; absent without |
/// | `/packed/<name>` | uint8, weights in few bits that are then no `/parameters`; attributes `shape`, `axes`, `element` (`nf4`, laid out as `NormalFloat` tells), `index` |
/// | `/optimizer/first/<name>`, `/optimizer/second/<name>` | AdamW's moments, names and shapes of the adapters, else of the parameters; absent in weights-only files |
/// | `/recipe`, `/model`, `/tokenizer`, `/state` | uint8, UTF-8 text: YAML, then three times JSON |
/// | attributes of `/` | `format_version`, `step`, `stage`, `datasets`, `records_length`, `recipe_sha256`, `recipe_name`, `previous_sha256` |
///
/// ```python
/// import h5py
/// with h5py.File("step-000000000500.h5") as file:
///   print(file.attrs["step"], file["parameters/layers/00/attention/query"][...].shape)
/// ```
///
/// Protocol of a save: the file is built in memory, written under a temporary name, synced, read back
/// and checked; its seal (`step-000000000500.seal`: length and SHA-256, see `Seal`) is written, synced and
/// renamed; then the file is renamed and the folder synced. Only a file that fits its seal is ever
/// given to libhdf5, whose parser is not meant for hostile or broken input.
public enum Checkpoint {
  /// Free bytes wanted beyond 1.1 times the size of a save.
  static let reserve = 16 << 20

  /// Expected size of a checkpoint in bytes, for plans.
  ///
  /// - Parameters:
  ///   - weights: number of weights in float32.
  ///   - trained: number of weights whose two moments are saved too.
  ///   - adapters: number of weights of adapters.
  ///   - packed: bytes of weights in few bits.
  /// - Returns: bytes, a little above what is written.
  public static func forecastBytes(
    weights: Int, trained: Int, adapters: Int = 0, packed: Int = 0
  ) -> Int {
    let numbers = (weights + adapters + 2 * trained) * MemoryLayout<Float>.stride + packed
    return numbers + numbers / 64 + (256 << 10)
  }

  /// Writes a sealed checkpoint under any name ending in `.h5`, replacing an older one.
  ///
  /// - Parameters:
  ///   - contents: what to save; `formatVersion` is ignored.
  ///   - path: final name; its folder must exist.
  ///   - previous: SHA-256 of the checkpoint before it in hexadecimal digits; empty for a first one.
  ///   - files: the file system; tests pass a failing one.
  /// - Returns: size and SHA-256 of the file.
  /// - Throws: `StoreError`; the files that were there before are then still valid and nothing of
  ///   the new one is left behind. `isTransient` tells whether a later save may work.
  @discardableResult
  public static func write(
    _ contents: CheckpointContents, to path: String, previous: String = "",
    files: FileSystem = .real
  ) throws(StoreError) -> (bytes: Int, sha256: String) {
    let temporary = AtomicFile.temporaryName(for: path)
    let image = CheckpointImage(contents, name: path, previous: previous)
    // The image is let go before the file is read back.
    let seal = try image.withBytes { (bytes) throws(StoreError) in
      sweepTemporaries(of: path, files: files)
      let needed = bytes.count + bytes.count / 10 + reserve
      let free = try files.freeBytes(AtomicFile.folder(of: path))
      guard free >= needed else {
        throw .noSpace(path: path, needed: needed, available: free)
      }
      try files.writeNew(temporary, bytes)
      return Seal(length: bytes.count, sha256: SHA256.of(bytes))
    }
    do throws(StoreError) {
      try verifyWritten(temporary, seal: seal, files: files)
      try publish(temporary, as: path, seal: seal, files: files)
    } catch {
      files.removeQuietly(temporary)
      throw error
    }
    return (seal.length, SHA256.hex(seal.sha256))
  }

  /// Reads the temporary file back: the bytes are those of the image, and libhdf5 finds every dataset
  /// with its digest in them.
  private static func verifyWritten(
    _ temporary: String, seal: Seal, files: FileSystem
  ) throws(StoreError) {
    let found = try files.digest(temporary)
    guard found.length == seal.length, found.sha256 == seal.sha256 else {
      throw .damaged(path: temporary, reason: "the disk gave back other bytes than were written")
    }
    let reader = try CheckpointReader.open(temporary)
    try reader.verifyDatasets()
  }

  /// Makes the checked temporary file the checkpoint: seal first, then the file, then the folder.
  private static func publish(
    _ temporary: String, as path: String, seal: Seal, files: FileSystem
  ) throws(StoreError) {
    let folder = AtomicFile.folder(of: path)
    let sealPath = Seal.path(for: path)
    let isReplacing = files.exists(path)
    // While a sealed file is replaced, its record stays valid behind the new one.
    let old = isReplacing ? try? Seal.verify(path, files: files) : nil
    try AtomicFile.write(seal.bytes + (old?.bytes ?? []), to: sealPath, files: files)
    do throws(StoreError) {
      try files.rename(temporary, to: path)
    } catch {
      if !isReplacing { files.removeQuietly(sealPath) }
      throw error
    }
    try files.syncFolder(folder)
  }

  /// Removes temporary files that died with the process that made them.
  private static func sweepTemporaries(of path: String, files: FileSystem) {
    let folder = AtomicFile.folder(of: path)
    let names = [path, Seal.path(for: path)].map { ($0 as NSString).lastPathComponent }
    for name in files.names(in: folder)
    where names.contains(where: { name.hasPrefix($0 + AtomicFile.temporaryMark) }) {
      guard let owner = AtomicFile.owner(ofTemporary: name), !RunLock.isAlive(owner) else {
        continue
      }
      files.removeQuietly("\(folder)/\(name)")
    }
  }
}

extension Checkpoint {
  /// Reads a sealed checkpoint.
  ///
  /// Order of checks: regular file, length and SHA-256 equal the seal, format version, shapes, then
  /// the digest of every dataset as it is read. No value is used before all of them passed.
  ///
  /// - Parameters:
  ///   - path: the `.h5` file.
  ///   - layout: the tensors that the caller's model has; nil takes any.
  ///   - moments: false leaves the optimizer's moments on the disk.
  ///   - files: the file system; tests pass a failing one.
  /// - Returns: what was saved.
  /// - Throws: `StoreError`: `unsealed`, `damaged`, `newerFormat`, `shape`, `tensor`, `io`.
  public static func read(
    _ path: String, expecting layout: TensorLayout? = nil, moments: Bool = true,
    files: FileSystem = .real
  ) throws(StoreError) -> CheckpointContents {
    _ = try Seal.verify(path, files: files)
    let reader = try CheckpointReader.open(path)
    if let layout { try reader.check(against: layout) }
    return try reader.contents(moments: moments)
  }

  /// Tells what a sealed checkpoint holds, after checking its seal and the digest of every dataset.
  ///
  /// - Parameters:
  ///   - path: the `.h5` file.
  ///   - files: the file system; tests pass a failing one.
  /// - Returns: everything but the numbers.
  /// - Throws: as `read`.
  public static func describe(
    _ path: String, files: FileSystem = .real
  ) throws(StoreError) -> CheckpointDescription {
    let seal = try Seal.verify(path, files: files)
    let reader = try CheckpointReader.open(path)
    try reader.verifyDatasets()
    return try reader.description(seal: seal)
  }
}
