import Foundation
import Panes
public import Queues
public import Records
public import Recipes
import Support
public import Terminal

/// The event loop: one wait for keys, run, workers and signals; a frame only when something changed.
///
/// Use from one thread, the one that owns the screen.
public final class Workbench {
  /// How the workbench ended.
  public struct Ending: Sendable {
    /// The run that was on, if any; it may still be stopping when the process was told to end.
    public let run: (any RunControl)?
    /// Name of that run.
    public let runName: String
    /// Its last committed checkpoint.
    public let checkpoint: String?
    /// The step it stands at.
    public let step: Int
    /// Whether the person left the screen only: the run goes on.
    public let isDetached: Bool
    /// The runs that wait, the one in work and those that are over.
    public let queue: RunQueue
    /// The queue's number of the run.
    public let current: Int?
    /// The signal-like event that ended it; empty when a person did.
    public let cause: EventWait.Events
  }

  private let screen: any Screen
  private let host: any WorkbenchHost
  private let wait: EventWait
  private let mailbox: Mailbox
  private let worker = DispatchQueue(label: "workbench")
  private var control: (any RunControl)?
  private var isDirty = true
  /// Whether what changed is the answer to a key: it is shown at once.
  private var isAnswer = false
  private var lastLiveFrame = ContinuousClock.now - .seconds(1)
  private var lastPlayed = ContinuousClock.now
  /// How long each evaluation stays while they are played.
  private static let playing = Duration.milliseconds(500)
  private var lastInterrupt: ContinuousClock.Instant?
  private var hasLeft = false
  private var isDetached = false
  /// Whether the run lives in this process: else it does not end, nor pause, with the screen.
  private var ownsRun = true
  private var cause: EventWait.Events = []
  /// Keys read since the last frame.
  private var unanswered = 0
  /// Called after each frame was written, with the number of keys that it answers; for measuring.
  public var onFrame: ((_ keys: Int) -> Void)?
  /// What is shown.
  public private(set) var state: WorkbenchState

  /// A workbench on a recipe.
  ///
  /// - Parameters:
  ///   - screen: where frames go and keys come from.
  ///   - host: the program around it.
  ///   - document: the recipe to open.
  ///   - wait: the one wait; its waker is handed to the run and to workers.
  public init(
    screen: any Screen, host: any WorkbenchHost, document: RecipeDocument, wait: EventWait
  ) {
    self.screen = screen
    self.host = host
    self.wait = wait
    mailbox = Mailbox(waker: wait.waker)
    state = WorkbenchState(document, vocabulary: host.vocabulary)
  }

  /// Runs until the person leaves or a signal ends it; gives the screen back before it returns.
  public func run() -> Ending {
    perform([.plan, .listRecipes, .listRuns] + state.needFeed())
    drawFrame()
    while !hasLeft { turn(milliseconds: nextWait()) }
    screen.close()
    return Ending(
      run: control, runName: state.runName, checkpoint: state.history.checkpoints.last?.path,
      step: state.history.step, isDetached: isDetached, queue: state.queue,
      current: state.current, cause: cause)
  }

  /// Shows a run that is on already, as `attach` and `make run` do.
  ///
  /// - Parameters:
  ///   - control: the run.
  ///   - name: its name.
  ///   - folder: its folder.
  ///   - isOwn: whether it lives in this process; one that does not goes on when the screen is
  ///     suspended or ended by a signal.
  public func adopt(
    _ control: any RunControl, name: String, folder: String? = nil, isOwn: Bool = true
  ) {
    state.started(name: name, folder: folder, isWatched: !isOwn)
    take(control)
    ownsRun = isOwn
  }

