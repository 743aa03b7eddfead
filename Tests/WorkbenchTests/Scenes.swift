import Panes
import Records
import Terminal
import Workbench

/// A named state of the workbench whose looks are kept as golden frames.
struct Scene: Sendable, CustomStringConvertible {
  let name: String
  let make: @Sendable () throws -> WorkbenchState
  var description: String { name }

  /// The five screens in their states, then what else can be on them, then the boxes above them.
  static let all = recipe + data + train + needle + runs + sweeps + boxes

  private static let recipe = [
    Scene("recipe-empty", on(.recipe, from: Fixtures.unplanned)),
    Scene("recipe", on(.recipe)),
    Scene("recipe-running", on(.recipe, from: { try Fixtures.running(through: 120) })),
    Scene("recipe-finished", on(.recipe, "v", from: Fixtures.finished)),
    Scene("recipe-failed", on(.recipe, from: Fixtures.unplannable)),
    Scene("recipe-wrong", on(.recipe, from: Fixtures.faulty)),
    Scene("recipe-edited", on(.recipe, "xj++\t=")),
    Scene("recipe-explained", on(.recipe, "\ti")),
    Scene("recipe-parent", marked(.recipe, "p")),
    Scene("recipe-sweep", on(.recipe, "\t\tv", from: Fixtures.sweeping)),
  ]

  private static let data = [
    Scene("data-empty", on(.data, from: Fixtures.unplanned)),
    Scene("data", on(.data)),
    Scene("data-running", on(.data, "jj", from: { try Fixtures.running(through: 120) })),
    Scene("data-finished", on(.data, "\tm", from: Fixtures.finished)),
    Scene("data-failed", Fixtures.unfed),
    Scene("data-wrong", Fixtures.faultyFeed),
  ]

  private static let train = [
    Scene("train-empty", on(.train)),
    Scene("train-running", on(.train, "[{", from: { try Fixtures.running(through: 120) })),
    Scene("train-finished", on(.train, from: Fixtures.finished)),
    Scene("train-failed", on(.train, from: { try Fixtures.failed(through: 60) })),
    Scene("train-failed-early", on(.train, from: { try Fixtures.failed(through: 0) })),
    Scene("train-wrong", on(.train, from: Fixtures.diverging)),
    Scene("train-paused", on(.train, " ", from: Fixtures.paused)),
    Scene(
      "train-overlay", marked(.train, "oXx[", from: { try Fixtures.running(through: 120) })),
    Scene("train-arms", on(.train, "o", from: Fixtures.markedArms)),
  ]

  private static let needle = [
    Scene("needle-empty", on(.needle)),
    Scene("needle-running", on(.needle, "lllj", from: { try Fixtures.running(through: 100) })),
    Scene("needle-finished", on(.needle, "Gllll", from: Fixtures.finished)),
    Scene("needle-failed", on(.needle, from: { try Fixtures.failed(through: 0) })),
    Scene("needle-wrong", on(.needle, from: Fixtures.withoutNeedle)),
    Scene(
      "needle-difference", on(.needle, "[[=fl", from: { try Fixtures.running(through: 120) })),
  ]

  private static let runs = [
    Scene("runs-empty", on(.runs, from: Fixtures.withoutRuns)),
    Scene("runs-running", on(.runs, from: { try Fixtures.running(through: 120) })),
    Scene("runs-finished", on(.runs, "j", from: Fixtures.finished)),
    Scene("runs-failed", on(.runs, "jj", from: { try Fixtures.failed(through: 60) })),
    Scene("runs-wrong", on(.runs, "/los<2\n")),
    Scene("runs-filtered", on(.runs, "/loss<1.95\n")),
    Scene("runs-compared", marked(.runs, "\t")),
    Scene("runs-lineage", on(.runs, "\t\t\t\tmj")),
    Scene("runs-alike", pane(.lineage, from: Fixtures.alike)),
  ]

  private static let sweeps = [
    Scene("runs-queue-empty", on(.runs, "\t\t\t")),
    Scene("runs-queue", pane(.queue, from: Fixtures.sweeping)),
    Scene("runs-queue-over", pane(.queue, [.last], from: Fixtures.swept)),
    Scene("runs-sweep-empty", on(.runs, "\t\t")),
    Scene("runs-sweep", pane(.sweep, from: Fixtures.sweeping)),
    Scene("runs-sweep-over", pane(.sweep, [.markArms], from: Fixtures.swept)),
  ]

  private static let boxes = [
    Scene("tour", on(.recipe, from: Fixtures.touring)),
    Scene("help", on(.train, "?", from: { try Fixtures.running(through: 120) })),
    Scene("palette", on(.recipe, ":rop")),
    Scene("quit", on(.train, "q", from: { try Fixtures.running(through: 120) })),
    Scene(
      "quit-queued",
      {
        var state = try Fixtures.sweeping()
        _ = state.receive([], state: .stopped)
        _ = state.press(.character("q"))
        return state
      }),
    Scene("quit-unsaved", on(.recipe, "++q")),
  ]

  private init(_ name: String, _ make: @escaping @Sendable () throws -> WorkbenchState) {
    (self.name, self.make) = (name, make)
  }

  /// A screen after some keys, each a character of a text.
  private static func on(
    _ screen: ScreenName, _ keys: String = "",
    from make: @escaping @Sendable () throws -> WorkbenchState = Fixtures.state
  ) -> @Sendable () throws -> WorkbenchState {
    {
      var state = try make()
      if state.overlay == nil { _ = state.reduce(.show(screen)) }
      press(keys, &state)
      return state
    }
  }

  /// The same with runs 017 and 016 marked and read, as on the runs screen.
  private static func marked(
    _ screen: ScreenName, _ keys: String,
    from make: @escaping @Sendable () throws -> WorkbenchState = Fixtures.state
  ) -> @Sendable () throws -> WorkbenchState {
    {
      var state = try on(.runs, "mjm", from: make)()
      for run in Fixtures.runs.prefix(2) {
        state.received(run: Fixtures.past(run.path), at: run.path)
      }
      _ = state.reduce(.show(screen))
      press(keys, &state)
      return state
    }
  }

  /// A pane of the runs screen in focus.
  private static func pane(
    _ pane: PaneName, _ commands: [Command] = [],
    from make: @escaping @Sendable () throws -> WorkbenchState
  ) -> @Sendable () throws -> WorkbenchState {
    {
      var state = try make()
      for command in [.reveal(pane)] + commands { _ = state.reduce(command) }
      return state
    }
  }

  private static func press(_ keys: String, _ state: inout WorkbenchState) {
    for key in keys {
      switch key {
      case "\t": _ = state.press(.tab)
      case "\n": _ = state.press(.enter)
      default: _ = state.press(.character(key))
      }
    }
  }
}
