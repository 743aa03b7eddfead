import Records
import Testing

struct ControlLineTests {
  @Test func commandsAndStatesReadBackAsTheyWere() {
    let commands: [RunCommand] = [
      .pause, .resume, .step, .scaleLearningRate(0.5), .set(path: "a.b", value: "{ c: \"d\" }"),
      .stop, .abandon, .checkpoint, .evaluate, .setLearningRate(2.5e-4),
      .setWeight(source: "a \"b\"\n", weight: 0.25),
    ]
    for command in commands { #expect(RunCommand(jsonLine: command.jsonLine) == command) }
    let states: [RunState] = [
      .preparing, .training, .evaluating, .paused, .stopping, .finished, .stopped,
      .failed("disk full"),
    ]
    for state in states { #expect(RunState(jsonLine: state.jsonLine) == state) }
  }

  @Test(arguments: ["", "{}", "nonsense", "{\"command\":\"explode\"}", "{\"state\":\"odd\"}", "[]"])
  func anythingElseIsNothing(line: String) {
    #expect(RunCommand(jsonLine: line) == nil)
    #expect(RunState(jsonLine: line) == nil)
  }
}