  /// One round: wait, take what came, draw when something changed.
  ///
  /// - Parameter milliseconds: the longest wait; nil waits for ever.
  package func turn(milliseconds: Int?) {
    let events = wait.wait(milliseconds: milliseconds)
    if events.contains(.resize) || events.contains(.resumed) {
      screen.updateSize()
      screen.repaint()
      (isDirty, isAnswer) = (true, true)
    }
    if !events.isDisjoint(with: [.terminate, .requeue]) { end(events, saving: true) }
    if events.contains(.hangup) { end(.hangup, saving: false) }
    if events.contains(.suspend) { suspend() }
    if events.contains(.interrupt) { press(.control("c")) }
    if events.contains(.noise), let terminal = screen as? CursesScreen {
      // Reading it is a must: an unread pipe would make every wait return at once.
      let lines = terminal.readNoise().split(separator: "\n")
      if let last = lines.last { state.note(String(last)) }
      (isDirty, isAnswer) = (true, true)
    }
    for key in screen.readKeys() {
      if key == .resize {
        screen.updateSize()
      } else {
        press(key)
        unanswered += 1
      }
      (isDirty, isAnswer) = (true, true)
    }
    takeNews()
    advanceQueue()
    if state.isPlaying, ContinuousClock.now - lastPlayed >= Self.playing {
      lastPlayed = .now
      state.playNext()
      (isDirty, isAnswer) = (true, true)
    }
    // While a frame is on its way nothing queues up behind it: the next one shows the newest state.
    guard isDirty, !hasLeft, screen.isReady else { return }
    let now = ContinuousClock.now
    // Keys are answered at once; live data is drawn at most ten times a second.
    if isAnswer || now - lastLiveFrame >= .milliseconds(100) {
      lastLiveFrame = now
      drawFrame()
    }
  }

  private func nextWait() -> Int? {
    if state.isPlaying {
      let left = Self.playing - (ContinuousClock.now - lastPlayed)
      return max(0, Int(left / .milliseconds(1)) + 1)
    }
    guard isDirty, screen.isReady else { return nil }
    let passed = ContinuousClock.now - lastLiveFrame
    let left = Duration.milliseconds(100) - passed
    return max(0, Int(left / .milliseconds(1)) + 1)
  }

  private func press(_ key: Key) {
    if key == .control("c") {
      let now = ContinuousClock.now
      if let last = lastInterrupt, now - last < .seconds(5) {
        if ownsRun { control?.send(.abandon) }
        (hasLeft, cause) = (true, .interrupt)
        return
      }
      lastInterrupt = now
    }
    perform(state.press(key))
  }

  /// Does a command as if its key had been pressed.
  package func perform(_ command: Command) {
    perform(state.reduce(command))
    isDirty = true
  }

  private func takeNews() {
    for news in mailbox.take() {
      isDirty = true
      switch news {
      case .plan(let report, let text): state.planned(report, of: text)
      case .feed(let feed, let text): state.received(feed: feed, of: text)
      case .recipes(let recipes): state.received(recipes: recipes)
      case .runs(let runs): perform(state.received(runs: runs))
      case .opened(let run, let path): state.opened(run, at: path)
      case .exported(let result): state.exported(result)
      case .read(let run, let path): state.received(run: run, at: path)
      case .models(let models): state.received(models: models)
      case .sweep(let sweep): perform(state.received(sweep: sweep))
      case .table(let table): state.received(table: table)
      case .merged(let result): perform(state.merged(result))
      }
    }
    guard let control else { return }
    // The state first: a run that is over by then has told everything, and the next one may take its place.
    let now = control.state
    let records = control.drain()
    guard !records.isEmpty || now != state.run else { return }
    perform(state.receive(records, state: now))
    if records.contains(where: { if case .checkpoint = $0 { true } else { false } }) {
      noteForCrash()
    }
    isDirty = true
  }

  /// What stands on the normal screen should the process die: the run and how to go on.
  private func noteForCrash() {
    guard let terminal = screen as? CursesScreen else { return }
    let name = state.runName
    guard let path = state.history.checkpoints.last?.path else {
      terminal.crashNote = DisplayText("needlepoint crashed; \(name) had no checkpoint yet.")
      return
    }
    let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/")
    terminal.crashNote = DisplayText(
      "needlepoint crashed; go on with: needlepoint resume \(folder)")
  }

  private func perform(_ effects: [Effect]) {
    for effect in effects { perform(effect) }
  }

