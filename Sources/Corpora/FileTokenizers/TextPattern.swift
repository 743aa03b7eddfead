import CPCRE2
import Support

/// A regular expression, or a text that is looked for as it stands.
///
/// Matching is bounded: where a match would take longer than the limits allow there is none.
final class TextPattern: @unchecked Sendable {
  // Sendable: PCRE2 allows compiled code and a context that do not change in several threads.
  private let code: OpaquePointer
  private let limits: OpaquePointer

  /// Steps of one match, ten million: a tenth of a second.
  private static let mostSteps: UInt32 = 10_000_000
  /// Memory of one match, KiB.
  private static let mostMemory: UInt32 = 64 << 10

  /// The pattern of a part of a tokenizer.json, `{"String": ...}` or `{"Regex": ...}`.
  convenience init(_ part: TokenizerPart) throws {
    if let text = part["String"] {
      try self.init(literal: text.text, part)
    } else if let text = part["Regex"] {
      let pattern = try PatternSyntax.translated(text.text, text)
      try self.init(regex: pattern, text)
      guard isQuick else {
        throw text.error(
          "the regular expression takes too long on some texts",
          remedy: "Use a pattern without nested repetitions.")
      }
    } else {
      throw part.error("neither String nor Regex found")
    }
  }

  /// A text that is looked for as it stands.
  convenience init(literal text: String, _ part: TokenizerPart) throws {
    guard !text.isEmpty else { throw part.error("an empty pattern found") }
    try self.init(text, UInt32(PCRE2_UTF) | UInt32(PCRE2_LITERAL), part)
  }

  /// A regular expression in the syntax of PCRE2.
  convenience init(regex pattern: String, _ part: TokenizerPart) throws {
    // Lines begin and end inside a text, as in Oniguruma, which these files are written for.
    let options = UInt32(PCRE2_UTF) | UInt32(PCRE2_UCP) | UInt32(PCRE2_MULTILINE)
    try self.init(pattern, options, part)
  }

  private init(_ pattern: String, _ options: UInt32, _ part: TokenizerPart) throws {
    var fault: Int32 = 0
    var place = 0
    let bytes = Array(pattern.utf8)
    guard let code = pcre2_compile_8(bytes, bytes.count, options, &fault, &place, nil),
      let limits = pcre2_match_context_create_8(nil)
    else {
      throw part.error("the regular expression cannot be read from byte \(place) on")
    }
    // Without a just-in-time compiler for this processor the pattern is interpreted.
    _ = pcre2_jit_compile_8(code, UInt32(PCRE2_JIT_COMPLETE))
    _ = pcre2_set_match_limit_8(limits, Self.mostSteps)
    _ = pcre2_set_heap_limit_8(limits, Self.mostMemory)
    self.code = code
    self.limits = limits
  }

  deinit {
    pcre2_match_context_free_8(limits)
    pcre2_code_free_8(code)
  }

  /// Calls `body` with each match, from left to right.
  ///
  /// An empty match counts, unless it stands right after another one.
  ///
  /// - Returns: false when a limit was reached; what follows has no matches then.
  @discardableResult
  func forEachMatch(
    in bytes: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>) -> Void
  ) -> Bool {
    guard let found = pcre2_match_data_create_8(1, nil),
      let range = pcre2_get_ovector_pointer_8(found)
    else { return false }
    defer { pcre2_match_data_free_8(found) }
    // A pointer that is not nil, which PCRE2 wants also for an empty text.
    let text = bytes.baseAddress ?? UnsafePointer(bitPattern: 1)
    let options = UInt32(PCRE2_NO_UTF_CHECK)
    var start = 0
    var last: Int?
    while start <= bytes.count {
      var status = pcre2_match_8(code, text, bytes.count, start, options, found, limits)
      if status == PCRE2_ERROR_JIT_STACKLIMIT {
        let slow = options | UInt32(PCRE2_NO_JIT)
        status = pcre2_match_8(code, text, bytes.count, start, slow, found, limits)
      }
      guard status > 0, range[0] <= range[1] else { return status == PCRE2_ERROR_NOMATCH }
      let match = range[0]..<range[1]
      if match.isEmpty, match.lowerBound == last {
        start += start < bytes.count ? UTF8Length.of(bytes[start]) : 1
        continue
      }
      body(match)
      start = match.upperBound
      last = start
    }
    return true
  }

  /// The bytes with each match replaced.
  func replacing(in bytes: [UInt8], with content: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var done = 0
    bytes.withUnsafeBufferPointer { bytes in
      _ = forEachMatch(in: bytes) { match in
        result += bytes[done..<match.lowerBound]
        result += content
        done = match.upperBound
      }
    }
    result += bytes[done...]
    return result
  }

  /// Whether it gets through long runs of like characters within the limits.
  private var isQuick: Bool {
    let characters = ["a", "A", "1", " ", "\n", ".", "é", "世"]
    return characters.allSatisfy { run in
      characters.allSatisfy { end in
        let text = Array((String(repeating: run, count: 1024) + end).utf8)
        return text.withUnsafeBufferPointer { forEachMatch(in: $0) { _ in } }
      }
    }
  }
}

/// Bytes of a character in UTF-8.
enum UTF8Length {
  /// By its first byte.
  @inline(__always)
  static func of(_ first: UInt8) -> Int {
    first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
  }
}
