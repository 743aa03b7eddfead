import ArgumentParser
import Interchange
import Models
import Runs
import Support

/// `needlepoint import FOLDER --out FILE.h5`: another program's model as a checkpoint.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Read another program's model into a checkpoint.",
    discussion: """
      A Hugging Face folder (config.json, safetensors, tokenizer.json) of the families llama, mistral, \
      qwen2, qwen3 and smollm3 also does in place of a checkpoint in every command and as the `base` of \
      a recipe; importing it saves the reading. Nothing in the folder is ever run: pickles are refused.
      """)

  @Argument(help: "Model folder.")
  var folder: String

  @Option(help: "Checkpoint to write (.h5).")
  var out: String

  @OptionGroup var shared: SharedOptions

  mutating func validate() throws {
    try CheckpointName.check(out)
  }

  func run() throws {
    guard HuggingFaceFolder.isOne(folder) else {
      throw UserError(
        folder, "no config.json found", remedy: "Name a Hugging Face model folder.")
    }
    let model = try LoadedModel(folder, pool: shared.makePool()) { shared.say($0) }
    try model.write(to: out)
    let shape = model.description.shape
    shared.say(
      "wrote \(out): \(shape.parameterCount) weights, \(shape.layers) layers, width \(shape.width), "
        + "context \(shape.trainedContext)")
    if shared.json {
      print(
        JSONValue.object([
          ("event", .text("import")), ("path", .text(out)),
          ("parameters", .integer(shape.parameterCount)),
        ]).line)
    }
  }
}

/// The name of a checkpoint to write.
enum CheckpointName {
  /// - Throws: `UserError` when the name does not end in .h5.
  static func check(_ out: String) throws {
    guard out.hasSuffix(".h5") else {
      throw UserError("--out", "\(out) does not end in .h5", remedy: "Name a checkpoint.")
    }
  }
}
