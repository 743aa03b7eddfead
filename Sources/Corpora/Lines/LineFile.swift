import Foundation
import Support

/// A file of JSON lines: its bytes, and where each line that is not blank stands.
struct LineFile: Sendable {
  /// One line's place in the file.
  struct Line: Sendable {
    /// Its number, from 1.
    let number: Int
    let bytes: Range<Int>
  }

  /// A line longer than this is no document but a wrong file.
  private static let longestLine = 256 << 20

  let path: String
  let lines: [Line]
  private let bytes: Data

  init(_ path: String) throws {
    self.path = path
    let raw: Data
    do {
      raw = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
    } catch {
      throw UserError(path, "the file cannot be read", remedy: "Check its permissions.")
    }
    bytes =
      if path.hasSuffix(".gz") { try Gzip.unpack(raw, path: path) } else if path.hasSuffix(".zst") {
        try Zstandard.unpack(raw, path: path)
      } else { raw }
    lines = try Self.lines(of: bytes, path)
  }

  /// Calls `body` with a line's bytes.
  func read<Result>(
    _ line: Line, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try bytes.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[line.bytes])) }
  }

  /// Where a line stands, for errors.
  func place(_ line: Line) -> String { "\(path):\(line.number)" }

  private static func lines(of bytes: Data, _ path: String) throws -> [Line] {
    try bytes.withUnsafeBytes { all in
      var lines: [Line] = []
      // A byte order mark is no part of the first line.
      var start = all.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
      var number = 1
      func end(_ index: Int) throws {
        defer {
          start = index + 1
          number += 1
        }
        guard index - start <= longestLine else {
          throw UserError(
            "\(path):\(number)", "a line of \(index - start) bytes is too long",
            remedy: "Write one document a line, at most \(longestLine >> 20) MiB each.")
        }
        let isBlank = all[start..<index].allSatisfy { $0 == 32 || $0 == 9 || $0 == 13 }
        if !isBlank { lines.append(Line(number: number, bytes: start..<index)) }
      }
      for index in all.indices where all[index] == 10 { try end(index) }
      if start < all.count { try end(all.count) }
      return lines
    }
  }

  /// The files that a path means: itself, or all `.jsonl`, `.jsonl.gz` and `.jsonl.zst` below it.
  ///
  /// - Throws: `UserError` when there is none, or one has no lines.
  static func files(_ path: String) throws -> [LineFile] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw UserError(path, "no such file or folder", remedy: "Check the path.")
    }
    var paths = [path]
    if isFolder.boolValue {
      let endings = [".jsonl", ".jsonl.gz", ".jsonl.zst"]
      paths = try TextFiles.names(below: path)
        .filter { name in endings.contains { name.hasSuffix($0) } }.map { path + "/" + $0 }
    }
    let files = try paths.map { try LineFile($0) }
    guard files.contains(where: { !$0.lines.isEmpty }) else {
      throw UserError(
        path, "no line of JSON found", remedy: "Name a .jsonl file, or a folder of them.")
    }
    return files
  }
}

/// The lines of several files as one list.
struct LineList: Sendable {
  let path: String
  private let files: [LineFile]
  /// File and line of each document.
  private let places: [(file: Int, line: LineFile.Line)]
  private let hashes: [UInt64]
  let fingerprint: UInt64

  init(_ path: String) throws {
    self.path = path
    let files = try LineFile.files(path)
    self.files = files
    places = files.enumerated().flatMap { number, file in file.lines.map { (number, $0) } }
    let hashes = places.map { place in
      files[place.file].read(place.line) { ContentHash.of($0) }
    }
    self.hashes = hashes
    fingerprint = hashes.reduce(StableHash.fnv1a("")) { StableHash.mix($0 ^ $1) }
  }

  var count: Int { places.count }

  func hash(_ index: Int) -> UInt64 { hashes[index] }

  /// Where a document stands, for errors.
  func place(_ index: Int) -> String { files[places[index].file].place(places[index].line) }

  /// The wanted fields of a document.
  ///
  /// - Throws: `UserError` with the line when it is not one JSON object, or a field is of another
  ///   type.
  func fields(_ index: Int, _ wanted: [JSONFields.Wanted]) throws -> JSONFields {
    do {
      return try files[places[index].file].read(places[index].line) {
        try JSONFields(line: $0, wanted: wanted)
      }
    } catch let fault as JSONFields.Fault {
      throw UserError(place(index), fault.finding, remedy: fault.remedy)
    }
  }
}
