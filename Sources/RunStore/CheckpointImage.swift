import HDF5
import Tensors

/// Builds a checkpoint's bytes in memory, the layout of which stands at `Checkpoint`.
enum CheckpointImage {
  /// The texts of a checkpoint: dataset and contents.
  static func texts(_ contents: CheckpointContents) -> [(path: String, text: String)] {
    [
      ("/recipe", contents.recipe), ("/model", contents.modelShape),
      ("/tokenizer", contents.tokenizer), ("/state", contents.state),
    ]
  }

  /// All bytes of the file.
  ///
  /// - Throws: `StoreError.damaged` when libhdf5 refuses, which means that memory ran out.
  static func make(
    _ contents: CheckpointContents, name: String, previous: String
  ) throws(StoreError) -> [UInt8] {
    let layout = contents.parameters.layout
    if let moments = contents.moments {
      precondition(
        moments.first.count == layout.count && moments.second.count == layout.count,
        "moments of \(moments.first.count) and \(moments.second.count) for \(layout.count) floats")
    }
    do {
      let file = try HDF5File(
        inMemory: name,
        capacity: Checkpoint.forecastBytes(
          parameters: layout.count, moments: contents.moments != nil))
      let sets = contents.moments == nil ? 1 : 3
      try writeHeader(
        contents, previous: previous, datasets: layout.entries.count * sets + 4, into: file)
      for (path, text) in texts(contents) {
        let bytes = Array(text.utf8)
        _ = try file.write(path, bytes)
        try file.setAttribute("text", "utf-8", at: path)
        try file.setAttribute("sha256", bytes.withUnsafeBytes { SHA256.hex($0) }, at: path)
      }
      try write(contents.parameters.values, layout, under: "/parameters", into: file)
      if let moments = contents.moments {
        try write(moments.first, layout, under: "/optimizer/first", into: file)
        try write(moments.second, layout, under: "/optimizer/second", into: file)
      }
      let image = try file.image()
      try file.close()
      return image
    } catch {
      throw StoreError.translate(error, path: name)
    }
  }

  private static func writeHeader(
    _ contents: CheckpointContents, previous: String, datasets: Int, into file: borrowing HDF5File
  ) throws(HDF5Error) {
    try file.setAttribute("format_version", CheckpointContents.currentFormat)
    try file.setAttribute("step", contents.step)
    try file.setAttribute("stage", contents.stage)
    try file.setAttribute("datasets", datasets)
    try file.setAttribute("records_length", contents.recordsLength)
    try file.setAttribute("recipe_sha256", contents.recipeHash)
    try file.setAttribute("recipe_name", recipeName(contents.recipe))
    try file.setAttribute("previous_sha256", previous)
  }

  private static func write(
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
