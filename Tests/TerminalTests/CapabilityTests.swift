import Support
import Terminal
import Testing

@Suite struct CapabilityTests {
  @Test(arguments: [
    ("xterm-256color", "UTF-8", 256, nil, GlyphSet.full, ColorDepth.full),
    ("xterm-256color", "ANSI_X3.4-1968", 256, nil, .ascii, .full),
    ("linux", "UTF-8", 8, nil, .basic, .eight), ("vt100", "UTF-8", -1, nil, .basic, .none),
    ("tmux-256color", "utf8", 256, "1", .full, .none), ("xterm", "UTF-8", 8, "", .full, .eight),
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
    let facts = TerminalCapabilities.Facts(
      term: "xterm-256color", codeset: "UTF-8", colors: 256, noColor: "1")
    func colors(_ wish: String) -> ColorDepth {
      TerminalCapabilities(facts: facts, wishes: .init(color: wish)).colors
    }
    #expect(colors("always") == .full && colors("16") == .eight && colors("never") == .none)
    #expect(colors("auto") == .none)
    #expect(TerminalCapabilities(facts: facts, wishes: .init(ascii: true)).glyphs == .ascii)
  }

  @Test func textIsReadableInBothThemes() {
    for theme in Palette.Theme.allCases {
      let palette = Palette(depth: .full, theme: theme)
      let ground = theme == .dark ? 16 : 231
      for color in [Color.faint, .accent, .warning, .good, .bad] {
        let number = palette.resolve(Style(color)).foreground
        #expect(Palette.contrast(number, ground) >= 4.5, "\(color.name), \(theme)")
      }
      for step in 0..<12 {
        let cell = palette.resolve(.heat(step))
        #expect(Palette.contrast(cell.foreground, cell.background) >= 4.5, "heat \(step)")
      }
      for step in 0..<9 {
        let cell = palette.resolve(.diverging(step))
        #expect(Palette.contrast(cell.foreground, cell.background) >= 4.5, "diverging \(step)")
      }
    }
  }

  @Test func withoutColourNothingAsksForColour() {
    let palette = Palette(depth: .none)
    for color in [Color.accent, .heat(3), .index(200), .bad, .series(4)] {
      let cell = palette.resolve(Style(color, on: color))
      #expect(cell.foreground == -1 && cell.background == -1)
    }
    for color in [Color.accent, .heat(3), .index(200), .bad, .series(4)] {
      let cell = Palette(depth: .eight).resolve(Style(color, on: color))
      #expect(cell.foreground < 8 && cell.background < 8)
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

  @Test func wakingFromAnotherThreadEndsTheWaitAndSilenceTimesOut() async throws {
    let wait = try EventWait()
    let waker = wait.waker
    #expect(wait.wait(milliseconds: 5) == .timeout)
    let task = Task.detached { for _ in 0..<100_000 { waker.wake() } }
    // The waking task may have to wait for a thread while many tests run side by side.
    var seen: EventWait.Events = []
    for _ in 0..<20 where !seen.contains(.wake) { seen.formUnion(wait.wait(milliseconds: 5000)) }
    #expect(seen.contains(.wake))
    await task.value
    _ = wait.wait(milliseconds: 0)
    #expect(!wait.wait(milliseconds: 0).contains(.wake))
    wait.close()
  }
}
