/// A recipe that can be opened: an experiment or an example that ships with the program.
public struct RecipeListing: Sendable, Equatable {
  /// Its folder's name, or its file's.
  public let name: String
  /// The question that it answers, in one line.
  public let summary: String
  /// Where it lies.
  public let path: String

  /// A listing of these values.
  public init(name: String, summary: String, path: String) {
    self.name = name
    self.summary = summary
    self.path = path
  }
}
