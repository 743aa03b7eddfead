import Foundation
import Support

/// The safetensors files of a model folder: one file, or shards with an index that says what lies where.
struct WeightFiles {
  static let single = "model.safetensors"
  static let index = "model.safetensors.index.json"

  /// Each tensor and the file that holds it, by the tensor's name.
  private(set) var tensors: [String: (file: SafeTensorsFile, tensor: SafeTensorsHeader.Tensor)] =
    [:]
  /// What a user should know.
  private(set) var notices: [String] = []

  /// Opens the files of a folder and checks every header.
  ///
  /// - Throws: `UserError` when files are missing, damaged or contradict the index.
  init(folder: String) throws {
    let files = FileManager.default
    let indexPath = "\(folder)/\(Self.index)"
    let singlePath = "\(folder)/\(Self.single)"
    guard files.fileExists(atPath: indexPath) else {
      guard files.fileExists(atPath: singlePath) else {
        let hasPickle = files.fileExists(atPath: "\(folder)/pytorch_model.bin")
        throw UserError(
          folder, "no \(Self.single) and no \(Self.index) found",
          remedy: hasPickle
            ? "pytorch_model.bin is never read, since it can run code: save the model as safetensors."
            : "Name a folder with the model's weights.")
      }
      try add(try SafeTensorsFile(singlePath), only: nil)
      return
    }
    if files.fileExists(atPath: singlePath) {
      notices.append("\(singlePath) is left over beside an index and is not read.")
    }
    let map = try Self.weightMap(indexPath)
    for (name, wanted) in Dictionary(grouping: map, by: \.value).sorted(by: { $0.key < $1.key }) {
      try add(try SafeTensorsFile("\(folder)/\(name)"), only: Set(wanted.map(\.key)))
    }
  }

  private static func weightMap(_ path: String) throws -> [String: String] {
    let json = try FolderText.json("\(path)")
    guard let pairs = json["weight_map"]?.objectValue, !pairs.isEmpty else {
      throw UserError("\(path): weight_map", "no object found", remedy: "Get the file again.")
    }
    return try pairs.reduce(into: [:]) { map, pair in
      guard let name = pair.value.textValue, !name.isEmpty, !name.contains("/"), name != "..",
        !name.contains("\0")
      else {
        throw UserError(
          "\(path): weight_map",
          "\(pair.value.line.prefix(80)) is no name of a file in this folder",
          remedy: "Get the file again.")
      }
      map[pair.key] = name
    }
  }

  private mutating func add(_ file: SafeTensorsFile, only wanted: Set<String>?) throws {
    let found = Set(file.header.tensors.map(\.name))
    if let wanted, let odd = wanted.symmetricDifference(found).min() {
      throw UserError(
        file.path,
        wanted.contains(odd)
          ? "tensor \(odd) is missing, which the index puts here"
          : "tensor \(odd) found, which the index does not put here",
        remedy: "Index and files are of different models: get the folder again.")
    }
    for tensor in file.header.tensors { tensors[tensor.name] = (file, tensor) }
  }
}

/// Texts of a model folder, with limits on what is read.
enum FolderText {
  /// Longest text in bytes.
  static let mostBytes = 16 << 20

  /// The text of a file; nil when it is not there.
  ///
  /// - Throws: `UserError` when it is too long, no regular file or no UTF-8.
  static func read(_ path: String) throws -> String? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= mostBytes else {
      throw UserError(
        path, "no regular file of at most \(mostBytes >> 20) MiB", remedy: "Get the file again.")
    }
    guard let data = FileManager.default.contents(atPath: path),
      let text = String(validating: data, as: UTF8.self)
    else { throw UserError(path, "no readable UTF-8 text", remedy: "Get the file again.") }
    return text
  }

  /// The JSON of a file.
  ///
  /// - Throws: `UserError` when it is missing, too long or no JSON.
  static func json(_ path: String) throws -> JSONValue {
    guard let text = try read(path) else {
      throw UserError(path, "no such file", remedy: "Name a whole model folder.")
    }
    return try JSONValue(text, file: path)
  }
}
