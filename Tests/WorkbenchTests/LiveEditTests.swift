import Panes
import Recipes
import Records
import Terminal
import Testing
import Workbench

/// Edits that reach a run in work.
struct LiveEditTests {
  private func commands(_ effects: [Effect]) -> [RunCommand] {
    effects.compactMap { if case .send(let command) = $0 { command } else { nil } }
  }

  @Test func aWeightEditedWhileItTrainsIsSentWithTheOthersRescaled() throws {
    var state = try Fixtures.running(through: 40)
    _ = state.reduce(.show(.recipe))
    let sent = commands(state.press(.character("+")))
    var weights: [String: Double] = [:]
    for case .setWeight(let source, let weight) in sent { weights[source] = weight }
    #expect(weights["stories"] == 0.41)
    #expect(weights.count == 4)
    #expect(abs(weights.values.reduce(0, +) - 1) < 1e-9)
  }

  @Test func undoOfALiveWeightSendsTheOldOnes() throws {
    var state = try Fixtures.running(through: 40)
    _ = state.reduce(.show(.recipe))
    _ = state.press(.character("+"))
    let sent = commands(state.press(.character("u")))
    #expect(sent.contains(.setWeight(source: "stories", weight: 0.4)))
    #expect(sent.contains(.setWeight(source: "code", weight: 0.3)))
  }

  @Test func theLargestWeightIsSentFirstSoThatSomeWeightIsAlwaysLeft() throws {
    var state = try Fixtures.running(through: 40)
    _ = state.reduce(.show(.recipe))
    _ = state.press(.character("="))
    for key in "1" { _ = state.press(.character(key)) }
    _ = state.press(.enter)
    _ = state.press(.down)
    _ = state.press(.character("="))
    _ = state.press(.character("1"))
    let sent = commands(state.press(.enter))
    #expect(sent.first == .setWeight(source: "code", weight: 1))
  }

  @Test func aWeightEditedWithoutARunIsSentToNobody() throws {
    var state = try Fixtures.state()
    #expect(commands(state.press(.character("+"))).isEmpty)
  }

  @Test func anEditThatTheRunCannotTakeSaysThatItIsForTheNextOne() throws {
    var state = try Fixtures.running(through: 40)
    _ = state.reduce(.show(.recipe))
    let sent = commands(state.reduce(.set(path: "stages.0.sequence", value: "512")))
    #expect(sent.isEmpty)
    #expect(state.message?.contains("next one") == true)
  }

  @Test(arguments: [
    ("stages.0.steps", "250"), ("stages.0.optimizer.rate", "0.002"), ("evaluate.0.every", "10"),
  ])
  func aFieldThatMayChangeIsSentAndTakenBack(_ path: String, _ value: String) throws {
    var state = try Fixtures.running(through: 40)
    _ = state.reduce(.show(.recipe))
    let old = try #require(state.recipe.fields.first { $0.path == path }).text
    #expect(
      commands(state.reduce(.set(path: path, value: value))).map(text) == ["\(path)=\(value)"])
    #expect(state.message?.contains("next step") == true)
    #expect(commands(state.press(.character("u"))).map(text) == ["\(path)=\(old)"])
    #expect(commands(state.reduce(.set(path: "target", value: "8192"))).isEmpty)
  }

  private func text(_ command: RunCommand) -> String {
    if case .set(let path, let value) = command { "\(path)=\(value)" } else { "\(command)" }
  }

  @Test func aSingleStepIsAskedForAndTheEndOfTheStageFollowsAnEdit() throws {
    var state = try Fixtures.running(through: 40)
    #expect(commands(state.press(.character("."))) == [.step])
    let edit = EditRecord(step: 41, path: "stages.0.steps", old: "200", new: "300")
    _ = state.receive([.edit(edit)], state: .training)
    #expect(state.history.stageEnd == 300)
    #expect(state.history.events.last?.text == "steps 200 → 300 (you)")
  }

  @Test func undoTakesALiveRateBackToItsScheduleAndOnlyOnce() throws {
    var state = try Fixtures.running(through: 40)
    let edit = EditRecord(step: 41, path: "learning_rate", old: "0.001", new: "0.0005")
    _ = state.receive([.edit(edit)], state: .training)
    let twice = EditRecord(step: 41, path: "learning_rate", old: "0.0005", new: "0.001")
    _ = state.receive([.edit(twice)], state: .training)
    #expect(commands(state.press(.character("u"))) == [.scaleLearningRate(0.5)])
    _ = state.receive(
      [.edit(EditRecord(step: 42, path: "learning_rate", old: "0.001", new: "0.0005"))],
      state: .training)
    let sent = commands(state.press(.character("u")))
    #expect(sent == [.scaleLearningRate(1)])
    let inverse = EditRecord(step: 42, path: "learning_rate", old: "0.0005", new: "0.001")
    _ = state.receive([.edit(inverse)], state: .training)
    #expect(commands(state.press(.character("u"))).isEmpty)
  }

  @Test func theFooterOffersOnlyWhatTheRunCanDo() throws {
    var idle = try Fixtures.state()
    _ = idle.reduce(.show(.train))
    func words(_ run: RunState?) throws -> [String] {
      guard let run else { return BindingTable.footer(of: idle).map(\.word) }
      var state = try Fixtures.running(through: 40)
      _ = state.receive([], state: run)
      return BindingTable.footer(of: state).map(\.word)
    }
    #expect(try words(nil).contains("run"))
    #expect(try !words(nil).contains("pause"))
    #expect(try !words(.training).contains("run"))
    #expect(try words(.training).contains("queue"))
    #expect(try words(.training).contains("pause"))
    #expect(try words(.paused).contains("go on"))
    #expect(try words(.finished).contains("run again"))
  }

  @Test func logLinesLeaveTheScreenAndSendTheRunNothing() throws {
    var state = try Fixtures.running(through: 40)
    _ = state.press(.character("q"))
    #expect(state.press(.character("D")) == [.logLines])
    #expect(state.overlay == nil)
  }

  @Test func theEndSaysWhatWasReachedAndWhatComesNext() throws {
    var state = try Fixtures.running(through: 150)
    _ = state.receive([], state: .finished)
    let message = try #require(state.message)
    #expect(message.contains("% at 4k"))
    #expect(message.contains("R runs again"))
  }

  @Test func theFirstLetterTypedReplacesTheOldValueAndBackspaceEditsIt() throws {
    var state = try Fixtures.state()
    _ = state.press(.tab)
    while state.recipe.form(0)[state.row(.settings)].path != "target" { _ = state.press(.down) }
    _ = state.press(.character("="))
    #expect(state.draft?.text == "4096")
    _ = state.press(.backspace)
    #expect(state.draft?.text == "409")
    _ = state.press(.escape)
    _ = state.press(.character("="))
    _ = state.press(.character("8"))
    _ = state.press(.character("k"))
    #expect(state.draft?.text == "8k")
  }
}
