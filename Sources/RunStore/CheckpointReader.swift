import HDF5
import Tensors

/// Reads one checkpoint whose bytes are trusted already: sealed, or just written by this process.
struct CheckpointReader: ~Copyable {
  private let path: String
  private let file: HDF5File
  private let layout: TensorLayout
  private let hasMoments: Bool

  private init(
    _ path: String, owning file: consuming HDF5File, layout: TensorLayout, hasMoments: Bool
  ) {
    self.path = path
    self.file = file
    self.layout = layout
    self.hasMoments = hasMoments
  }

  /// Opens the file and checks its version and structure.
  static func open(_ path: String) throws(StoreError) -> CheckpointReader {
    let file = try StoreError.translating(path) { try HDF5File(reading: path) }
    let layout = try checkedLayout(of: file, path: path)
    let hasMoments = try hasMoments(file, path: path)
    let reader = CheckpointReader(path, owning: file, layout: layout, hasMoments: hasMoments)
    try reader.checkStructure()
    return reader
  }

  private static func hasMoments(
    _ file: borrowing HDF5File, path: String
  ) throws(StoreError) -> Bool {
    try StoreError.translating(path) {
      try file.children(of: "/").contains { $0.name == "optimizer" }
    }
  }

  /// The layout of the parameters, in a format that this version knows.
  private static func checkedLayout(
    of file: borrowing HDF5File, path: String
  ) throws(StoreError) -> TensorLayout {
    try StoreError.translating(path) {
      let version = try file.integerAttribute("format_version")
      guard version <= CheckpointContents.currentFormat else {
        throw StoreError.newerFormat(
          path: path, found: version, supported: CheckpointContents.currentFormat)
      }
      return try Self.layout(of: file, under: "/parameters", path: path)
    }
  }

  /// Moments are shaped as the parameters, and no dataset is missing.
  private func checkStructure() throws(StoreError) {
    try StoreError.translating(path) {
      for group in hasMoments ? ["/optimizer/first", "/optimizer/second"] : [] {
        guard try Self.layout(of: file, under: group, path: path) == layout else {
          throw StoreError.damaged(path: path, reason: "\(group) does not match /parameters")
        }
      }
      let expected = layout.entries.count * (hasMoments ? 3 : 1) + 4
      let datasets = try file.integerAttribute("datasets")
      guard datasets == expected else {
        throw StoreError.damaged(
          path: path, reason: "\(expected) datasets found, \(datasets) recorded")
      }
    }
  }

  /// Compares the tensors with those of a model, before anything large is read.
  func check(against wanted: TensorLayout) throws(StoreError) {
    for entry in wanted.entries {
      let dataset = "/parameters/\(entry.name)"
      guard let found = layout[entry.name] else {
        throw .tensor(path: path, dataset: dataset, isMissing: true)
      }
      guard found.shape == entry.shape else {
        throw .shape(path: path, dataset: dataset, found: found.shape, expected: entry.shape)
      }
    }
    for entry in layout.entries where wanted[entry.name] == nil {
      throw .tensor(path: path, dataset: "/parameters/\(entry.name)", isMissing: false)
    }
  }

  /// Everything that the file keeps.
  func contents(moments wantsMoments: Bool) throws(StoreError) -> CheckpointContents {
    try StoreError.translating(path) {
      var contents = CheckpointContents(
        step: try file.integerAttribute("step"), stage: try file.integerAttribute("stage"),
        modelShape: try text("/model"), tokenizer: try text("/tokenizer"),
        recipe: try text("/recipe"), state: try text("/state"),
        parameters: ParameterSet(layout: layout))
      contents.formatVersion = try file.integerAttribute("format_version")
      contents.recordsLength = try file.integerAttribute("records_length")
      try read("/parameters", into: contents.parameters.values)
      if hasMoments, wantsMoments {
        let first = AlignedFloats(count: layout.count)
        let second = AlignedFloats(count: layout.count)
        try read("/optimizer/first", into: first)
        try read("/optimizer/second", into: second)
        contents.moments = (first, second)
      }
      return contents
    }
  }

