import Recipes
public import Support

/// A filter over runs: terms with blanks between them, all of which must hold.
///
/// A term is `key op value` or a word that the name contains. The operators are `=`, `!=`, `<`,
/// `<=`, `>`, `>=` and `~` (contains). A key is a column of the table or a field of the recipe by
/// the end of its path: `rate`, `rope`, `stages.0.steps`. With several stages one is enough.
public struct RunFilter: Sendable, Equatable {
  private struct Term: Sendable, Equatable {
    var key: String
    var comparison: String
    var value: String
  }

  /// Longer operators first, so that `<=` is not read as `<`.
  private static let operators = ["<=", ">=", "!=", "=", "<", ">", "~"]

  private let terms: [Term]
  /// The filter as typed.
  public let text: String

  /// A filter that lets every run through.
  public init() { (terms, text) = ([], "") }

  /// Reads a filter; an empty text lets every run through.
  ///
  /// - Throws: `UserError` when a term has no key or no value.
  public init(_ text: String) throws(UserError) {
    self.text = text
    var terms: [Term] = []
    for word in text.split(whereSeparator: \.isWhitespace).map(String.init) {
      guard
        let found = Self.operators.compactMap({ word.firstRange(of: $0) }).min(by: {
          ($0.lowerBound, $1.upperBound) < ($1.lowerBound, $0.upperBound)
        })
      else {
        terms.append(Term(key: "name", comparison: "~", value: word))
        continue
      }
      let term = Term(
        key: String(word[..<found.lowerBound]), comparison: String(word[found]),
        value: String(word[found.upperBound...]))
      guard !term.key.isEmpty, !term.value.isEmpty else {
        throw UserError(
          "filter", "\"\(word)\" has no \(term.key.isEmpty ? "field" : "value")",
          remedy: "Write field, operator and value without blanks, as in loss<2 or rope~yarn.")
      }
      terms.append(term)
    }
    self.terms = terms
  }

  /// Whether a run passes.
  public func accepts(_ run: RunSummary) -> Bool { terms.allSatisfy { Self.holds($0, run) } }

  /// What is wrong with the keys of the filter for these runs, in a sentence; nil when each is
  /// known.
  public func problem(among runs: [RunSummary]) -> String? {
    guard !runs.isEmpty else { return nil }
    for term in terms where RunColumn(rawValue: term.key) == nil {
      guard !runs.contains(where: { !Self.fields(term.key, $0).isEmpty }) else { continue }
      return "no field \"\(term.key)\". "
        + Suggestion.sentence(for: term.key, among: Self.keys(of: runs))
    }
    return nil
  }

  /// Every key that means something for these runs: columns, then the ends of field paths.
  public static func keys(of runs: [RunSummary]) -> [String] {
    var keys = RunColumn.allCases.map(\.rawValue)
    var seen = Set(keys)
    for field in runs.lazy.flatMap(\.fields) {
      let parts = field.path.split(separator: ".").filter { $0 != "kind" }
      if let last = parts.last.map(String.init), seen.insert(last).inserted { keys.append(last) }
    }
    return keys
  }

  /// Fields of a run that a key means: by their whole path or its end, `.kind` left out.
  private static func fields(_ key: String, _ run: RunSummary) -> [RecipeField] {
    run.fields.filter { field in
      let path = field.path
      let bare = path.hasSuffix(".kind") ? String(path.dropLast(5)) : path
      return [path, bare].contains { $0 == key || $0.hasSuffix("." + key) }
    }
  }

  private static func holds(_ term: Term, _ run: RunSummary) -> Bool {
    if let column = RunColumn(rawValue: term.key) {
      let value = term.value.hasSuffix("%") ? String(term.value.dropLast()) : term.value
      return compare(
        column.text(run), column.number(run), term.comparison, term.value, Quantity.real(value),
        isText: [.started, .name, .status].contains(column))
    }
    let fields = fields(term.key, run)
    let holds = fields.contains { field in
      let wanted: Double? =
        switch field.setting.form {
        case .size: Quantity.size(term.value).map(Double.init)
        default: Quantity.real(term.value)
        }
      let number: Double? =
        switch field.value {
        case .integer(let value)?: Double(value)
        case .real(let value)?: value
        default: nil
        }
      return compare(field.text, number, term.comparison, term.value, wanted, isText: false)
    }
    // A run without the field is different from every value.
    return holds || (fields.isEmpty && term.comparison == "!=")
  }

  private static func compare(
    _ text: String, _ number: Double?, _ comparison: String, _ wantedText: String,
    _ wantedNumber: Double?, isText: Bool
  ) -> Bool {
    if comparison == "~" { return text.lowercased().contains(wantedText.lowercased()) }
    if !isText, let number, let wantedNumber {
      switch comparison {
      case "=": return number == wantedNumber
      case "!=": return number != wantedNumber
      case "<": return number < wantedNumber
      case "<=": return number <= wantedNumber
      case ">": return number > wantedNumber
      default: return number >= wantedNumber
      }
    }
    switch comparison {
    case "=": return text == wantedText
    case "!=": return text != wantedText
    // Texts have an order only where it means something: times that begin with the year.
    case "<" where isText: return text < wantedText
    case "<=" where isText: return text <= wantedText
    case ">" where isText: return text > wantedText
    case ">=" where isText: return text >= wantedText
    default: return false
    }
  }
}
