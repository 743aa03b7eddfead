import Corpora
import Recipes
import RunStore
import Training
import Support

/// The rows that a stage trains on, as JSON lines for trainers on other machines and for the source kind
/// `tokens`.
///
/// A line holds one token more than the row, so that each token's label stands at the token itself, as in
/// Hugging Face's models; -100 marks what is not learnt. `document_starts` tells for each token the first
/// one that it may attend to.
public struct StageRows {
  /// The stage's name.
  public let stage: String
  /// Steps that it trains.
  public let steps: Int
  /// Tokens of all its rows.
  public var tokens: Int { steps * training.settings.rows * training.settings.sequence }
  /// What the lines cannot tell, a sentence each.
  public let losses: [String]

  private let training: TrainingWork

  /// The rows of a stage.
  ///
  /// - Parameters:
  ///   - run: a recipe made ready.
  ///   - name: of the stage; nil for the first one that trains.
  /// - Throws: `UserError` when no such stage trains, or its sentences are chosen by weights that the run has
  ///   yet to make.
  public init(_ run: PreparedRun, stage name: String?) throws {
    let stages = run.stages.filter { $0.training != nil }
    guard let found = stages.first(where: { name == nil || $0.settings.name == name }),
      let training = found.training
    else {
      throw UserError(
        "--stage", "no stage \"\(name ?? "")\" that trains",
        remedy: Suggestion.sentence(for: name ?? "", among: stages.map(\.settings.name)))
    }
    guard !training.awaitsSentences else {
      throw UserError(
        found.settings.name, "its sentences are chosen by weights that the run makes first",
        remedy: "Name those weights as a checkpoint in `select`.")
    }
    stage = found.settings.name
    steps = training.settings.steps
    self.training = training
    var losses: [String] = []
    if training.settings.loss.answerWeight != 1 {
      losses.append(
        "Answers weigh \(training.settings.loss.answerWeight) in the loss here; labels only tell what is "
          + "learnt.")
    }
    if training.settings.advance != nil {
      losses.append(
        "The stage may end early here, when a skill is learnt; all its steps are written.")
    }
    if training.settings.pack.settings.text("mask") == "document" {
      losses.append(
        "Documents of a row do not see each other here; the source kind tokens does not read "
          + "document_starts, and other trainers need to be told.")
    }
    self.losses = losses
  }

  /// Writes the rows of the first steps.
  ///
  /// - Parameters:
  ///   - count: steps to write.
  ///   - path: file to make, beside its name first.
  ///   - progress: hears of each step's tokens; false ends the work.
  /// - Returns: lines written; nil when it was ended, and then no file is left.
  /// - Throws: `UserError` when a source can no longer be read, `StoreError` when the file cannot be written.
  public func write(
    steps count: Int, to path: String, progress: (_ tokens: Int) -> Bool
  ) throws -> Int? {
    var feed = StageFeed(training)
    var lines = 0
    do {
      try AtomicFile.write(to: path) { append in
        for step in 0..<count {
          let batches = try feed.next(step: step)
          var text = ""
          for (batch, weights) in zip(batches, training.loss.weights(batches)) {
            for row in 0..<batch.rows { Self.write(batch, row, weights, into: &text) }
            lines += batch.rows
          }
          try append(Array(text.utf8))
          guard progress(batches.reduce(0) { $0 + $1.tokens.count }) else {
            throw CancellationError()
          }
        }
      }
    } catch is CancellationError {
      return nil
    }
    return lines
  }

  private static func write(
    _ batch: Batch, _ row: Int, _ weights: [Float], into text: inout String
  ) {
    let range = row * batch.length..<(row + 1) * batch.length
    let last = range.upperBound - 1
    let targets = range.map { weights[$0] > 0 && batch.targets[$0] >= 0 ? batch.targets[$0] : -100 }
    func list(_ name: String, _ values: some Sequence<Int32>) {
      text += "\"\(name)\":[" + values.map(String.init).joined(separator: ",") + "]"
    }
    text += "{"
    list("input_ids", batch.tokens[range] + [max(0, batch.targets[last])])
    text += ","
    list("labels", [-100] + targets)
    text += ","
    list("position_ids", batch.positions[range] + [batch.positions[last] + 1])
    text += ","
    list("document_starts", batch.documentStarts[range] + [batch.documentStarts[last]])
    text += "}\n"
  }
}
