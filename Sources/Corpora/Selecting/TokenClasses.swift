import Support

/// Coarse classes of tokens, in place of parts of speech: they need no tagger and fit any vocabulary.
enum TokenClass: Int, CaseIterable, Sendable {
  case digits, names, signs, functionWords, others

  /// What tables call it.
  var name: String {
    switch self {
    case .digits: "digits"
    case .names: "capitalised words"
    case .signs: "punctuation"
    case .functionWords: "function words"
    case .others: "other words"
    }
  }

  private static let little: Set<String> = Set(
    """
    a an the and or but if then than that this these those it its he she they we you i him her them
    his their our your my me us who whom which what where when why how of in on at to from by with
    for as is are was were be been being has have had do does did not no nor so too very can could
    may might must shall should will would there here about into over under again once until while
    """.split { $0 == " " || $0 == "\n" }.map(String.init))

  /// The class of a token by its own text.
  init(_ word: String) {
    let text = word.unicodeScalars.filter { !$0.properties.isWhitespace }
    if text.contains(where: { ("0"..."9").contains($0) }) {
      self = .digits
    } else if !text.contains(where: \.properties.isAlphabetic) {
      self = .signs
    } else if Self.little.contains(String(String.UnicodeScalarView(text)).lowercased()) {
      self = .functionWords
    } else if text.first?.properties.isUppercase == true {
      self = .names
    } else {
      self = .others
    }
  }
}
