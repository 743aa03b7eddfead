import Terminal
import Testing
import Workbench

struct LayoutTests {
  @Test(arguments: ScreenName.allCases)
  func panesCoverTheBodyWithoutOverlapAtEverySize(_ screen: ScreenName) {
    for width in stride(from: 60, through: 300, by: 13) {
      for height in stride(from: 16, through: 100, by: 7) {
        for focused in screen.panes {
          let layout = Layout(width: width, height: height, screen: screen, focused: focused)
          let rects = layout.places.map(\.rect) + (layout.extra.map { [$0] } ?? [])
          let area = rects.reduce(0) { $0 + $1.width * $1.height }
          #expect(area == width * (height - 4), "\(width)x\(height) \(focused)")
          for (index, rect) in rects.enumerated() {
            for other in rects.dropFirst(index + 1) {
              #expect(rect.intersection(other).isEmpty)
            }
          }
          #expect(layout.places.contains { $0.pane == focused } || focused == .wavelengths)
        }
      }
    }
  }

  @Test func everySizeIsDrawnWithoutACrash() throws {
    var states = [try Fixtures.state(), try Fixtures.running(through: 120)]
    for keys: [Key] in [[.character("?")], [.character(":")], [.character("q")]] {
      var state = try Fixtures.running(through: 30)
      for key in keys { _ = state.press(key) }
      states.append(state)
    }
    let sizes = [
      (0, 0), (1, 1), (2, 1), (1, 40), (8, 2), (19, 3), (20, 3), (30, 8), (40, 8), (60, 15),
      (60, 16), (79, 23), (80, 24), (119, 40), (120, 39), (120, 40), (200, 60), (300, 100),
      (500, 2),
    ]
    for state in states {
      for screen in ScreenName.allCases {
        for (width, height) in sizes {
          var shown = state
          if shown.overlay == nil { _ = shown.reduce(.show(screen)) }
          for level in GlyphSet.Level.allCases {
            let canvas = Canvas(
              width: width, height: height, glyphs: GlyphSet(level), colors: .none)
            Frame.draw(shown, on: canvas)
            #expect(canvas.buffer.height == height)
            if level == .ascii {
              #expect(canvas.buffer.lines.allSatisfy { $0.allSatisfy(\.isASCII) })
            }
          }
        }
      }
    }
  }

  @Test func theTrainingRunIsOnEveryScreen() throws {
    for screen in ScreenName.allCases {
      var state = try Fixtures.running(through: 120)
      _ = state.reduce(.show(screen))
      let canvas = Canvas(width: 80, height: 24)
      Frame.draw(state, on: canvas)
      let strip = canvas.buffer.lines[22]
      for part in ["120/200", "loss", "t/s", "ETA"] { #expect(strip.contains(part)) }
    }
  }
}
