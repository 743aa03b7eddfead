import Support
import Testing

/// Hostile strings, from a seed, out of pieces that have broken terminals before.
private func hostile(_ seed: UInt64) -> String {
  var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
  func next(_ bound: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state >> 33) % bound
  }
  let pieces = [
    "\u{1B}[31m", "\u{1B}]52;c;aGk=\u{7}", "\u{9B}2J", "\u{90}q\u{9C}", "\0", "\r\n", "\t",
    "\u{7F}",
    "\u{202E}", "\u{2066}", "\u{200B}", "\u{FEFF}", "\u{61C}",
    "e\u{301}\u{302}\u{303}\u{304}\u{305}",
    "\u{301}", "日本", "👍🏽", "👨‍👩‍👧", "🇩🇪", "\u{E000}", "\u{10FFFF}", "\u{FFF9}", "각", "\u{1160}",
    "ab", " ", "é", "\u{FE0F}", "\u{E0041}", "\u{2028}", "▲\u{FE0F}",
  ]
  var text = ""
  for _ in 0..<next(30) {
    if next(3) == 0 {
      if let scalar = Unicode.Scalar(UInt32(next(0x11_0000))) { text.unicodeScalars.append(scalar) }
    } else {
      text += pieces[next(pieces.count)]
    }
  }
  return text
}

/// Whether a character may reach a terminal at all.
private func isPlain(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
    .paragraphSeparator:
    false
  default: !scalar.properties.isDefaultIgnorableCodePoint
  }
}

@Suite struct DisplayTextTests {
  @Test func noHostileStringGetsAControlCharacterThrough() {
    var failures = 0
    for seed in 1...5000 as ClosedRange<UInt64> {
      let text = DisplayText(hostile(seed))
      if !text.description.unicodeScalars.allSatisfy(isPlain) { failures += 1 }
      if !text.ascii.description.unicodeScalars.allSatisfy({ (0x20..<0x7F).contains($0.value) }) {
        failures += 1
      }
    }
    #expect(failures == 0, "5000 cases, \(failures) failures")
  }

  @Test func widthNeverExceedsTheLimitAndAsciiKeepsIt() {
    for seed in 1...3000 as ClosedRange<UInt64> {
      let raw = hostile(seed)
      let limit = Int(seed % 23)
      let whole = DisplayText(raw)
      let cut = DisplayText(raw, limit: limit)
      #expect(cut.width <= limit)
      #expect(whole.truncated(to: limit).width <= limit)
      #expect(whole.ascii.width == whole.width)
      #expect(cut.width == cut.glyphs.reduce(0) { $0 + $1.width })
      #expect(cut == whole.truncated(to: limit), "seed \(seed)")
      for start in 0..<3 { #expect(whole.slice(from: start, cells: limit).width <= limit) }
    }
  }

  @Test func sanitizingTwiceChangesNothing() {
    for seed in 1...1000 as ClosedRange<UInt64> {
      let once = DisplayText(hostile(seed))
      #expect(DisplayText(once.description) == once, "seed \(seed)")
    }
  }

  @Test(arguments: [
    ("a\u{1B}[31mb", "a␛[31mb"), ("\0\u{7F}", "␀␡"), ("\u{9B}2J", "<9B>2J"),
    ("x\u{202E}y", "x<U+202E>y"), ("\u{200B}", "<U+200B>"), ("e\u{301}", "e\u{301}"),
    ("\u{301}", "\u{25CC}\u{301}"), ("日本", "日本"), ("a\nb", "a␊b"), ("\u{10FFFF}", "<U+10FFFF>"),
    ("o\u{301}\u{302}\u{303}\u{304}\u{305}x", "o\u{301}\u{302}\u{303}<+2>x"),
  ])
  func hostileCharactersAreSpelledOut(raw: String, shown: String) {
    #expect(Array(DisplayText(raw).description.unicodeScalars) == Array(shown.unicodeScalars))
  }

  @Test func brokenBytesBecomeReplacementCharacters() {
    #expect(DisplayText(bytes: [0x61, 0xFF, 0x62]).description == "a\u{FFFD}b")
  }

  @Test func wideCharactersAreNeverSplit() {
    let text = DisplayText("日本語")
    #expect(text.width == 6)
    #expect(text.truncated(to: 4).description == "日…")
    #expect(text.truncated(to: 5).description == "日本…")
    #expect(text.slice(from: 1, cells: 3).description == " 本")
  }

  @Test func linesSplitAndTabsAdvance() {
    let lines = DisplayText.lines("a\tb\r\n\u{1B}c\n")
    #expect(lines.map(\.description) == ["a   b", "␛c", ""])
  }

  @Test func aHugeStringCostsNoMoreThanItsLimit() {
    let text = DisplayText(String(repeating: "x", count: 5_000_000), limit: 10)
    #expect(text.description == "xxxxxxxxx…")
  }

  @Test func noGlyphCanBeMadeFromAControl() {
    for value in 0..<0x3000 as Range<UInt32> {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let glyph = Glyph(scalar)
      #expect(isPlain(glyph.scalar) && glyph.ascii.scalar.isASCII)
    }
  }
}
