import Foundation
import Support
import Terminal
import Testing

@Suite struct CapabilityTests {
  @Test(arguments: [
    ("xterm-256color", "UTF-8", 256, nil, GlyphSet.full, ColorDepth.full),
    ("xterm-256color", "ANSI_X3.4-1968", 256, nil, .ascii, .full),
    ("linux", "UTF-8", 8, nil, .basic, .eight), ("vt100", "UTF-8", -1, nil, .basic, .none),
    ("tmux-256color", "utf8", 256, "1", .full, .none), ("xterm", "UTF-8", 8, "", .full, .eight),
    ("xterm-16color", "UTF-8", 16, nil, .full, .sixteen),
    ("xterm-direct", "UTF-8", 1 << 24, nil, .full, .direct),
  ])
  func decisionsFollowTheFacts(
    term: String, codeset: String, count: Int, noColor: String?, glyphs: GlyphSet,
    colors: ColorDepth
  ) {
    let found = TerminalCapabilities(
      facts: .init(term: term, codeset: codeset, colors: count, noColor: noColor))
    #expect(found.glyphs == glyphs && found.colors == colors)
    #expect(found.reasons.count == 3)
  }

  @Test func wishesWin() {
    func facts(_ count: Int) -> TerminalCapabilities.Facts {
      TerminalCapabilities.Facts(term: "xterm", codeset: "UTF-8", colors: count, noColor: "1")
    }
    func colors(_ wish: String, of count: Int = 256) -> ColorDepth {
      TerminalCapabilities(facts: facts(count), wishes: .init(color: wish)).colors
    }
    #expect(colors("always") == .full && colors("16") == .sixteen && colors("never") == .none)
    #expect(colors("auto") == .none)
    #expect([8, 16, 1 << 24].map { colors("16", of: $0) } == [.eight, .sixteen, .eight])
    #expect(TerminalCapabilities(facts: facts(256), wishes: .init(ascii: true)).glyphs == .ascii)
  }

  @Test func textIsReadableInBothThemes() {
    for theme in Palette.Theme.allCases {
      for depth in [ColorDepth.full, .direct] {
        let palette = Palette(depth: depth, theme: theme)
        func contrast(_ style: Style, on ground: Int? = nil) -> Double {
          let cell = palette.resolve(style)
          let colors = [cell.foreground, cell.background]
            .map { depth == .full ? Palette.rgb($0) : $0 }
          return Palette.contrast(colors[0], ground ?? colors[1])
        }
        let ground = theme == .dark ? 0 : 0xFFFFFF
        for color in [Color.faint, .accent, .warning, .good, .bad] {
          #expect(contrast(Style(color), on: ground) >= 4.5, "\(color.name), \(theme)")
        }
        for step in 0..<12 { #expect(contrast(.heat(step)) >= 4.5, "heat \(step)") }
        for step in 0..<9 { #expect(contrast(.diverging(step)) >= 4.5, "diverging \(step)") }
      }
    }
  }

  /// Numbers below 8, on some kinds below 256, mean colours of a table there.
  @Test func directColoursAreNoNumbersOfATable() {
    for theme in Palette.Theme.allCases {
      let palette = Palette(depth: .direct, theme: theme)
      let styles =
        [Style.accent, .faint, .bad] + (0..<6).map { Style(.series($0)) }
        + (0..<12).map { Style.heat($0) } + (0..<9).map { Style.diverging($0) }
      for style in styles {
        let cell = palette.resolve(style)
        #expect((256..<1 << 24).contains(cell.foreground))
        #expect(cell.background == -1 || (256..<1 << 24).contains(cell.background))
      }
      #expect(palette.resolve(.heat(11)).background == 0xFDE725)
      #expect(palette.resolve(.text).foreground == -1)
    }
  }

  @Test func withoutColourNothingAsksForColour() {
    let palette = Palette(depth: .none)
    for color in [Color.accent, .heat(3), .bad, .series(4)] {
      let cell = palette.resolve(Style(color, on: color))
      #expect(cell.foreground == -1 && cell.background == -1)
      for (depth, count) in [(ColorDepth.eight, 8), (.sixteen, 16)] {
        let cell = Palette(depth: depth).resolve(Style(color, on: color))
        #expect(cell.foreground < count && cell.background < count)
      }
    }
  }

  @Test func aScriptedScreenPlaysKeysAndSizes() {
    let screen = MemoryScreen(width: 10, height: 2, glyphs: .ascii)
    screen.press(.tab)
    screen.type("ab")
    screen.resize(width: 1, height: 0)
    #expect(screen.readKeys() == [.tab, .character("a"), .character("b"), .resize])
    #expect(screen.readKeys().isEmpty && screen.updateSize() && !screen.updateSize())
    #expect(screen.width == 1 && screen.height == 1)
    let canvas = screen.canvas()
    canvas.text("→", y: 0)
    screen.present(canvas.buffer)
    #expect(screen.frame.text == "~" || screen.frame.text == ">")
  }

  @Test func clipboardTextIsBase64() {
    #expect(
      ["", "f", "fo", "foo", "foob"].map { Base64.encode(Array($0.utf8)) } == [
        "", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==",
      ])
  }

  @Test func wakingFromAnotherThreadEndsTheWaitAndSilenceTimesOut() throws {
    let wait = try EventWait()
    let waker = wait.waker
    #expect(wait.wait(milliseconds: 5) == .timeout)
    // A thread of its own: those of tasks may all be held by other tests.
    let isDone = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      for _ in 0..<100_000 { waker.wake() }
      isDone.signal()
    }
    #expect(wait.wait(milliseconds: 60_000).contains(.wake))
    isDone.wait()
    _ = wait.wait(milliseconds: 0)
    #expect(!wait.wait(milliseconds: 0).contains(.wake))
    wait.close()
  }
}
