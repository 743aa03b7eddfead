import Panes
import Recipes
import Terminal
import Testing
import Workbench

/// What `E` draws of each screen.
@Suite struct PictureTests {
  @Test func theRecipeScreenGivesItsWavelengthsAndTheDataScreenItsPositions() throws {
    var state = try Fixtures.state()
    let name = try #require(state.recipe.recipe?.name)
    _ = state.press(.character("1"))
    #expect(state.press(.character("E")) == [.export])
    guard case .wavelengths(let rotary, let recipe)? = state.picture?.content else {
      Issue.record("no wavelengths in \(String(describing: state.picture))")
      return
    }
    #expect(!rotary.scaled.isEmpty && rotary == state.rotary && recipe == name)
    _ = state.press(.character("2"))
    #expect(state.press(.character("E")) == [.export])
    guard case .positions(let kinds, name)? = state.picture?.content else {
      Issue.record("no positions in \(String(describing: state.picture))")
      return
    }
    let row = try #require(state.shownFedRow)
    #expect(kinds.first?.ids == row.own.ids)
    #expect(Set(kinds.map(\.kind)) == [row.own.kind, "plain"])
    _ = state.reduce(.comparePositions)
    guard case .positions(let all, _)? = state.picture?.content else { return }
    #expect(Set(all.map(\.kind)) == Set(row.kinds.map(\.kind)))
  }
}
