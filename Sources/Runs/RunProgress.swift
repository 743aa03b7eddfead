public import Corpora
import Foundation
import Support

/// Everything besides weights and moments that decides the rest of a run; kept in each checkpoint.
public struct RunProgress: Codable, Sendable, Equatable {
  /// Optimizer steps done in the whole run.
  public var step = 0
  /// Number of the stage in work, from 0; the number of stages when all are done.
  public var stage = 0
  /// Steps done in that stage.
  public var stageStep = 0
  /// Tokens trained on.
  public var tokens = 0
  /// Wall time of training and evaluation, without pauses.
  public var seconds = 0.0
  /// Floating point operations of the training.
  public var flops = 0.0
  /// Updates that the optimizer's moments have seen.
  public var updates = 0
  /// Exponential average of the loss that ends the stage; nil before its first value.
  public var average: Double?
  /// True when that average fell below its threshold: the stage has done its work.
  public var hasLearnt = false
  /// Last step whose evaluations are complete; a run that was stopped in one begins it again.
  public var evaluatedStep = -1
  /// Factor on the scheduled learning rate, from live edits; 1 in a new stage, which has its own rate.
  public var rateFactor = 1.0
  /// Steps in a row whose loss or gradient was not finite.
  public var badSteps = 0
  /// Where the stage's stream stands; nil at the start of a stage.
  public var stream: BatchCursor?
  /// Where the stream of short rows stands.
  public var replay: BatchCursor?
  /// Anchor tables of the stages that select by models, by the stage's number; nil when none does.
  public var anchors: [Int: AnchorTable]?
  /// Sizes and angles that the run began with, from which stages derive theirs; with it a run goes on
  /// without the file of its base.
  public let start: ModelDescription

  /// Nothing done yet.
  public init(start: ModelDescription) {
    self.start = start
  }

  /// Goes to the beginning of the next stage.
  mutating func enterNextStage() {
    stage += 1
    stageStep = 0
    average = nil
    hasLearnt = false
    rateFactor = 1
    stream = nil
    replay = nil
  }

  /// As JSON, for the checkpoint.
  var json: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys]
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
  }

  /// Reads what `json` wrote.
  ///
  /// - Throws: `UserError` when the text is not of a run.
  init(json: String, path: String) throws {
    guard let value = try? JSONDecoder().decode(RunProgress.self, from: Data(json.utf8)) else {
      throw UserError(
        path, "holds no run to go on with",
        remedy: "A merged or shipped checkpoint is a `base` of a recipe; use `run`.")
    }
    self = value
  }
}
