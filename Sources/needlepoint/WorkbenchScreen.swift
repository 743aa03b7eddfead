import Foundation
import Queues
import Recipes
import Records
import RunStore
import Runs
import Support
import Terminal
import Workbench

/// Opens the workbench on a recipe and stays until the person leaves and the run is safe.
struct WorkbenchScreen {
  private let document: RecipeDocument
  private let host: ProgramHost
  private let shared: SharedOptions
  private let wishes: TerminalCapabilities.Wishes

  /// A workbench on a recipe; run folders go into `out`.
  init(
    _ document: RecipeDocument, out: String, shared: SharedOptions,
    wishes: TerminalCapabilities.Wishes = TerminalCapabilities.Wishes()
  ) {
    self.document = document
    self.shared = shared
    self.wishes = wishes
    host = ProgramHost(out: out, threads: shared.threads)
  }

  /// Shows the screen until the person leaves.
  ///
  /// - Parameters:
  ///   - startsTraining: begin to train at once, as `run` does.
  ///   - showsTour: begin with the tour of the screens.
  /// - Returns: the exit status.
  /// - Throws: `TerminalError` when this terminal can show no screen.
  func show(startsTraining: Bool, showsTour: Bool = false) throws -> Int32 {
    let screen = try CursesScreen(capabilities: try TerminalCapabilities.detect(wishes: wishes))
    let wait = try EventWait(screen: screen)
    let workbench = Workbench(screen: screen, host: host, document: document, wait: wait)
    measure(workbench, on: screen)
    if showsTour { workbench.showTour() }
    if startsTraining {
      do {
        let started = try host.start(document)
        workbench.adopt(
          started.control, name: try document.recipe(.needlepoint).name, folder: started.folder)
      } catch {
        screen.close()
        throw error
      }
    }
    return try finish(workbench.run(), isStuck: screen.isStuck)
  }

  /// Shows a run that another process trains, until the person leaves; the run goes on.
  ///
  /// - Returns: the exit status.
  /// - Throws: `TerminalError` when this terminal can show no screen.
  func show(attachedTo run: AttachedRun) throws -> Int32 {
    let screen = try CursesScreen(capabilities: try TerminalCapabilities.detect(wishes: wishes))
    let wait = try EventWait(screen: screen)
    let workbench = Workbench(screen: screen, host: host, document: document, wait: wait)
    measure(workbench, on: screen)
    workbench.adopt(
      run, name: try document.recipe(.needlepoint).name, folder: run.folder, isOwn: false)
    let ending = workbench.run()
    run.leave()
    if host.run != nil { return try finish(ending, isStuck: screen.isStuck) }
    guard !ending.cause.contains(.hangup), !screen.isStuck else { return 0 }
    if let words = Self.waitingWords(ending) { print(words) }
    if run.state.isOver {
      print("\(run.folder): \(Self.words(run.state, isKept: ending.checkpoint != nil))")
    } else {
      print("\(run.folder) goes on without this screen")
      print("look again with: needlepoint attach \(run.folder)")
    }
    return 0
  }

  /// Notes when the terminal has taken each frame, where the environment asks for it.
  private func measure(_ workbench: Workbench, on screen: CursesScreen) {
    guard let log = FrameLog.fromEnvironment else { return }
    workbench.onFrame = { keys in
      screen.drain()
      log.write(keys: keys)
    }
  }

  /// Waits for a run that is still stopping, and says what it left behind.
  private func finish(_ ending: Workbench.Ending, isStuck: Bool) throws -> Int32 {
    let hasHungUp = ending.cause.contains(.hangup)
    if hasHungUp || isStuck {
      Self.logTo(host.run.map { $0.folder + "/log.txt" } ?? "/dev/null")
      Talk.say(
        hasHungUp ? "the terminal hung up, the run goes on" : "the terminal took nothing more")
    }
    if ending.isDetached || hasHungUp, let run = host.run {
      // The person or the connection is gone, the training is not.
      return try followHeadless(run, ending)
    }
    if let run = host.run {
      for entry in ending.queue.entries where entry.folder != run.folder {
        guard let folder = entry.folder, let outcome = entry.state.outcome else { continue }
        print("\(folder): \(outcome)")
      }
      run.wait()
      // What stands in the folder, not what was meant to: a run may be left without a checkpoint.
      let kept = (try? RunReader(run.folder))?.checkpointPaths.first
      print("\(run.folder): \(Self.words(run.state, isKept: kept != nil))")
      if let kept { print("checkpoint: \(kept)") }
      if run.state == .stopped, kept != nil {
        print("go on with: needlepoint resume \(run.folder)")
      }
      if let words = Self.waitingWords(ending) { print(words) }
      if case .failed = run.state { return 1 }
    }
    if ending.cause.contains(.requeue) { return 85 }
    if ending.cause.contains(.terminate) { return 143 }
    if ending.cause.contains(.interrupt) { return 130 }
    return 0
  }

  /// Trains on without a screen: the run, and the rest of the queue unless a person holds it.
  private func followHeadless(_ run: TrainingRun, _ ending: Workbench.Ending) throws -> Int32 {
    guard let current = ending.current, ending.queue.waiting > 0, !ending.queue.isHeld else {
      let status = HeadlessReporter(run, options: shared).follow()
      if let words = Self.waitingWords(ending) { shared.say(words) }
      return status
    }
    let runner = QueueRunner(
      ending.queue, parent: host.out, threads: shared.threads, active: [current: run])
    return try QueueReporter(runner, options: shared).follow()
  }

  /// How many runs were not begun when their queue ended with its screen, in words; nil for none.
  private static func waitingWords(_ ending: Workbench.Ending) -> String? {
    let waiting = ending.queue.waiting
    return waiting > 0 ? "queued and not begun: \(waiting) run\(waiting == 1 ? "" : "s")" : nil
  }

  /// Sends what is printed from now on to a file: a terminal that is gone or stopped takes nothing.
  private static func logTo(_ path: String) {
    let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard file >= 0 else { return }
    dup2(file, 1)
    dup2(file, 2)
    close(file)
  }

  private static func words(_ state: RunState, isKept: Bool) -> String {
    switch state {
    case .finished: "finished"
    case .stopped: isKept ? "stopped" : "left before its first checkpoint, nothing is kept"
    case .failed(let reason): "failed: \(reason)"
    default: "left"
    }
  }
}
