import Terminal
import Testing
import Workbench

struct BindingTableTests {
  @Test(arguments: ScreenName.allCases)
  func noTwoBindingsCollideOnAScreen(_ screen: ScreenName) {
    var seen: [Key: String] = [:]
    for binding in BindingTable.bindings(on: screen) {
      for stroke in binding.strokes {
        for key in stroke.keys {
          #expect(seen[key] == nil, "\(key) is \(stroke.name) and \(seen[key] ?? "")")
          seen[key] = stroke.name
        }
      }
    }
  }

  @Test(arguments: ScreenName.allCases)
  func footerHelpAndPaletteComeFromTheTable(_ screen: ScreenName) throws {
    var state = try Fixtures.state()
    _ = state.reduce(.show(screen))
    let table = BindingTable.bindings(on: screen)
    #expect(HelpModel.bindings(on: screen, filter: "") == table)
    for binding in BindingTable.footer(on: screen) { #expect(table.contains(binding)) }
    let lines = Set(PaletteModel.entries(matching: "", in: state).map(\.line))
    for stroke in table.flatMap(\.strokes) { #expect(lines.contains(stroke.name)) }
  }

  @Test(arguments: ScreenName.allCases)
  func theFooterShowsItsFirstKeysAndTheDoorAt80Columns(_ screen: ScreenName) throws {
    var state = try Fixtures.state()
    _ = state.reduce(.show(screen))
    let canvas = Canvas(width: 80, height: 24)
    Frame.draw(state, on: canvas)
    let footer = canvas.buffer.lines[23]
    let first = try #require(BindingTable.footer(on: screen).first)
    #expect(footer.contains("\(first.label) \(first.short)"))
    #expect(footer.contains("? help  : command"))
  }

  @Test(arguments: ScreenName.allCases)
  func everyKeyOfTheHelpCanBePressedInEveryState(_ screen: ScreenName) throws {
    for start in [try Fixtures.state(), try Fixtures.running(through: 120)] {
      for binding in BindingTable.bindings(on: screen) {
        for key in binding.strokes.flatMap(\.keys) {
          var state = start
          _ = state.reduce(.show(screen))
          for pane in screen.panes {
            _ = pane
            _ = state.press(key)
            _ = state.press(.escape)
            _ = state.press(.tab)
          }
          let canvas = Canvas(width: 80, height: 24)
          Frame.draw(state, on: canvas)
          #expect(canvas.buffer.lines.count == 24)
        }
      }
    }
  }
}
