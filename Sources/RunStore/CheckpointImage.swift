import HDF5
import Tensors

/// A checkpoint's bytes, built in memory; the layout stands at `Checkpoint`.
struct CheckpointImage {
  private let contents: CheckpointContents
  private let name: String
  private let previous: String

  /// The image of some contents.
  ///
  /// - Parameters:
  ///   - contents: what to save.
  ///   - name: how error sentences call it.
  ///   - previous: SHA-256 of the checkpoint before it; empty for a first one.
  init(_ contents: CheckpointContents, name: String, previous: String) {
    let count = contents.trainedLayout.count
    if let moments = contents.moments {
      precondition(
        moments.first.count == count && moments.second.count == count,
        "moments of \(moments.first.count) and \(moments.second.count) for \(count) floats")
    }
    self.contents = contents
    self.name = name
    self.previous = previous
  }

  /// Lays out all bytes of the file, once, and hands them over.
  ///
  /// - Throws: what `body` throws, and `StoreError.damaged` when libhdf5 refuses, which means that
  ///   memory ran out.
  func withBytes<R>(
    _ body: (UnsafeRawBufferPointer) throws(StoreError) -> R
  ) throws(StoreError) -> R {
    let result = try StoreError.translating(name) { () throws(HDF5Error) in
      let file = try HDF5File(
        inMemory: name,
        capacity: Checkpoint.forecastBytes(
          weights: contents.parameters.layout.count,
          trained: contents.moments == nil ? 0 : contents.trainedLayout.count,
          adapters: contents.adapters?.layout.count ?? 0,
          packed: contents.packed.reduce(0) { $0 + $1.bytes.count }))
      try write(into: file)
      return try file.withImage { bytes in
        do throws(StoreError) {
          return Result<R, StoreError>.success(try body(bytes))
        } catch {
          return .failure(error)
        }
      }
    }
    return try result.get()
  }

  private func write(into file: borrowing HDF5File) throws(HDF5Error) {
    let layout = contents.parameters.layout
    let trained = contents.trainedLayout
    let tensors =
      layout.entries.count + (contents.adapters?.layout.entries.count ?? 0)
      + contents.packed.count + (contents.moments == nil ? 0 : 2 * trained.entries.count)
    try writeHeader(datasets: tensors + 4, into: file)
    let texts = [
      ("/recipe", contents.recipe), ("/model", contents.modelShape),
      ("/tokenizer", contents.tokenizer), ("/state", contents.state),
    ]
    for (path, text) in texts {
      let bytes = Array(text.utf8)
      _ = try file.write(path, bytes)
      try file.setAttribute("text", "utf-8", at: path)
      try file.setAttribute("sha256", bytes.withUnsafeBytes { SHA256.hex($0) }, at: path)
    }
    try write(contents.parameters.values, layout, under: "/parameters", into: file)
    if !contents.packed.isEmpty { try writePacked(into: file) }
    if let adapters = contents.adapters {
      try write(adapters.values, adapters.layout, under: "/adapters", into: file)
    }
    if let moments = contents.moments {
      try write(moments.first, trained, under: "/optimizer/first", into: file)
      try write(moments.second, trained, under: "/optimizer/second", into: file)
    }
  }

  private func writePacked(into file: borrowing HDF5File) throws(HDF5Error) {
    try file.createGroup("/packed")
    for (index, tensor) in contents.packed.enumerated() {
      let path = "/packed/\(tensor.name)"
      _ = try file.write(path, tensor.bytes)
      try file.setAttribute("index", index, at: path)
      try file.setAttribute("axes", tensor.axes.joined(separator: ","), at: path)
      try file.setAttribute("shape", tensor.shape.map(String.init).joined(separator: ","), at: path)
      try file.setAttribute("element", tensor.element, at: path)
      try file.setAttribute("sha256", tensor.bytes.withUnsafeBytes { SHA256.hex($0) }, at: path)
    }
  }

  private func writeHeader(
    datasets: Int, into file: borrowing HDF5File
  ) throws(HDF5Error) {
    try file.setAttribute("format_version", CheckpointContents.currentFormat)
    try file.setAttribute("step", contents.step)
    try file.setAttribute("stage", contents.stage)
    try file.setAttribute("datasets", datasets)
    try file.setAttribute("records_length", contents.recordsLength)
    try file.setAttribute("recipe_sha256", contents.recipeHash)
    try file.setAttribute("recipe_name", Self.recipeName(contents.recipe))
    try file.setAttribute("previous_sha256", previous)
  }

  private func write(
    _ values: AlignedFloats, _ layout: TensorLayout, under group: String,
    into file: borrowing HDF5File
  ) throws(HDF5Error) {
    try file.createGroup(group)
    for (index, entry) in layout.entries.enumerated() {
      let path = "\(group)/\(entry.name)"
      let floats = UnsafeBufferPointer(start: values.pointer + entry.offset, count: entry.count)
      _ = try file.write(path, floats, shape: entry.shape)
      try file.setAttribute("index", index, at: path)
      try file.setAttribute("axes", entry.axes.joined(separator: ","), at: path)
      try file.setAttribute("element", HDF5Element.float32.rawValue, at: path)
      try file.setAttribute("sha256", SHA256.hex(UnsafeRawBufferPointer(floats)), at: path)
    }
  }

  /// The value of the top-level key `name` of a recipe, cut to 200 characters; empty without one.
  ///
  /// A line is enough here: the resolved recipe is written by this program, one plain key a line.
  static func recipeName(_ recipe: String) -> String {
    for line in recipe.split(separator: "\n") where line.hasPrefix("name:") {
      let value = line.dropFirst(5).drop { $0 == " " }
      return String(value.filter { $0 != "\"" && $0 != "'" }.prefix(200))
    }
    return ""
  }
}
