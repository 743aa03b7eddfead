import Queues
import Records
public import Terminal

/// The one table of bindings.
public enum BindingTable {
  private static let every = Set(ScreenName.allCases)
  private static let recipe = BindingScope.screens([.recipe], "Recipe")
  private static let data = BindingScope.screens([.data], "Data")
  private static let chart = BindingScope.screens([.train], "Chart")
  private static let needle = BindingScope.screens([.needle], "Needle")
  private static let runs = BindingScope.screens([.runs], "Runs")

  /// Every binding, in the order of help and footer.
  public static let all: [Binding] =
    moving + runKeys + recipeKeys + dataKeys + runsKeys + rest + chartKeys + needleKeys

  /// The bindings that hold on a screen.
  public static func bindings(on screen: ScreenName) -> [Binding] {
    all.filter { $0.scope.holds(on: screen) }
  }

  /// The bindings in the footer of a screen, without help and palette, which are always there.
  public static func footer(on screen: ScreenName) -> [Binding] {
    all.filter { $0.footer.contains(screen) }
  }

  /// The footer of a state: no pause without a run, and of the keys of single panes those of the one
  /// in focus.
  public static func footer(of state: WorkbenchState) -> [(label: String, word: String)] {
    let run = state.run
    let runs = state.isRunning
    let drives: Set<Command> = [.pauseOrContinue, .checkpointNow, .editLive, .stopAndKeep]
    return footer(on: state.screen).compactMap { binding in
      guard binding.panes.isEmpty || binding.panes.contains(state.focused) else { return nil }
      let command = binding.strokes.first?.command
      if command == .start, runs { return (binding.label, "queue") }
      if command == .pauseOrContinue, !runs, state.queue.waiting > 0 {
        return (binding.label, "go on")
      }
      if let command, drives.contains(command), !runs { return nil }
      if command == .pauseOrContinue, state.canGoOn { return (binding.label, "go on") }
      // A trial is the last layer: there is nothing to open in it.
      if command == .open, state.screen == .needle, state.focused == .cell { return nil }
      if command == .start, run != nil { return (binding.label, "run again") }
      return (binding.label, binding.short)
    }
  }

  /// What a key does on a screen, nil when nothing.
  public static func command(for key: Key, on screen: ScreenName) -> Command? {
    for binding in all where binding.scope.holds(on: screen) {
      for stroke in binding.strokes where stroke.keys.contains(key) { return stroke.command }
    }
    return nil
  }

  private static let moving: [Binding] = [
    Binding(
      "1…5", "screen", "go to a screen", .everywhere,
      .init(.character("1"), does: .show(.recipe), "show recipe"),
      .init(.character("2"), does: .show(.data), "show data"),
      .init(.character("3"), does: .show(.train), "show train"),
      .init(.character("4"), does: .show(.needle), "show needle"),
      .init(.character("5"), does: .show(.runs), "show runs")),
    Binding(
      "tab", "pane", "next, previous pane", .everywhere,
      footer: [.recipe, .data, .runs],
      .init(.tab, does: .nextPane, "next pane"),
      .init(.backTab, does: .previousPane, "previous pane")),
    Binding(
      "hjkl", "move", "move, also arrows", .everywhere,
      footer: [.data, .needle],
      .init(.character("k"), .up, does: .up, "move up"),
      .init(.character("j"), .down, does: .down, "move down"),
      .init(.character("h"), .left, does: .left, "move left"),
      .init(.character("l"), .right, does: .right, "move right")),
    Binding(
      "g G", "ends", "first, last; home, end", .everywhere,
      .init(.character("g"), .home, does: .first, "first"),
      .init(.character("G"), .end, does: .last, "last")),
    Binding(
      "C-u C-d", "page", "half a page; pgup, pgdn", .everywhere,
      .init(.control("u"), .pageUp, does: .pageUp, "page up"),
      .init(.control("d"), .pageDown, does: .pageDown, "page down")),
    Binding(
      "enter", "open", "edit, open or drill in", .everywhere,
      footer: [.needle, .runs],
      .init(.enter, does: .open, "open")),
    Binding(
      "esc", "back", "one layer up, cancel", .everywhere,
      .init(.escape, does: .back, "back")),
    Binding(
      "z", "zoom", "zoom the pane and back", .everywhere,
      .init(.character("z"), does: .zoomPane, "zoom pane")),
  ]

