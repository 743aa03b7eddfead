import Foundation
import Support

/// A safetensors file that is open for reading.
///
/// Bytes are read where they are asked for, never mapped: a file that somebody cuts short meanwhile ends in
/// an error and not in a signal.
public final class SafeTensorsFile: Sendable {
  /// The file.
  public let path: String
  /// What it holds.
  public let header: SafeTensorsHeader
  private let descriptor: Int32

  /// Opens a file and checks its header.
  ///
  /// - Throws: `UserError` when it cannot be read or breaks a rule of the format.
  public init(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw UserError(
        path, "cannot open, the system says \"\(String(cString: strerror(errno)))\"",
        remedy: "Name a folder whose files you may read.")
    }
    do {
      header = try Self.header(descriptor, path)
    } catch {
      close(descriptor)
      throw error
    }
    self.path = path
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  private static func header(_ descriptor: Int32, _ path: String) throws -> SafeTensorsHeader {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw UserError(path, "no regular file", remedy: "Name a file of weights.")
    }
    let size = Int(status.st_size)
    guard size >= 8 else {
      throw UserError(path, "\(size) bytes found, a header has 8 at least", remedy: "Get it again.")
    }
    var count: UInt64 = 0
    try withUnsafeMutableBytes(of: &count) { try read(descriptor, at: 0, into: $0, path) }
    count = UInt64(littleEndian: count)
    guard count <= UInt64(min(size - 8, SafeTensorsHeader.mostHeaderBytes)) else {
      throw UserError(
        path, "a header of \(count) bytes is announced, the file has \(size)",
        remedy: "It is cut short or no safetensors file: get it again.")
    }
    var bytes = [UInt8](repeating: 0, count: Int(count))
    try bytes.withUnsafeMutableBytes { try read(descriptor, at: 8, into: $0, path) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw UserError(path, "the header is no UTF-8", remedy: "Get the file again.")
    }
    return try SafeTensorsHeader(text, fileBytes: size, path: path)
  }

  private static func read(
    _ descriptor: Int32, at offset: Int, into buffer: UnsafeMutableRawBufferPointer, _ path: String
  ) throws {
    guard let start = buffer.baseAddress else { return }
    var done = 0
    while done < buffer.count {
      let got = pread(
        descriptor, start + done, min(buffer.count - done, 1 << 30), off_t(offset + done))
      if got < 0, errno == EINTR { continue }
      guard got > 0 else {
        let reason = got < 0 ? String(cString: strerror(errno)) : "the file has become shorter"
        throw UserError(path, "cannot read, \(reason)", kind: .work)
      }
      done += got
    }
  }

  /// Reads a tensor as float32.
  ///
  /// - Parameters:
  ///   - tensor: one of `header.tensors`.
  ///   - floats: written, [tensor.count].
  /// - Throws: `UserError` when the bytes cannot be read.
  public func read(
    _ tensor: SafeTensorsHeader.Tensor, into floats: UnsafeMutableBufferPointer<Float>
  ) throws {
    precondition(floats.count == tensor.count, "\(floats.count) floats for \(tensor.count)")
    let piece = 1 << 20
    let memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: min(piece, max(1, tensor.count)) * tensor.element.bytes, alignment: 64)
    defer { memory.deallocate() }
    var done = 0
    while done < tensor.count {
      let count = min(piece, tensor.count - done)
      let part = UnsafeMutableRawBufferPointer(rebasing: memory[..<(count * tensor.element.bytes)])
      try Self.read(
        descriptor, at: tensor.bytes.lowerBound + done * tensor.element.bytes, into: part, path)
      tensor.element.widen(
        UnsafeRawBufferPointer(part),
        into: UnsafeMutableBufferPointer(rebasing: floats[done..<done + count]))
      done += count
    }
  }
}
