public import Support

/// How the learning rate moves over the steps of a stage.
public protocol Schedule: CatalogKind {
  /// Steps over which the rate rises to its peak; with 0 the first step has it already.
  var warmup: Int { get }

  /// Factor on the peak rate, usually in 0...1.
  ///
  /// - Parameters:
  ///   - step: steps of the stage done before this one, from 0.
  ///   - total: steps of the stage; those who do not fall ignore it.
  /// - Returns: the factor, at least 0.
  func factor(step: Int, total: Int) -> Double
}

/// Every schedule a recipe may name, in the order shown to the user.
public let schedules = Catalog<any Schedule>(
  "optimizer.schedule", [ConstantSchedule.self, LinearSchedule.self, CosineSchedule.self])

extension Setting {
  static let warmup = Setting(
    "warmup", .integer(0...10_000_000), default: .integer(0),
    help: "Steps over which the rate rises in a straight line from 0 to its peak.",
    applies: .nextStep)
  static let finalFraction = Setting(
    "final", .real(0...1), default: .real(0.1),
    help: "Share of the peak rate that the last step has.", applies: .nextStep)
}

/// Share of the peak while warming up; nil afterwards.
func warmupFactor(step: Int, warmup: Int) -> Double? {
  step < warmup ? Double(step + 1) / Double(warmup) : nil
}

/// Share of the way from the end of the warm-up (0) to the last step (1).
func decayProgress(step: Int, warmup: Int, total: Int) -> Double {
  let span = total - 1 - warmup
  guard span > 0 else { return step >= total - 1 ? 1 : 0 }
  return min(1, max(0, Double(step - warmup) / Double(span)))
}
