import ArgumentParser
import Foundation
import Interchange
import Models
import Positions
import Recipes
import Records
import RunStore
import Runs
import Support
import Tensors

/// `needlepoint info PATH`: what a checkpoint, run or recipe holds; verifies seals and checksums.
struct InfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract:
      "Tell what a checkpoint, run, recipe or model folder holds; verifies seals and checksums.")

  @Argument(help: "Checkpoint, run folder, Hugging Face folder, recipe or experiment folder.")
  var path: String

  @OptionGroup var shared: SharedOptions

  func run() throws {
    guard FileManager.default.fileExists(atPath: path) else {
      throw UserError(
        path, "no such file or folder",
        remedy:
          "Name a checkpoint (.h5), a run folder, a model folder, a recipe or an experiment's.")
    }
    if path.hasSuffix(".h5") {
      try show(checkpoint: try Checkpoint.describe(path))
    } else if RunReader.isRun(path) {
      try show(run: try RunReader(path))
    } else if HuggingFaceFolder.isOne(path) {
      try show(folder: try HuggingFaceFolder.contents(path))
    } else {
      try show(recipe: try RecipeLocation.document(path))
    }
  }

  private func show(_ facts: [(key: String, value: JSONValue)]) {
    guard !shared.json else {
      return print(JSONValue.object([("event", .text("info"))] + facts).line)
    }
    let width = facts.map(\.key.count).max() ?? 0
    for (key, value) in facts {
      print(
        key.padding(toLength: width + 2, withPad: " ", startingAt: 0)
          + (value.textValue ?? value.line))
    }
  }

  private func show(checkpoint: CheckpointDescription) throws {
    let model = try ModelDescription(json: checkpoint.modelShape, path: checkpoint.path)
    show(
      [
        ("kind", .text("checkpoint")),
        ("path", .text(checkpoint.path)),
        ("bytes", .integer(checkpoint.bytes)),
        ("sha256", .text(checkpoint.sha256)),
        ("verified", .bool(checkpoint.isVerified)),
        ("format", .integer(checkpoint.formatVersion)),
        ("recipe", .text(checkpoint.recipeName)),
        ("step", .integer(checkpoint.step)),
        ("stage", .integer(checkpoint.stage)),
        ("parameters", .integer(checkpoint.parameterCount)),
        ("tensors", .integer(checkpoint.layout.entries.count)),
        ("adapter_parameters", .integer(checkpoint.adapterCount)),
        ("moments", .bool(checkpoint.hasMoments)),
      ] + Self.sizes(model.shape) + [
        ("adapters", .text(Self.text(model.adapters))),
        ("rope", .text(model.ropeKind)),
        ("rope_base", .number(model.rotary.base)),
      ])
  }

  private func show(folder model: HuggingFaceFolder.Contents) throws {
    show(
      [
        ("kind", .text("huggingface")),
        ("path", .text(path)),
        ("parameters", .integer(model.shape.parameterCount)),
        ("tensors", .integer(model.shape.parameterLayout.entries.count)),
        ("family", .text(model.family)),
      ] + Self.sizes(model.shape) + [
        ("rope", .text(model.ropeKind)),
        ("rope_base", .number(model.rotary.base)),
      ])
  }

  private static func sizes(_ shape: LlamaShape) -> [(key: String, value: JSONValue)] {
    [
      ("vocabulary", .integer(shape.vocabulary)),
      ("width", .integer(shape.width)),
      ("layers", .integer(shape.layers)),
      ("heads", .integer(shape.heads)),
      ("kv_heads", .integer(shape.kvHeads)),
      ("head_width", .integer(shape.headWidth)),
      ("qkv_bias", .bool(shape.qkvBias)),
      ("qk_norm", .bool(shape.qkNorm)),
      ("trained_context", .integer(shape.trainedContext)),
    ]
  }

  private static func text(_ plan: AdapterPlan?) -> String {
    guard let plan else { return "none" }
    let targets = plan.targets.map(\.rawValue).joined(separator: ", ")
    return (plan.isPacked ? "beside 4-bit weights, " : "")
      + "rank \(plan.rank), alpha \(Quantity.text(plan.alpha)), on \(targets)"
  }

  private func show(run: RunReader) throws {
    let records = try run.records()
    let steps = records.compactMap { if case .step(let step) = $0 { step } else { nil } }
    let manifest = try run.manifest()
    let checkpoints = try run.checkpointPaths.map { try Checkpoint.describe($0) }
    show([
      ("kind", .text("run")),
      ("path", .text(run.path)),
      ("experiment", .text(manifest.experiment)),
      ("started", .text(manifest.started)),
      ("status", .text(run.done?.status ?? run.writer.map { "training, \($0)" } ?? "stopped")),
      ("seed", .text("\(manifest.seed)")),
      ("threads", .integer(manifest.threads)),
      ("kernels", .text(manifest.instructionSet)),
      ("steps", .integer(steps.last?.step ?? 0)),
      ("tokens", .integer(steps.last?.tokens ?? 0)),
      ("loss", steps.last.map { .number($0.loss) } ?? .null),
      ("checkpoints", .list(checkpoints.map { .text($0.path) })),
      ("verified", .bool(checkpoints.allSatisfy(\.isVerified))),
    ])
  }

  private func show(recipe document: RecipeDocument) throws {
    let recipe = try document.recipe(.needlepoint)
    if !shared.json { return print(try document.resolved(.needlepoint).text, terminator: "") }
    show([
      ("kind", .text("recipe")),
      ("path", .text(recipe.file)),
      ("name", .text(recipe.name)),
      ("target", .integer(recipe.target)),
      ("stages", .list(recipe.stages.map { .text($0.name) })),
      ("recipe", .text(try document.resolved(.needlepoint).text)),
    ])
  }
}