  private static let recipeKeys: [Binding] = [
    Binding(
      "+ -", "nudge", "weight .01, number, kind", recipe, footer: [.recipe],
      .init(.character("+"), does: .nudge(1), "value up"),
      .init(.character("-"), does: .nudge(-1), "value down")),
    Binding(
      "H L", "by .05", "weight .05, number more", recipe,
      .init(.character("L"), does: .bigNudge(1), "value up more"),
      .init(.character("H"), does: .bigNudge(-1), "value down more")),
    Binding(
      "=", "type", "type 0.3 8k 2^13 5e-5", recipe, footer: [.recipe],
      .init(.character("="), does: .typeValue, "type a value")),
    Binding(
      "x", "lock", "hold a weight", recipe, footer: [.recipe],
      .init(.character("x"), does: .lockWeight, "lock weight")),
    Binding(
      "t", "stage", "show the next stage", recipe,
      .init(.character("t"), does: .nextStage, "next stage")),
    Binding(
      "i", "explain", "explain field or warning", recipe, footer: [.recipe],
      .init(.character("i"), does: .explain, "explain this")),
    Binding(
      "p", "parent", "changes since parent run", recipe,
      .init(.character("p"), does: .compareParent, "changes since the parent run")),
    Binding(
      "v", "vary", "vary a field: path=1,2,3", recipe,
      .init(.character("v"), does: .vary, "vary a field in a sweep")),
    Binding(
      "S", "sweep", "start the recipe's sweep", recipe,
      .init(.character("S"), does: .sweep, "start sweep")),
    Binding(
      "s", "save", "save to its file", recipe, footer: [.recipe],
      .init(.character("s"), does: .save, "save recipe")),
  ]

  private static let dataKeys: [Binding] = [
    Binding(
      "m", "kinds", "ids by every kind", data, footer: [.data],
      .init(.character("m"), does: .comparePositions, "compare kinds of positions")),
    Binding(
      "t", "stage", "show the next stage", data,
      .init(.character("t"), does: .nextStage, "next stage")),
  ]

  private static let chartKeys: [Binding] = [
    Binding(
      "[ ]", "cursor", "cursor by one column", chart, footer: [.train],
      .init(.character("["), does: .cursor(-1), "cursor left"),
      .init(.character("]"), does: .cursor(1), "cursor right")),
    Binding(
      "{ }", "cursor 10", "cursor by ten columns", chart,
      .init(.character("{"), does: .cursor(-10), "cursor far left"),
      .init(.character("}"), does: .cursor(10), "cursor far right")),
    Binding(
      "+ - 0", "zoom", "zoom in, out, fit", chart, footer: [.train],
      .init(.character("+"), does: .zoomIn, "zoom in"),
      .init(.character("-"), does: .zoomOut, "zoom out"),
      .init(.character("0"), does: .fit, "fit all")),
    Binding(
      "H L", "pan", "pan left / right", chart,
      .init(.character("H"), does: .pan(-1), "pan left"),
      .init(.character("L"), does: .pan(1), "pan right")),
    Binding(
      "Y", "log", "log y on / off", chart, footer: [.train],
      .init(.character("Y"), does: .logarithmic, "log y")),
    Binding(
      "x X", "x", "log x; steps, tokens, time", chart,
      .init(.character("x"), does: .logarithmicX, "log x"),
      .init(.character("X"), does: .nextUnit, "x in steps, tokens, time")),
    Binding(
      "v", "curve", "loss, sources, rate, …", chart, footer: [.train],
      .init(.character("v"), does: .nextCurve, "next curve")),
    Binding(
      "o", "overlay", "lay marked runs over", chart, footer: [.train],
      .init(.character("o"), does: .overlayRuns, "overlay marked runs")),
    Binding(
      "s S", "smooth", "smoothing less / more", chart, footer: [.train],
      .init(.character("s"), does: .rougher, "smooth less"),
      .init(.character("S"), does: .smoother, "smooth more")),
    Binding(
      "r", "raw", "raw trace on / off", chart,
      .init(.character("r"), does: .rawTrace, "raw trace")),
    Binding(
      "f", "follow", "follow the newest step", chart,
      .init(.character("f"), does: .follow, "follow newest")),
  ]

  private static let needleKeys: [Binding] = [
    Binding(
      "[ ]", "eval", "earlier, later evaluation", needle, footer: [.needle],
      .init(.character("["), does: .evaluation(-1), "earlier evaluation"),
      .init(.character("]"), does: .evaluation(1), "later evaluation")),
    Binding(
      "t", "task", "show the next task", needle, footer: [.needle],
      .init(.character("t"), does: .nextTask, "next needle task")),
    Binding(
      "f", "newest", "follow the newest", needle, footer: [.needle],
      .init(.character("f"), does: .newestEvaluation, "follow newest evaluation")),
    Binding(
      "=", "against", "hold against this one; end", needle, footer: [.needle],
      .init(.character("="), does: .reference, "hold against this evaluation")),
    Binding(
      "p", "play", "play the evaluations", needle, footer: [.needle],
      .init(.character("p"), does: .play, "play evaluations")),
  ]

