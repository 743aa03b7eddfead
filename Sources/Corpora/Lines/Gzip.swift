import CZlib
import Foundation
import Support

/// Unpacks gzip, several members in a row included (RFC 1952).
enum Gzip {
  /// The unpacked bytes.
  ///
  /// - Throws: `UserError` when the bytes are damaged or grow beyond `Unpacking`'s limits.
  static func unpack(_ data: Data, path: String) throws -> Data {
    var stream = z_stream()
    // 15 bits of window, and 32 to take both gzip and zlib headers.
    guard
      inflateInit2_(&stream, 15 + 32, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { throw UserError(path, "zlib does not start", kind: .work) }
    defer { inflateEnd(&stream) }
    var output = UnpackedBytes(packed: data.count, path: path)
    var input = [UInt8](data)
    var status = Z_OK
    try input.withUnsafeMutableBufferPointer { bytes in
      stream.next_in = bytes.baseAddress
      var left = bytes.count
      while left > 0 || stream.avail_in > 0 {
        if stream.avail_in == 0 {
          // The library counts in 32 bits.
          stream.avail_in = UInt32(min(left, 1 << 30))
          left -= Int(stream.avail_in)
        }
        if status == Z_STREAM_END { inflateReset(&stream) }
        let given = output.block.count
        status = output.block.withUnsafeMutableBufferPointer { block in
          stream.next_out = block.baseAddress
          stream.avail_out = UInt32(given)
          return inflate(&stream, Z_NO_FLUSH)
        }
        guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
          throw UnpackedBytes.damaged(path)
        }
        try output.take(given - Int(stream.avail_out))
        if status == Z_BUF_ERROR, stream.avail_in > 0 { throw UnpackedBytes.damaged(path) }
      }
    }
    guard status == Z_STREAM_END else { throw UnpackedBytes.damaged(path) }
    return output.bytes
  }
}

/// Bytes on their way out of a packed file; a file that grows out of all proportion is refused.
struct UnpackedBytes {
  /// Largest growth that real text shows; beyond it a file is a trap.
  private static let mostGrowth = 1000
  /// Largest unpacked file that is held in memory.
  private static let mostBytes = 4 << 30

  /// Where the library writes next.
  var block = [UInt8](repeating: 0, count: 1 << 18)
  private(set) var bytes = Data()
  private let limit: Int
  private let path: String

  init(packed: Int, path: String) {
    limit = min(Self.mostBytes, (1 << 20) + packed * Self.mostGrowth)
    self.path = path
  }

  /// Takes the first bytes of the block.
  mutating func take(_ count: Int) throws {
    guard bytes.count + count <= limit else {
      throw UserError(
        path, "the file unpacks to more than \(limit >> 20) MiB",
        remedy: "Unpack it: a plain file is read from the disk as needed.")
    }
    bytes.append(contentsOf: block[0..<count])
  }

  static func damaged(_ path: String) -> UserError {
    UserError(path, "the packed file is damaged or cut off", remedy: "Get the file again.")
  }
}
