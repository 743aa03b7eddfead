/// Several things that a person can mend, found before anything was started.
public struct UserErrors: Error, Equatable, Sendable, CustomStringConvertible {
  /// The errors, in the order found; at least one.
  public let errors: [UserError]

  /// Several errors; at least one.
  public init(errors: [UserError]) { self.errors = errors }

  /// One sentence a line.
  public var description: String { errors.map(\.description).joined(separator: "\n") }
}

/// Tries one thing after the other and keeps what goes wrong, so that a person sees all of it at once.
public final class FaultCollector {
  /// What was kept, in the order found.
  public private(set) var errors: [UserError] = []

  /// Nothing is wrong yet.
  public init() {}

  /// What `body` makes, or nil when it throws a `UserError`, which is kept; equal ones are kept once.
  ///
  /// - Throws: any other error.
  public func attempt<Result>(_ body: () throws -> Result) throws -> Result? {
    do {
      return try body()
    } catch let error as UserError {
      add(error)
      return nil
    } catch let several as UserErrors {
      for error in several.errors { add(error) }
      return nil
    }
  }

  /// Keeps a fault.
  public func add(_ error: UserError) {
    if !errors.contains(error) { errors.append(error) }
  }

  /// Ends the collection.
  ///
  /// - Throws: the `UserError`, or `UserErrors` when there are several.
  public func finish() throws {
    guard let first = errors.first else { return }
    if errors.count == 1 { throw first }
    throw UserErrors(errors: errors)
  }
}
