import Foundation
import Support

/// What is done to a text before it is cut.
struct TextNormalizer: Sendable {
  private enum Step: Sendable {
    case form(UnicodeForm)
    case lowercase
    case prepend([UInt8])
    case replace(TextPattern, [UInt8])
    case strip(left: Bool, right: Bool)
  }

  private static let known = [
    "NFC", "NFD", "NFKC", "NFKD", "Lowercase", "Prepend", "Replace", "Strip", "Sequence",
  ]

  private var steps: [Step] = []
  /// How many times longer replacements may make a text.
  private var growth = 1.0

  /// The normalizer of a tokenizer.json; nil is none.
  init(_ part: TokenizerPart?) throws {
    if let part { try add(part) }
  }

  /// True when texts stay as they are.
  var isNothing: Bool { steps.isEmpty }

  private mutating func add(_ part: TokenizerPart) throws {
    try part.countStep(after: steps.count)
    let type = try part.type
    if let form = UnicodeForm(rawValue: type) {
      steps.append(.form(form))
      return
    }
    switch type {
    case "Sequence": for step in try part.need("normalizers").list { try add(step) }
    case "Lowercase": steps.append(.lowercase)
    case "Prepend": steps.append(.prepend(Array(try part.need("prepend").text.utf8)))
    case "Replace":
      let content = Array(try part.need("content").text.utf8)
      let least = part["pattern"]?.value["String"]?.textValue?.utf8.count ?? 1
      growth *= max(1, Double(content.count) / Double(max(1, least)))
      guard growth <= 64 else { throw part.error("texts may become \(growth) times as long") }
      steps.append(.replace(try TextPattern(try part.need("pattern")), content))
    case "Strip":
      steps.append(
        .strip(
          left: try part.flag("strip_left", default: true),
          right: try part.flag("strip_right", default: true)))
    default: throw try part.unknownType(Self.known)
    }
  }

  /// The text after every step; `continues` when it goes on where other text ends.
  func apply(_ text: [UInt8], continues: Bool) -> [UInt8] {
    steps.reduce(text) { text, step in
      switch step {
      case .form(let form): form.apply(text)
      case .lowercase: Array(Self.lowercased(String(decoding: text, as: UTF8.self)).utf8)
      case .prepend(let prefix): text.isEmpty || continues ? text : prefix + text
      case .replace(let pattern, let content): pattern.replacing(in: text, with: content)
      case .strip(let left, let right): Self.stripped(text, left: left, right: right)
      }
    }
  }

  /// Each character by itself, without regard to its neighbours.
  private static func lowercased(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { $0 += $1.properties.lowercaseMapping }
  }

  private static func stripped(_ text: [UInt8], left: Bool, right: Bool) -> [UInt8] {
    var scalars = Substring(String(decoding: text, as: UTF8.self)).unicodeScalars
    while left, let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
    while right, let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
    return Array(Substring(scalars).utf8)
  }
}

/// The normal forms of Unicode (UAX 15).
enum UnicodeForm: String, Sendable {
  case composed = "NFC"
  case decomposed = "NFD"
  case compatibilityComposed = "NFKC"
  case compatibilityDecomposed = "NFKD"

  /// The text in this form.
  func apply(_ text: [UInt8]) -> [UInt8] {
    // A byte below this one begins a character before U+0300, the first that joins others, or U+00A0,
    // the first with another form.
    let least: UInt8 = self == .composed ? 0xCC : 0x80
    if text.allSatisfy({ $0 < least }) { return text }
    let text = String(decoding: text, as: UTF8.self)
    let result =
      switch self {
      case .composed: text.precomposedStringWithCanonicalMapping
      case .decomposed: text.decomposedStringWithCanonicalMapping
      case .compatibilityComposed: text.precomposedStringWithCompatibilityMapping
      case .compatibilityDecomposed: text.decomposedStringWithCompatibilityMapping
      }
    return Array(result.utf8)
  }
}