  /// Reads every dataset once and compares its digest; memory for the largest one only.
  func verifyDatasets() throws(StoreError) {
    try StoreError.translating(path) {
      let recipe = try text("/recipe")
      guard try file.textAttribute("recipe_sha256") == TextDigest.sha256(recipe) else {
        throw StoreError.damaged(path: path, reason: "/recipe: another hash than recorded")
      }
      for name in ["/model", "/tokenizer", "/state"] { _ = try text(name) }
      let room = AlignedFloats(count: layout.entries.map(\.count).max() ?? 0)
      for group in ["/parameters"] + (hasMoments ? ["/optimizer/first", "/optimizer/second"] : []) {
        for entry in layout.entries {
          try read(
            "\(group)/\(entry.name)",
            into: UnsafeMutableBufferPointer(start: room.pointer, count: entry.count))
        }
      }
    }
  }

  /// The description of the file that this seal belongs to.
  func description(seal: Seal) throws(StoreError) -> CheckpointDescription {
    try StoreError.translating(path) {
      CheckpointDescription(
        path: path, bytes: seal.length, sha256: SHA256.hex(seal.sha256),
        formatVersion: try file.integerAttribute("format_version"),
        step: try file.integerAttribute("step"), stage: try file.integerAttribute("stage"),
        recipeName: try file.textAttribute("recipe_name"),
        recipeHash: try file.textAttribute("recipe_sha256"),
        previous: try file.textAttribute("previous_sha256"),
        layout: layout, parameterCount: layout.entries.reduce(0) { $0 + $1.count },
        hasMoments: hasMoments, modelShape: try text("/model"),
        tokenizer: try text("/tokenizer"), recipe: try text("/recipe"),
        recordsLength: try file.integerAttribute("records_length"), isVerified: true)
    }
  }

  // MARK: Pieces

  /// A text dataset whose digest fits.
  private func text(_ name: String) throws -> String {
    let dataset = try file.dataset(name)
    let bytes = try dataset.array(of: UInt8.self)
    try compare(bytes.withUnsafeBytes { SHA256.hex($0) }, name)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// All tensors of one group into memory of the parameters' layout.
  private func read(_ group: String, into values: AlignedFloats) throws {
    for entry in layout.entries {
      try read(
        "\(group)/\(entry.name)",
        into: UnsafeMutableBufferPointer(start: values.pointer + entry.offset, count: entry.count))
    }
  }

  private func read(_ name: String, into floats: UnsafeMutableBufferPointer<Float>) throws {
    let dataset = try file.dataset(name)
    try dataset.read(into: floats)
    try compare(SHA256.hex(UnsafeRawBufferPointer(floats)), name)
  }

  private func compare(_ digest: String, _ name: String) throws {
    guard try file.textAttribute("sha256", at: name) == digest else {
      throw StoreError.damaged(path: path, reason: "\(name): another SHA-256 than recorded")
    }
  }

  /// The layout that the datasets under a group describe, in the order of their `index`.
  private static func layout(
    of file: borrowing HDF5File, under group: String, path: String
  ) throws -> TensorLayout {
    var found: [Int: (name: String, shape: [Int], axes: [String])] = [:]
    var groups = [""]
    while let inner = groups.popLast() {
      for child in try file.children(of: group + inner) {
        let place = "\(group)\(inner)/\(child.name)"
        if child.isGroup {
          // A tensor's name has a handful of parts; more means a link that leads back.
          guard inner.count < 512 else {
            throw StoreError.damaged(path: path, reason: "\(group): groups without end")
          }
          groups.append("\(inner)/\(child.name)")
          continue
        }
        let dataset = try file.dataset(place)
        guard dataset.element == .float32 else {
          throw StoreError.damaged(path: path, reason: "\(place): not float32")
        }
        let index = try file.integerAttribute("index", at: place)
        let axes = try file.textAttribute("axes", at: place)
        let name = String("\(inner)/\(child.name)".dropFirst())
        let parts = axes.split(separator: ",").map(String.init)
        guard found[index] == nil, parts.count == dataset.shape.count else {
          throw StoreError.damaged(path: path, reason: "\(place): contradicts its attributes")
        }
        found[index] = (name, dataset.shape, parts)
      }
    }
    var layout = TensorLayout()
    for index in 0..<found.count {
      guard let entry = found[index] else {
        throw StoreError.damaged(path: path, reason: "\(group): dataset \(index) is missing")
      }
      layout.append(entry.name, shape: entry.shape, axes: entry.axes)
    }
    return layout
  }
}
