import Support

/// What a frequency transform needs to know of the model and of the aim.
public struct RotaryWindow: Sendable, Equatable {
  /// Head width E, in scalars.
  public let headWidth: Int
  /// The rotary base that the model was trained with.
  public let base: Double
  /// The context that the model was trained at, in tokens.
  public let trainedContext: Int
  /// The context that it shall reach, in tokens.
  public let targetContext: Int

  /// Checks the four numbers.
  ///
  /// - Parameters:
  ///   - headWidth: head width E, in scalars; even and at least 2.
  ///   - base: rotary base, dimensionless; greater than 1.
  ///   - trainedContext: in tokens; at least 1.
  ///   - targetContext: in tokens; at least 1.
  /// - Throws: `UserError` that names the first number out of its range.
  public init(
    headWidth: Int, base: Double, trainedContext: Int, targetContext: Int
  ) throws {
    guard headWidth >= 2, headWidth % 2 == 0 else {
      throw UserError(
        "head width", "an even number of at least 2 is needed, \(headWidth) found",
        remedy: "Choose width and heads so that width / heads is even.")
    }
    guard base > 1, base.isFinite else {
      throw UserError(
        "rope base", "a finite number above 1 is needed, \(base) found",
        remedy: "Common bases are 10k and 500k.")
    }
    guard trainedContext >= 1, targetContext >= 1 else {
      throw UserError(
        "context",
        "at least 1 token is needed, trained \(trainedContext) and target "
          + "\(targetContext) found", remedy: "Give both contexts in tokens.")
    }
    self.headWidth = headWidth
    self.base = base
    self.trainedContext = trainedContext
    self.targetContext = targetContext
  }

  /// Target context divided by trained context, never below 1.
  public var factor: Double {
    max(1, Double(targetContext) / Double(trainedContext))
  }

  /// The base that slows the slowest pair by exactly `stretch`: b * stretch^(E/(E-2)).
  ///
  /// - Throws: `UserError` when E is 2, where the exponent has no value.
  func stretchedBase(by stretch: Double) throws -> Double {
    guard headWidth > 2 else {
      throw UserError(
        "head width", "2 has one pair only, whose frequency no base changes",
        remedy: "Use a head width of at least 4, or the linear transform.")
    }
    return base * power(stretch, Double(headWidth) / Double(headWidth - 2))
  }
}
