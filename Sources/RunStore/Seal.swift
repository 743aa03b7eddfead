import Foundation

/// What makes a file trustworthy after a crash: its length and digest, kept in a small file beside it.
///
/// A seal file holds one or two records of 60 bytes, little endian: magic `NPSEAL01`, version
/// (4 bytes), zero (4), length of the sealed file (8), its SHA-256 (32), CRC-32C of the 56 bytes
/// before (4). Two records stand there while a sealed file is replaced: the new file's first, then
/// the old one's, so that whichever of the two a crash leaves behind is sealed.
struct Seal: Equatable, Sendable {
  /// Length of the sealed file in bytes.
  let length: Int
  /// Its SHA-256, 32 bytes.
  let sha256: [UInt8]

  private static let magic = Array("NPSEAL01".utf8)
  private static let version: UInt32 = 1
  static let recordBytes = 60

  /// Name of the seal of a file: `.seal` in the place of `.h5`.
  static func path(for file: String) -> String {
    (file.hasSuffix(".h5") ? String(file.dropLast(3)) : file) + ".seal"
  }

  /// The record's bytes.
  var bytes: [UInt8] {
    var out = Self.magic
    out += littleEndian(Self.version) + littleEndian(UInt32(0)) + littleEndian(UInt64(length))
    out += sha256
    return out + littleEndian(CRC32C.of(out))
  }

  /// The valid records of a seal file, newest first.
  static func records(_ bytes: [UInt8]) -> [Seal] {
    guard bytes.count == recordBytes || bytes.count == 2 * recordBytes else { return [] }
    return stride(from: 0, to: bytes.count, by: recordBytes).compactMap { start in
      Seal(record: Array(bytes[start..<start + recordBytes]))
    }
  }

  /// Checks a file against the seal beside it, before any other code looks at the file.
  ///
  /// - Returns: the record that fits.
  static func verify(_ path: String, files: FileSystem) throws(StoreError) -> Seal {
    let sealPath = Self.path(for: path)
    guard files.exists(path) else {
      throw .io(path: path, operation: .open, code: ENOENT)
    }
    guard files.exists(sealPath) else { throw .unsealed(path: path) }
    let records = records(try files.contents(sealPath))
    guard !records.isEmpty else {
      throw .damaged(path: path, reason: "its seal is not readable")
    }
    let found = try files.digest(path)
    guard records.contains(where: { $0.length == found.length }) else {
      throw .damaged(
        path: path, reason: "\(found.length) bytes found, \(records[0].length) sealed")
    }
    guard
      let match = records.first(where: { $0.length == found.length && $0.sha256 == found.sha256 })
    else { throw .damaged(path: path, reason: "its SHA-256 is not the sealed one") }
    return match
  }
}

extension Seal {
  private init?(record: [UInt8]) {
    func number(_ range: Range<Int>) -> UInt64 {
      record[range].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    guard Array(record[..<8]) == Self.magic, number(8..<12) == UInt64(Self.version),
      number(12..<16) == 0, number(56..<60) == UInt64(CRC32C.of(record[..<56])),
      let length = Int(exactly: number(16..<24))
    else { return nil }
    self.init(length: length, sha256: Array(record[24..<56]))
  }

  private func littleEndian<N: FixedWidthInteger>(_ value: N) -> [UInt8] {
    (0..<N.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
