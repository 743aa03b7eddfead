/// Something that a person can mend: where it is, what is wrong, what to do.
///
/// Printed as `place: what is wrong, what was found. What to do.`
public struct UserError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The kind of failure, which decides the exit status.
  public enum Kind: Sendable, Equatable {
    /// Wrong usage, recipe or input: nothing was started, nothing was written (exit 2).
    case input
    /// The work itself failed (exit 1).
    case work
  }

  /// File, line, key path or dataset that is meant.
  public let place: String
  /// What is wrong and what was found, without a closing full stop.
  public let finding: String
  /// What to do about it, a sentence with its full stop; empty when there is nothing to add.
  public let remedy: String
  /// Whether input or work failed.
  public let kind: Kind

  /// An error sentence in three parts.
  public init(_ place: String, _ finding: String, remedy: String = "", kind: Kind = .input) {
    self.place = place
    self.finding = finding
    self.remedy = remedy
    self.kind = kind
  }

  /// The whole sentence.
  public var description: String {
    remedy.isEmpty ? "\(place): \(finding)." : "\(place): \(finding). \(remedy)"
  }
}

/// Finds the known name that a mistyped one probably meant.
public enum Suggestion {
  /// The nearest known name within a third of the length, rounded up, or nil.
  public static func nearest(to name: String, among known: [String]) -> String? {
    let scored = known.map { ($0, distance(name.lowercased(), $0.lowercased())) }
    guard let best = scored.min(by: { $0.1 < $1.1 }) else { return nil }
    return best.1 <= (max(name.count, best.0.count) + 2) / 3 ? best.0 : nil
  }

  /// The sentence that follows an unknown name: a suggestion if one is near, then all that is known.
  public static func sentence(for name: String, among known: [String]) -> String {
    let list = known.joined(separator: ", ")
    guard let near = nearest(to: name, among: known) else { return "Known: \(list)." }
    return "Did you mean \"\(near)\"? Known: \(list)."
  }

  /// Edits between two words, a swap of neighbours counting as one (restricted Damerau-Levenshtein).
  static func distance(_ first: String, _ second: String) -> Int {
    let a = Array(first.unicodeScalars.prefix(64))
    let b = Array(second.unicodeScalars.prefix(64))
    var table = [[Int]](repeating: [Int](repeating: 0, count: b.count + 1), count: a.count + 1)
    for i in 0...a.count { table[i][0] = i }
    for j in 0...b.count { table[0][j] = j }
    guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
    for i in 1...a.count {
      for j in 1...b.count {
        let change = a[i - 1] == b[j - 1] ? 0 : 1
        var best = min(table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + change)
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          best = min(best, table[i - 2][j - 2] + 1)
        }
        table[i][j] = best
      }
    }
    return table[a.count][b.count]
  }
}
