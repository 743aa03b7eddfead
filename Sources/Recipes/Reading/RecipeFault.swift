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
    let place = line > 0 ? "\(file):\(line)" : file
    return "\(place): \(path.isEmpty ? "" : path + ": ")\(finding). \(remedy)"
  }
}

/// Everything that is wrong with a recipe, in the order of the file.
public struct RecipeFaults: Error, Sendable, Equatable, CustomStringConvertible {
  /// The faults; at least one.
  public let faults: [RecipeFault]

  /// One sentence a line.
  public var description: String { faults.map(\.description).joined(separator: "\n") }
}
