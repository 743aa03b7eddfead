public import Support

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Half a cosine from the peak rate to a share of it at the last step.
///
/// - SeeAlso: Loshchilov and Hutter, arXiv:1608.03983, section 3, without restarts.
public struct CosineSchedule: Schedule {
  /// Name and settings.
  public static let kind = KindDescription(
    "cosine", "Warm-up, then half a cosine down to a share of the peak.",
    source: "Loshchilov and Hutter, arXiv:1608.03983, section 3",
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
    let progress = decayProgress(step: step, warmup: warmup, total: total)
    return final + (1 - final) * 0.5 * (1 + cos(Double.pi * progress))
  }
}
