import Foundation
import Interchange
import Models
import Panes
import Recipes
import Records
import RunStore
import Runs
import Support

extension RunReader {
  /// The run folders in a folder; empty when it has none or does not exist.
  static func all(in folder: String) -> [RunReader] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.sorted().compactMap { try? RunReader(folder + "/" + $0) }
  }

  /// `running`, or how it ended.
  var status: String { done?.status ?? (writer == nil ? "stopped" : "running") }
}

extension PastRun {
  /// Reads a run folder.
  ///
  /// - Throws: `StoreError` when it is no run or cannot be read.
  init(_ path: String) throws {
    let reader = try RunReader(path)
    let records = try reader.records()
    var history = RunHistory()
    for record in records { history.apply(record) }
    let document = try? RecipeDocument(contentsOf: path + "/recipe.yaml")
    let recipe = try? document?.recipe(.needlepoint)
    self.init(
      summary: try RunSummary(reader, records: records), history: history,
      trained: recipe.flatMap { $0.base.map($0.resolve) }.flatMap(Self.trainedContext),
      target: recipe?.target)
  }

  /// The context that a checkpoint was trained for; nil when it cannot be read.
  private static func trainedContext(_ base: String) -> Int? {
    if HuggingFaceFolder.isOne(base) { return try? HuggingFaceFolder.shape(base).trainedContext }
    guard let description = try? Checkpoint.describe(base) else { return nil }
    let model = try? ModelDescription(json: description.modelShape, path: base)
    return model?.shape.trainedContext
  }
}

extension RunSummary {
  /// The summary of a run folder.
  ///
  /// - Throws: `StoreError` when it cannot be read.
  init(_ reader: RunReader) throws { try self.init(reader, records: reader.records()) }

  /// The summary of a run folder whose records have been read.
  init(_ reader: RunReader, records: [RunRecord]) throws {
    let manifest = try reader.manifest()
    var last: StepRecord?
    var average = ExponentialAverage(halfLife: RunHistory.usualHalfLife)
    var loss: Double?
    var cells = NeedleCells()
    var resumed: [Int] = []
    var failure: String?
    for record in records {
      switch record {
      case .step(let step):
        last = step
        loss = average.next(step.loss, at: Double(step.step))
      case .needle(let cell): cells.add(cell)
      case .notice(let notice):
        resumed += notice.resumedStep.map { [$0] } ?? []
        if notice.level == .error { failure = notice.text }
      default: break
      }
    }
    let document = try? RecipeDocument(text: try reader.recipe(), file: "recipe.yaml")
    // At the target of its recipe: beyond it a run promised nothing.
    let target = (try? document?.recipe(.needlepoint))?.target
    let needles = cells.all
    let step = needles.last?.step
    let longest = needles.filter { $0.step == step && $0.length <= target ?? .max }
      .map(\.length).max()
    let column = needles.filter { $0.step == step && $0.length == longest }
    let share = Proportion(
      column.reduce(0) { $0 + $1.correct }, of: column.reduce(0) { $0 + $1.trials })
    let fields = (try? document?.fields(.needlepoint)) ?? []
    self.init(
      path: reader.path, name: manifest.experiment, when: Self.shown(manifest.started),
      status: reader.status,
      steps: last?.step ?? 0, tokens: last?.tokens ?? 0, loss: loss,
      needle: share.trials > 0 ? share : nil, seconds: last?.seconds ?? 0,
      checkpoints: reader.checkpointPaths,
      base: manifest.base ?? fields.first { $0.path == "base" && !$0.text.isEmpty }?.text,
      resumed: resumed, failure: reader.status == "failed" ? failure : nil, fields: fields)
  }

  /// `2026-11-21T03:05:22Z` as `2026-11-21 03:05`.
  private static func shown(_ time: String) -> String {
    String(time.prefix(16)).replacing("T", with: " ")
  }
}
