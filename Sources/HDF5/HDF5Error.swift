/// Why an HDF5 operation failed, with the object that was meant.
public enum HDF5Error: Error, Equatable, Sendable, CustomStringConvertible {
  /// The library refused; `text` holds the innermost entries of its error stack.
  case refused(file: String, object: String, operation: String, text: String)
  /// A dataset has another shape than asked for.
  case shape(file: String, object: String, found: [Int], expected: [Int])
  /// A dataset or attribute has another type or storage than asked for.
  case type(file: String, object: String, expected: String)

  /// The error as `place: what is wrong, what was found`.
  public var description: String {
    switch self {
    case .refused(let file, let object, let operation, let text):
      "\(file): \(object): cannot \(operation), HDF5 says: \(text.isEmpty ? "nothing" : text)."
    case .shape(let file, let object, let found, let expected):
      "\(file): \(object): shape \(found) found, \(expected) expected."
    case .type(let file, let object, let expected):
      "\(file): \(object): not stored as \(expected)."
    }
  }
}
