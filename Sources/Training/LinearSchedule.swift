public import Support

/// A straight line from the peak rate to a share of it at the last step.
public struct LinearSchedule: Schedule {
  /// Name and settings.
  public static let kind = KindDescription(
    "linear", "Warm-up, then a straight line down to a share of the peak.",
    settings: [.warmup, .finalFraction])

  /// Steps of the warm-up.
  public let warmup: Int
  /// Share of the peak rate at the last step.
  public let final: Double

  /// Builds it from checked settings.
  public init(_ values: SettingsValues) throws {
    warmup = values.integer("warmup") ?? 0
    final = values.real("final") ?? 0.1
  }

  /// Factor on the peak rate of a step.
  public func factor(step: Int, total: Int) -> Double {
    if let rising = warmupFactor(step: step, warmup: warmup) { return rising }
    return 1 - (1 - final) * decayProgress(step: step, warmup: warmup, total: total)
  }
}
