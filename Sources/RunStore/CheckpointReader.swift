import HDF5
import Tensors

/// Reads one checkpoint whose bytes are trusted already: sealed, or just written by this process.
struct CheckpointReader: ~Copyable {
  /// The tensors of a file by what they are.
  private struct Structure {
    let layout: TensorLayout
    let adapters: TensorLayout?
    let packed: [(name: String, shape: [Int], axes: [String], element: String)]
    let hasMoments: Bool

    /// Where the moments' numbers lie.
    var trained: TensorLayout { adapters ?? layout }
  }

  private let path: String
  private let file: HDF5File
  private let tensors: Structure

  private init(_ path: String, owning file: consuming HDF5File, tensors: Structure) {
    self.path = path
    self.file = file
    self.tensors = tensors
  }

  /// Opens the file and checks its version and structure.
  static func open(_ path: String) throws(StoreError) -> CheckpointReader {
    let file = try StoreError.translating(path) { try HDF5File(reading: path) }
    let tensors = try structure(of: file, path: path)
    let reader = CheckpointReader(path, owning: file, tensors: tensors)
    try reader.checkStructure()
    return reader
  }

  /// The tensors of a file, in a format that this version knows.
  private static func structure(
    of file: borrowing HDF5File, path: String
  ) throws(StoreError) -> Structure {
    try StoreError.translating(path) {
      let version = try file.integerAttribute("format_version")
      guard version <= CheckpointContents.currentFormat else {
        throw StoreError.newerFormat(
          path: path, found: version, supported: CheckpointContents.currentFormat)
      }
      let groups = Set(try file.children(of: "/").map(\.name))
      return Structure(
        layout: try layout(of: file, under: "/parameters", path: path),
        adapters: groups.contains("adapters")
          ? try layout(of: file, under: "/adapters", path: path) : nil,
        packed: groups.contains("packed") ? try packed(in: file, path: path) : [],
        hasMoments: groups.contains("optimizer"))
    }
  }

  /// Moments are shaped as what was trained, and no dataset is missing.
  private func checkStructure() throws(StoreError) {
    try StoreError.translating(path) {
      for group in tensors.hasMoments ? ["/optimizer/first", "/optimizer/second"] : [] {
        guard try Self.layout(of: file, under: group, path: path) == tensors.trained else {
          let other = tensors.adapters == nil ? "/parameters" : "/adapters"
          throw StoreError.damaged(path: path, reason: "\(group) does not match \(other)")
        }
      }
      let expected =
        tensors.layout.entries.count + (tensors.adapters?.entries.count ?? 0) + tensors.packed.count
        + (tensors.hasMoments ? 2 * tensors.trained.entries.count : 0) + 4
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
      guard let found = tensors.layout[entry.name] else {
        throw .tensor(path: path, dataset: dataset, isMissing: true)
      }
      guard found.shape == entry.shape else {
        throw .shape(path: path, dataset: dataset, found: found.shape, expected: entry.shape)
      }
    }
    for entry in tensors.layout.entries where wanted[entry.name] == nil {
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
        parameters: ParameterSet(layout: tensors.layout))
      contents.formatVersion = try file.integerAttribute("format_version")
      contents.recordsLength = try file.integerAttribute("records_length")
      try read("/parameters", tensors.layout, into: contents.parameters.values)
      contents.packed = try tensors.packed.map { tensor in
        PackedTensor(
          name: tensor.name, shape: tensor.shape, axes: tensor.axes, element: tensor.element,
          bytes: try bytes("/packed/\(tensor.name)"))
      }
      if let adapters = tensors.adapters {
        let set = ParameterSet(layout: adapters)
        try read("/adapters", adapters, into: set.values)
        contents.adapters = set
      }
      if tensors.hasMoments, wantsMoments {
        let first = AlignedFloats(count: tensors.trained.count)
        let second = AlignedFloats(count: tensors.trained.count)
        try read("/optimizer/first", tensors.trained, into: first)
        try read("/optimizer/second", tensors.trained, into: second)
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
      for tensor in tensors.packed { _ = try bytes("/packed/\(tensor.name)") }
      let largest = (tensors.layout.entries + tensors.trained.entries).map(\.count).max() ?? 0
      let room = AlignedFloats(count: largest)
      let moments = tensors.hasMoments ? ["/optimizer/first", "/optimizer/second"] : []
      let groups =
        [("/parameters", tensors.layout)] + (tensors.adapters.map { [("/adapters", $0)] } ?? [])
        + moments.map { ($0, tensors.trained) }
      for (group, layout) in groups {
        for entry in layout.entries {
          try read(
            "\(group)/\(entry.name)",
            into: UnsafeMutableBufferPointer(start: room.pointer, count: entry.count))
        }
      }
    }
  }

