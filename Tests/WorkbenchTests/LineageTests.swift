import Panes
import Recipes
import Records
import Support
import Terminal
import Testing
import Workbench

struct LineageTests {
  private static let rows = Lineage(runs: Fixtures.runs, files: Fixtures.models).rows

  private static func text(_ row: Lineage.Row) -> String {
    row.tree + row.title + (row.note.isEmpty ? "" : " " + row.note)
  }

  @Test func everyRunStandsBelowWhereItCameFrom() {
    #expect(
      Self.rows.map(Self.text) == [
        "base-256.h5",
        "└─016-pose",
        "  ├─@150",
        "  │ └─017-longrecipe-256-to-4k",
        "  │   └─merge 0.5 of base",
        "  ├─merge 0.5 of base",
        "  └─merge-016.h5 0.50 of base-256.h5",
        "014-base-500k",
      ])
    #expect(Self.rows[1].model == "runs/016-pose/step-000000000200.h5")
    #expect(Self.rows[3].model == nil, "a run without checkpoints is nothing to start from")
  }

  @Test func aBaseThatIsNotHereAndARunFromAPrunedCheckpointAreTold() {
    var runs = Fixtures.runs
    runs[0].base = "/home/me/runs/016-pose/step-000000000100.h5"
    runs[1].resumed = [150]
    runs[1].base = "/elsewhere/other.h5"
    let rows = Lineage(runs: runs, files: []).rows.map(Self.text)
    #expect(rows.contains("other.h5 elsewhere"))
    #expect(rows.contains("└─016-pose resumed @150"))
    #expect(rows.contains { $0.hasSuffix("─017-longrecipe-256-to-4k from @100") })
    // An older run folder says only which folder it started from.
    runs[0].base = "runs/016-pose"
    #expect(
      Lineage(runs: runs, files: []).rows.map(Self.text).contains {
        $0.hasSuffix("─017-longrecipe-256-to-4k")
      })
  }

  @Test func filesThatNameOneAnotherAreShownOnce() {
    let files = [
      ModelFile(path: "a.h5", step: 1, parents: ["b.h5", "c.h5"], weight: 0.5),
      ModelFile(path: "b.h5", step: 1, parents: ["a.h5", "c.h5"], weight: 0.5),
    ]
    #expect(Lineage(runs: [], files: files).rows.map(\.title).sorted() == ["a.h5", "b.h5"])
  }

  private func state(onRow row: Int) throws -> WorkbenchState {
    var state = try Fixtures.state()
    _ = state.reduce(.reveal(.lineage))
    for _ in 0..<row { _ = state.press(.down) }
    return state
  }

  @Test func aBranchMakesTheCheckpointTheBaseAndCanBeTakenBack() throws {
    var state = try state(onRow: 2)
    let effects = state.press(.character("b"))
    #expect(effects == [.plan])
    #expect(state.screen == .recipe)
    #expect(state.message?.contains("starts from 016-pose @150 now") == true)
    #expect(state.recipe.recipe?.base == "runs/016-pose/step-000000000150.h5")
    #expect(state.recipe.changes.map(\.path) == ["base"])
    _ = state.press(.character("u"))
    #expect(!state.recipe.isEdited)
    var nothing = try self.state(onRow: 3)
    _ = nothing.press(.character("b"))
    #expect(nothing.message?.contains("no checkpoint") == true)
  }

  @Test func twoMarkedCheckpointsAreMergedWithAShare() throws {
    var state = try state(onRow: 0)
    _ = state.press(.character("M"))
    #expect(state.draft == nil && state.message?.contains("marks two") == true)
    _ = state.press(.character("m"))
    _ = state.press(.down)
    _ = state.press(.character("m"))
    #expect(state.picked == ["runs/base-256.h5", "runs/016-pose/step-000000000200.h5"])
    _ = state.press(.character("M"))
    for key in "3" { _ = state.press(.character(key)) }
    _ = state.press(.enter)
    #expect(state.draft?.problem != nil, "3 is no share")
    _ = state.press(.control("u"))
    for key in ".25" { _ = state.press(.character(key)) }
    let effects = state.press(.enter)
    #expect(
      effects == [
        .merge("runs/base-256.h5", "runs/016-pose/step-000000000200.h5", weight: 0.25)
      ])
    let after = state.merged(.success("runs/merge.h5"))
    #expect(after == [.listRuns])
    #expect(state.picked.isEmpty && state.message?.contains("runs/merge.h5") == true)
  }

  @Test func enterOpensTheRunOfARow() throws {
    var state = try state(onRow: 2)
    let effects = state.press(.enter)
    #expect(effects == [.openRun("runs/016-pose")])
    var file = try self.state(onRow: 0)
    let none = file.press(.enter)
    #expect(none == [] && file.message?.contains("no run") == true)
  }

  @Test func runsOfOneNameAreToldApart() {
    func run(_ stamp: String, _ when: String, seed: Int) -> RunSummary {
      RunSummary(
        path: "runs/pose-\(stamp)-ab12cd34", name: "pose", when: when, status: "done", steps: 10,
        tokens: 100, loss: nil, needle: nil, seconds: 1,
        fields: Fixtures.fields([("seed", "\(seed)")]))
    }
    func tails(_ runs: RunSummary...) -> [String] {
      Lineage(runs: runs, files: []).rows.filter { $0.kind == .run("done") }.map(\.tail)
    }
    let first = run("20261121T110205Z", "2026-11-21 11:02", seed: 1)
    let other = run("20261121T110248Z", "2026-11-21 11:02", seed: 2)
    let later = run("20261121T124110Z", "2026-11-21 12:41", seed: 1)
    let again = run("20261121T110248Z", "2026-11-21 11:02", seed: 1)
    #expect(tails(first) == [""])
    #expect(tails(first, other) == ["seed 1", "seed 2"])
    #expect(tails(first, later) == ["11-21 11:02", "11-21 12:41"])
    #expect(tails(first, again) == ["11:02:05", "11:02:48"], "the same minute and seed")
  }
}
