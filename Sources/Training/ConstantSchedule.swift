public import Support

/// The peak rate at every step after the warm-up.
public struct ConstantSchedule: Schedule {
  /// Name and settings.
  public static let kind = KindDescription(
    "constant", "Warm-up, then the peak rate to the end.", settings: [.warmup])

  /// Steps of the warm-up.
  public let warmup: Int

  /// Builds it from checked settings.
  public init(_ values: SettingsValues) throws {
    warmup = values.integer("warmup") ?? 0
  }

  /// Factor on the peak rate of a step.
  public func factor(step: Int, total: Int) -> Double {
    warmupFactor(step: step, warmup: warmup) ?? 1
  }
}
