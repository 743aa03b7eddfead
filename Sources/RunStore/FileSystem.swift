import Foundation

/// What the store asks of the operating system, in the words of error sentences.
public enum FileOperation: String, Sendable, Equatable, CaseIterable {
  case create
  case open
  case write
  case read
  case sync
  case close
  case rename
  case remove
  case syncFolder = "sync the folder"
  case freeSpace = "ask for free space"
  case truncate
  case makeFolder = "make the folder"
}

/// A failure that a test puts in the place of a call.
package enum FileFault: Sendable, Equatable {
  /// The call fails with this `errno`.
  case code(Int32)
  /// A read or write moves only half of its bytes; other calls go through.
  case short
  /// The disk reports this many free bytes.
  case free(Int)
}

/// Every call of the store to the operating system, so that tests can make any of them fail.
///
/// Interrupted calls are repeated and short writes continued here, nowhere else.
public struct FileSystem: Sendable {
  /// The machine's own.
  public static let real = FileSystem()

  private let intercept: (@Sendable (FileOperation, String) -> FileFault?)?
  /// Bytes moved by one call at most.
  private let piece: Int

  private init() {
    intercept = nil
    piece = 4 << 20
  }

  /// A file system whose calls pass a test's hook first.
  ///
  /// - Parameters:
  ///   - piece: bytes moved by one call at most; small pieces make many calls.
  ///   - intercept: asked before every call; nil lets it through.
  package init(
    piece: Int, intercept: @escaping @Sendable (FileOperation, String) -> FileFault?
  ) {
    self.piece = piece
    self.intercept = intercept
  }

  /// One call, repeated while a signal interrupts it; `body` gets true when it must be short.
  func attempt<R: SignedInteger>(
    _ operation: FileOperation, _ path: String, _ body: (Bool) -> R
  ) throws(StoreError) -> R {
    while true {
      let fault = intercept?(operation, path)
      var code: Int32 = 0
      if case .code(let injected) = fault {
        code = injected
      } else {
        let result = body(fault == .short)
        if result >= 0 { return result }
        code = errno
      }
      if code != EINTR { throw .io(path: path, operation: operation, code: code) }
    }
  }

  // MARK: Whole files

  /// Writes a new file and syncs it; nothing is left behind when any call fails.
  func writeNew(_ path: String, _ bytes: UnsafeRawBufferPointer) throws(StoreError) {
    let failure = try writeNew(path) { (file) throws(StoreError) in try write(bytes, to: file, path)
    }
    if let failure { throw failure }
  }

  /// Makes a new file, lets `body` write to its descriptor and syncs it; nothing is left behind when
  /// any call or `body` fails.
  ///
  /// - Returns: what `body` threw.
  func writeNew<Failure: Error>(
    _ path: String, _ body: (_ file: Int32) throws(Failure) -> Void
  ) throws(StoreError) -> Failure? {
    let file = try attempt(.create, path) { _ in
      open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o644)
    }
    do throws(Failure) {
      try body(file)
    } catch {
      _ = Foundation.close(file)
      removeQuietly(path)
      return error
    }
    do throws(StoreError) {
      try sync(file, path)
    } catch {
      _ = Foundation.close(file)
      removeQuietly(path)
      throw error
    }
    do throws(StoreError) {
      try close(file, path)
    } catch {
      removeQuietly(path)
      throw error
    }
    return nil
  }

  /// Writes all bytes to an open file, in pieces.
  func write(
    _ bytes: UnsafeRawBufferPointer, to file: Int32, _ path: String
  ) throws(StoreError) {
    var done = 0
    while done < bytes.count {
      let room = min(piece, bytes.count - done)
      let wrote = try attempt(.write, path) { isShort in
        bytes.baseAddress.map {
          Foundation.write(file, $0 + done, isShort ? max(room / 2, 1) : room)
        } ?? 0
      }
      done += wrote
    }
  }

  /// Hands the bytes of a regular file to `body`, piece by piece.
  ///
  /// - Returns: number of bytes in all.
  func read(
    _ path: String, _ body: (UnsafeRawBufferPointer) -> Void
  ) throws(StoreError) -> Int {
    let file = try attempt(.open, path) { _ in open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    defer { _ = Foundation.close(file) }
    var status = stat()
    _ = try attempt(.read, path) { _ in fstat(file, &status) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .damaged(path: path, reason: "it is no regular file")
    }
    let memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(min(piece, Int(status.st_size)), 4096), alignment: 64)
    defer { memory.deallocate() }
    var total = 0
    while true {
      let got = try attempt(.read, path) { isShort in
        Foundation.read(file, memory.baseAddress, isShort ? memory.count / 2 : memory.count)
      }
      if got == 0 { return total }
      total += got
      body(UnsafeRawBufferPointer(rebasing: memory[..<got]))
    }
  }

  /// All bytes of a small regular file.
  func contents(_ path: String) throws(StoreError) -> [UInt8] {
    var bytes: [UInt8] = []
    _ = try read(path) { bytes.append(contentsOf: $0) }
    return bytes
  }

  /// Length and SHA-256 of a regular file.
  func digest(_ path: String) throws(StoreError) -> (length: Int, sha256: [UInt8]) {
    let hash = SHA256()
    let length = try read(path) { hash.update($0) }
    return (length, hash.finish())
  }

  // MARK: Single calls

  /// Brings a file's bytes to the disk.
  func sync(_ file: Int32, _ path: String) throws(StoreError) {
    _ = try attempt(.sync, path) { _ in fsync(file) }
  }

  /// Closes a file.
  ///
  /// The descriptor is gone also after a failure, so it is not repeated.
  func close(_ file: Int32, _ path: String) throws(StoreError) {
    if case .code(let code) = intercept?(.close, path), code != EINTR {
      _ = Foundation.close(file)
      throw .io(path: path, operation: .close, code: code)
    }
    if Foundation.close(file) != 0, errno != EINTR {
      throw .io(path: path, operation: .close, code: errno)
    }
  }

  /// Gives a file its final name, in one step.
  func rename(_ from: String, to path: String) throws(StoreError) {
    _ = try attempt(.rename, path) { _ in Foundation.rename(from, path) }
  }

  /// Removes a file; a missing one is fine.
  func remove(_ path: String) throws(StoreError) {
    _ = try attempt(.remove, path) { _ in
      let result = unlink(path)
      return result != 0 && errno == ENOENT ? 0 : result
    }
  }

  /// Removes a file on an error path, where a second failure has nothing to add.
  func removeQuietly(_ path: String) {
    try? remove(path)
  }

  /// Brings new names in a folder to the disk; file systems that cannot are taken as they are.
  func syncFolder(_ path: String) throws(StoreError) {
    let folder = try attempt(.open, path) { _ in open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    defer { _ = Foundation.close(folder) }
    _ = try attempt(.syncFolder, path) { _ in
      let result = fsync(folder)
      return result != 0 && errno == EINVAL ? 0 : result
    }
  }

  /// Bytes that this user may still write to the disk of a folder.
  func freeBytes(_ folder: String) throws(StoreError) -> Int {
    if case .free(let bytes) = intercept?(.freeSpace, folder) { return bytes }
    var status = statvfs()
    _ = try attempt(.freeSpace, folder) { _ in statvfs(folder, &status) }
    let (bytes, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(
      by: UInt64(status.f_frsize))
    return overflow ? Int.max : Int(clamping: bytes)
  }

  /// Names in a folder in ascending order; none when it cannot be listed.
  func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }

  /// True when something has that name.
  func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }
}
