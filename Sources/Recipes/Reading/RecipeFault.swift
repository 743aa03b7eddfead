public import Support

/// One thing that is wrong with a recipe, and where.
public struct RecipeFault: Sendable, Equatable, CustomStringConvertible {
  /// The recipe's file as it was named.
  public let file: String
  /// Line from 1; 0 when the value was set by an edit or is missing altogether.
  public let line: Int
  /// Key path such as `stages.0.rope.base`; empty for the file as a whole.
  public let path: String
  /// What is wrong and what was found, without a full stop.
  public let finding: String
  /// What to do, a sentence.
  public let remedy: String

  /// The sentence: place, what is wrong, what was found, what to do.
  public var description: String {
    UserError(self).description
  }
}

extension UserError {
  /// The fault as an error of its own.
  public init(_ fault: RecipeFault) {
    let place = fault.line > 0 ? "\(fault.file):\(fault.line)" : fault.file
    self.init(
      fault.path.isEmpty ? place : "\(place): \(fault.path)", fault.finding, remedy: fault.remedy)
  }
}

/// Everything that is wrong with a recipe, in the order of the file.
public struct RecipeFaults: Error, Sendable, Equatable, CustomStringConvertible {
  /// The faults; at least one.
  public let faults: [RecipeFault]
  /// The recipe as far as it could be read, for those who look for further faults; nil when a stage or
  /// more is missing.
  public let readable: Recipe?

  /// One sentence a line.
  public var description: String { faults.map(\.description).joined(separator: "\n") }
}
