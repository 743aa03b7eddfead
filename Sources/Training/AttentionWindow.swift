public import Corpora

/// A window of attention that grows with the steps of a stage (SkyLadder).
///
/// At step t the row is cut into blocks of w(t) = min(end, start + floor(growth * t)) tokens, and a token
/// sees its own block up to itself: i sees j when floor(i / w) * w <= j <= i. Document borders stay;
/// targets and positions do not change.
///
/// - SeeAlso: SkyLadder (arXiv:2503.15450), section 4.
public struct AttentionWindow: Sendable, Equatable {
  /// Tokens at the first step.
  public let start: Int
  /// Tokens more at each step.
  public let growth: Double
  /// Tokens at most.
  public let end: Int

  /// A window of these sizes.
  public init(start: Int, growth: Double, end: Int) {
    self.start = start
    self.growth = growth
    self.end = end
  }

  /// Tokens of the window.
  ///
  /// - Parameter step: steps of the stage done before.
  /// - Returns: tokens.
  public func size(step: Int) -> Int {
    Int(min(Double(end), Double(start) + (growth * Double(step)).rounded(.down)))
  }

  /// Mean size over the first steps of a stage.
  ///
  /// - Parameter steps: steps of the stage.
  /// - Returns: tokens.
  public func meanSize(steps: Int) -> Double {
    guard steps > 0 else { return Double(start) }
    let reach = growth > 0 ? (Double(end - start) / growth).rounded(.up) : Double(steps)
    let growing = min(Double(steps), max(0, reach))
    let grown = growing * (Double(start) + growth * (growing - 1) / 2)
    return (grown + (Double(steps) - growing) * Double(size(step: steps))) / Double(steps)
  }

  /// A batch in which no token sees beyond its block.
  public func applied(to batch: Batch, step: Int) -> Batch {
    let size = size(step: step)
    var batch = batch
    for index in batch.documentStarts.indices {
      let place = index % batch.length
      batch.documentStarts[index] = max(batch.documentStarts[index], Int32(place / size * size))
    }
    return batch
  }
}