  /// Where the file comes from.
  func origin() throws(StoreError) -> CheckpointOrigin {
    try StoreError.translating(path) {
      CheckpointOrigin(step: try file.integerAttribute("step"), state: try text("/state"))
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
        layout: tensors.layout,
        parameterCount: tensors.layout.entries.reduce(0) { $0 + $1.count }
          + tensors.packed.reduce(0) { $0 + $1.shape.reduce(1, *) },
        adapterCount: tensors.adapters?.entries.reduce(0) { $0 + $1.count } ?? 0,
        hasMoments: tensors.hasMoments, modelShape: try text("/model"),
        tokenizer: try text("/tokenizer"), recipe: try text("/recipe"),
        recordsLength: try file.integerAttribute("records_length"), isVerified: true)
    }
  }

  // MARK: Pieces

  /// A text dataset whose digest fits.
  private func text(_ name: String) throws -> String {
    String(decoding: try bytes(name), as: UTF8.self)
  }

  /// The bytes of a dataset whose digest fits.
  private func bytes(_ name: String) throws -> [UInt8] {
    let dataset = try file.dataset(name)
    let bytes = try dataset.array(of: UInt8.self)
    try compare(bytes.withUnsafeBytes { SHA256.hex($0) }, name)
    return bytes
  }

  /// All tensors of one group into memory of its layout.
  private func read(
    _ group: String, _ layout: TensorLayout, into values: AlignedFloats
  ) throws {
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
    var layout = TensorLayout()
    for tensor in try tensors(in: file, under: group, path: path) {
      let place = "\(group)/\(tensor.name)"
      let dataset = try file.dataset(place)
      guard dataset.element == .float32 else {
        throw StoreError.damaged(path: path, reason: "\(place): not float32")
      }
      guard tensor.axes.count == dataset.shape.count else {
        throw StoreError.damaged(path: path, reason: "\(place): contradicts its attributes")
      }
      layout.append(tensor.name, shape: dataset.shape, axes: tensor.axes)
    }
    return layout
  }

  /// The tensors in few bits, in the order of their `index`.
  private static func packed(
    in file: borrowing HDF5File, path: String
  ) throws -> [(name: String, shape: [Int], axes: [String], element: String)] {
    try tensors(in: file, under: "/packed", path: path).map { tensor in
      let place = "/packed/\(tensor.name)"
      let shape = try file.textAttribute("shape", at: place).split(separator: ",").compactMap {
        Int($0)
      }
      guard shape.count == 2, tensor.axes.count == 2,
        shape.allSatisfy({ (1...1 << 30).contains($0) })
      else {
        throw StoreError.damaged(path: path, reason: "\(place): contradicts its attributes")
      }
      return (tensor.name, shape, tensor.axes, try file.textAttribute("element", at: place))
    }
  }

  /// Names and axes of the datasets under a group, in the order of their `index`.
  private static func tensors(
    in file: borrowing HDF5File, under group: String, path: String
  ) throws -> [(name: String, axes: [String])] {
    var found: [Int: (name: String, axes: [String])] = [:]
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
        let index = try file.integerAttribute("index", at: place)
        let axes = try file.textAttribute("axes", at: place).split(separator: ",").map(String.init)
        guard found[index] == nil else {
          throw StoreError.damaged(path: path, reason: "\(place): contradicts its attributes")
        }
        found[index] = (String("\(inner)/\(child.name)".dropFirst()), axes)
      }
    }
    return try (0..<found.count).map { index in
      guard let tensor = found[index] else {
        throw StoreError.damaged(path: path, reason: "\(group): dataset \(index) is missing")
      }
      return tensor
    }
  }
}