  private func perform(_ effect: Effect) {
    let host = host
    let mailbox = mailbox
    let document = state.recipe.document
    switch effect {
    case .begin(let id): begin(id)
    case .resume(let path): resume(path)
    case .planSweep:
      worker.async { mailbox.post(.sweep(Result { try host.sweep(document) })) }
    case .tabulate:
      let (arms, runs) = (state.queue.sweepArms, state.queue.wholeRuns)
      worker.async { mailbox.post(.table(host.table(arms: arms, runs: runs))) }
    case .merge(let first, let second, let weight):
      worker.async {
        mailbox.post(.merged(Result { try host.merge(first, second, weight: weight) }))
      }
    case .send(let command): control?.send(command)
    case .save: save(document)
    case .plan:
      let text = document.text
      mailbox.want(planOf: text)
      worker.async {
        // A forecast may measure for a second; edits come faster than that.
        guard mailbox.wants(planOf: text) else { return }
        mailbox.post(.plan(host.plan(document), of: text))
      }
    case .feed:
      worker.async { mailbox.post(.feed(Result { try host.feed(document) }, of: document.text)) }
    case .listRecipes:
      worker.async { mailbox.post(.recipes(host.recipes())) }
    case .openRecipe(let path): openRecipe(path)
    case .listRuns:
      worker.async {
        host.runs { mailbox.post(.runs($0)) }
        mailbox.post(.models(host.models()))
      }
    case .openRun(let path):
      worker.async { mailbox.post(.opened(host.run(at: path), at: path)) }
    case .readRun(let path):
      worker.async { mailbox.post(.read(host.run(at: path), at: path)) }
    case .export:
      guard let picture = state.picture else { return }
      worker.async { mailbox.post(.exported(Result { try host.export(picture) })) }
    case .suspend: suspend()
    case .redraw: screen.repaint()
    case .leave: hasLeft = true
    case .logLines: (hasLeft, isDetached) = (true, true)
    }
  }

  private func begin(_ id: Int) {
    guard let entry = state.queue.entry(id) else { return }
    do {
      let started = try host.start(entry.document, folder: entry.folder)
      state.began(id, started)
      take(started.control)
      perform([.listRuns])
    } catch {
      state.couldNotBegin(id, "\(error)")
      isDirty = true
    }
  }

  /// Begins what has its turn; what cannot begin makes room for the next.
  private func advanceQueue() {
    while !hasLeft {
      let effects = state.advanceQueue(at: ProcessInfo.processInfo.systemUptime)
      guard !effects.isEmpty else { return }
      perform(effects)
    }
  }

  private func take(_ started: any RunControl) {
    let waker = wait.waker
    control = started
    ownsRun = true
    noteForCrash()
    started.onNews { waker.wake() }
    isDirty = true
  }

  private func openRecipe(_ path: String) {
    do {
      perform(state.opened(try host.document(at: path)))
    } catch {
      state.failed("\(error)")
    }
  }

  private func resume(_ path: String) {
    do {
      perform(state.resume(try host.document(at: path), at: path))
    } catch {
      state.failed("\(error)")
    }
  }

  private func save(_ document: RecipeDocument) {
    do {
      try host.save(document)
      perform(state.wasSaved())
    } catch {
      state.failed("\(error)")
    }
  }

  /// The engine lives in this process: it pauses with the screen and goes on with it.
  private func suspend() {
    let pauses = ownsRun && (state.run == .training || state.run == .evaluating)
    if pauses { control?.send(.pause) }
    screen.suspend()
    screen.updateSize()
    screen.repaint()
    if pauses { control?.send(.resume) }
    isDirty = true
  }

  private func end(_ events: EventWait.Events, saving: Bool) {
    cause = events
    if saving, ownsRun, state.isRunning { control?.send(.stop) }
    hasLeft = true
  }

  private func drawFrame() {
    (isDirty, isAnswer) = (false, false)
    let layout = Layout(
      width: screen.width, height: screen.height, screen: state.screen, focused: state.focused,
      isZoomed: state.isZoomed)
    if let chart = layout.places.first(where: { $0.pane == .chart }) {
      state.show(plotColumns: ChartPane.plotWidth(paneWidth: chart.rect.width))
    }
    let canvas = screen.canvas()
    Frame.draw(state, on: canvas)
    screen.present(canvas.buffer)
    onFrame?(unanswered)
    unanswered = 0
  }

  /// Starts with the tour of the screens.
  public func showTour() { perform(.tour) }
}

extension WorkbenchState {
  /// Tells the state how wide the chart is drawn.
  mutating func show(plotColumns columns: Int) { plotColumns = columns }
}
