import Support

/// Regular expressions as Oniguruma reads them, written for PCRE2.
///
/// Both agree on all that tokenizers use but for the classes of white space and of words, which are
/// spelt out, and for sets of classes, which PCRE2 does not know.
enum PatternSyntax {
  /// Unicode's White_Space.
  static let space = #"\t-\r\x{85}\p{Z}"#
  /// Letters, marks, digits and what joins words.
  static let word = #"\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}"#

  /// The pattern for PCRE2.
  ///
  /// - Throws: `UserError` for what PCRE2 would read as something else.
  static func translated(_ pattern: String, _ part: TokenizerPart) throws -> String {
    var result = ""
    var isInClass = false
    var scalars = pattern.unicodeScalars.makeIterator()
    var previous: Unicode.Scalar?
    while let scalar = scalars.next() {
      defer { previous = scalar }
      switch scalar {
      case "\\":
        guard let next = scalars.next() else {
          result += "\\"
          break
        }
        result += try escape(next, isInClass: isInClass, part)
        continue
      case "[" where isInClass:
        throw part.error("a class inside a class is not known")
      case "&" where isInClass && previous == "&":
        throw part.error("a cut of classes, &&, is not known")
      case "[": isInClass = true
      case "]" where isInClass && previous != "[": isInClass = false
      default: break
      }
      result.unicodeScalars.append(scalar)
    }
    return result
  }

  private static func escape(
    _ scalar: Unicode.Scalar, isInClass: Bool, _ part: TokenizerPart
  ) throws -> String {
    switch (scalar, isInClass) {
    case ("s", true): space
    case ("s", false): "[\(space)]"
    case ("S", false): "[^\(space)]"
    case ("w", true): word
    case ("w", false): "[\(word)]"
    case ("W", false): "[^\(word)]"
    case ("S", true), ("W", true), ("h", _), ("H", _):
      throw part.error("the class \\\(scalar) is not known here")
    default: "\\\(scalar)"
    }
  }
}
