import Foundation
import Support

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// libzstd, opened at run time, since only packed data needs it; the calls are of its stable interface.
struct Zstandard: Sendable {
  /// `ZSTD_inBuffer` and `ZSTD_outBuffer`: memory, its size, and how far it has been used.
  private struct Buffer {
    var memory: UnsafeMutableRawPointer?
    var size: Int
    var position: Int
  }

  private typealias Make = @convention(c) () -> OpaquePointer?
  private typealias Free = @convention(c) (OpaquePointer?) -> Int
  private typealias Unpack =
    @convention(c) (OpaquePointer?, UnsafeMutableRawPointer, UnsafeMutableRawPointer) -> Int
  private typealias IsError = @convention(c) (Int) -> UInt32

  private let make: Make
  private let free: Free
  private let unpack: Unpack
  private let isError: IsError

  /// The library, or nil when this machine has none.
  static let shared = Zstandard()

  private init?() {
    let names = ["libzstd.so.1", "libzstd.so", "libzstd.dylib"]
    var library: UnsafeMutableRawPointer?
    for name in names where library == nil { library = dlopen(name, RTLD_NOW | RTLD_LOCAL) }
    guard let library, let make = dlsym(library, "ZSTD_createDStream"),
      let free = dlsym(library, "ZSTD_freeDStream"),
      let unpack = dlsym(library, "ZSTD_decompressStream"),
      let isError = dlsym(library, "ZSTD_isError")
    else { return nil }
    self.make = unsafeBitCast(make, to: Make.self)
    self.free = unsafeBitCast(free, to: Free.self)
    self.unpack = unsafeBitCast(unpack, to: Unpack.self)
    self.isError = unsafeBitCast(isError, to: IsError.self)
  }

  /// The unpacked bytes of all frames.
  ///
  /// - Throws: `UserError` when the library is missing or the bytes are damaged or grow beyond
  ///   the limits of `UnpackedBytes`.
  static func unpack(_ data: Data, path: String) throws -> Data {
    guard let library = shared else {
      throw UserError(
        path, "zstd is needed to read it, no libzstd found",
        remedy: "Install libzstd1, or unpack the file.")
    }
    return try library.unpack(data, path: path)
  }

  private func unpack(_ data: Data, path: String) throws -> Data {
    let stream = make()
    defer { _ = free(stream) }
    var output = UnpackedBytes(packed: data.count, path: path)
    var input = [UInt8](data)
    // What the library still wants: 0 where a frame ends.
    var wanted = 0
    try input.withUnsafeMutableBytes { bytes in
      var source = Buffer(memory: bytes.baseAddress, size: bytes.count, position: 0)
      var isDrained = true
      while source.position < source.size || !isDrained {
        let produced = output.block.withUnsafeMutableBytes { block in
          var target = Buffer(memory: block.baseAddress, size: block.count, position: 0)
          wanted = unpack(stream, &target, &source)
          return target.position
        }
        guard isError(wanted) == 0 else { throw UnpackedBytes.damaged(path) }
        try output.take(produced)
        isDrained = produced < output.block.count
      }
    }
    guard wanted == 0 else { throw UnpackedBytes.damaged(path) }
    return output.bytes
  }
}
