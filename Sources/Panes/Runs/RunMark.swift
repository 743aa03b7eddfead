public import Terminal

/// A marked run's letter and looks, the same on every screen.
public struct RunMark: Hashable, Sendable, Comparable {
  /// Runs that can be marked at once: as many as there are colours beside the shown run's own.
  public static let limit = 5

  /// Its place, 0 for A.
  public let slot: Int

  /// The mark of a place.
  public init(_ slot: Int) { self.slot = slot }

  /// The first mark first.
  public static func < (first: RunMark, second: RunMark) -> Bool { first.slot < second.slot }

  /// Its letter.
  public var letter: String { String(Array("ABCDE")[slot % Self.limit]) }

  /// The colour of its curves; colour 0 is the shown run's.
  public var style: Style { Style(.series(slot + 1)) }

  /// Dots of a dash of its curves: each differs without colour too.
  public var dash: Int { [2, 4, 1, 6, 3][slot % Self.limit] }
}