  private static let runsKeys: [Binding] = [
    Binding(
      "x", "remove", "take a run out of the queue", runs, footer: [.runs], in: [.queue],
      .init(.character("x"), does: .removeFromQueue, "remove from queue")),
    Binding(
      "+ -", "move", "earlier, later in the queue", runs, footer: [.runs], in: [.queue],
      .init(.character("+"), does: .moveInQueue(-1), "earlier in the queue"),
      .init(.character("-"), does: .moveInQueue(1), "later in the queue")),
    Binding(
      "r", "resume", "go on with a stopped run", runs, footer: [.runs],
      in: [.runs, .queue, .lineage],
      .init(.character("r"), does: .resume, "resume run")),
    Binding(
      "b", "branch", "start the recipe from here", runs, footer: [.runs], in: [.lineage, .runs],
      .init(.character("b"), does: .branch, "branch from checkpoint")),
    Binding(
      "M", "merge", "merge the two marked", runs, footer: [.runs], in: [.lineage],
      .init(.character("M"), does: .merge, "merge checkpoints")),
    Binding(
      "m", "mark", "mark to compare, lay over", runs, footer: [.runs],
      .init(.character("m"), does: .mark, "mark run")),
    Binding(
      "/", "filter", "loss<2 rope~yarn name", runs, footer: [.runs], in: [.runs, .runDetail],
      .init(.character("/"), does: .filterRuns, "filter runs")),
    Binding(
      "s S", "sort", "sort by next; turn round", runs, footer: [.runs], in: [.runs, .runDetail],
      .init(.character("s"), does: .nextOrder, "sort by next column"),
      .init(.character("S"), does: .reverseOrder, "reverse order")),
    Binding(
      "X", "equal", "compare at equal …", runs, footer: [.runs], in: [.runs, .comparison],
      .init(.character("X"), does: .nextBudget, "compare at next budget")),
  ]

  private static let runKeys: [Binding] = [
    Binding(
      "R", "run", "start or queue the recipe", .run, footer: every,
      .init(.character("R"), does: .start, "start run")),
    Binding(
      "space", "pause", "pause / go on, queue too", .run, footer: every,
      .init(.character(" "), does: .pauseOrContinue, "pause or continue")),
    Binding(
      ".", "step", "train one step, then pause", .run,
      .init(.character("."), does: .singleStep, "train one step")),
    Binding(
      "c", "ckpt", "write a checkpoint now", .run, footer: [.train],
      .init(.character("c"), does: .checkpointNow, "checkpoint now")),
    Binding(
      "e", "rate", "type a learning rate", .run, footer: [.train],
      .init(.character("e"), does: .editLive, "edit learning rate live")),
    Binding(
      "V", "evaluate", "run evaluations now", .run,
      .init(.character("V"), does: .evaluateNow, "evaluate now")),
    Binding(
      "K", "stop", "stop after step, keep it", .run, footer: [.train],
      .init(.character("K"), does: .stopAndKeep, "stop and keep")),
    Binding(
      "D", "lines", "log lines only, run goes on", .run,
      .init(.character("D"), does: .logLines, "log lines only")),
  ]

  private static let rest: [Binding] = [
    Binding(
      "O", "recipe", "open another recipe", .everywhere,
      .init(.character("O"), does: .recipes, "recipes")),
    Binding(
      "E", "export", "draw into svg, png, csv, txt", .everywhere, footer: [.train, .needle, .runs],
      .init(.character("E"), does: .exportPicture, "export picture")),
    Binding(
      "u C-r", "undo", "undo, redo edits, live too", .everywhere, footer: [.recipe],
      .init(.character("u"), does: .undo, "undo"),
      .init(.control("r"), does: .redo, "redo")),
    Binding(
      "C-l", "redraw", "draw everything again", .everywhere,
      .init(.control("l"), does: .redraw, "redraw")),
    Binding(
      "C-z", "suspend", "suspend, training pauses", .everywhere,
      .init(.control("z"), does: .suspend, "suspend")),
    Binding(
      "C-c", "cancel", "cancel; twice leaves", .everywhere,
      .init(.control("c"), does: .interrupt, "cancel")),
    Binding(
      "q", "quit", "quit, asks when needed", .everywhere, footer: [.data, .runs],
      .init(.character("q"), does: .quit, "quit")),
    Binding(
      ":", "command", "command palette, also C-p", .everywhere,
      .init(.character(":"), .control("p"), does: .palette, "command palette")),
    Binding(
      "?", "help", "this help, also F1", .everywhere,
      .init(.character("?"), .function(1), does: .help, "help")),
  ]
}
