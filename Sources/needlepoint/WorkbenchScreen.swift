import Foundation
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
  /// - Parameter startsTraining: begin to train at once, as `run` does.
  /// - Returns: the exit status.
  /// - Throws: `TerminalError` when this terminal can show no screen.
  func show(startsTraining: Bool) throws -> Int32 {
    let screen = try CursesScreen(capabilities: try TerminalCapabilities.detect(wishes: wishes))
    let wait = try EventWait(screen: screen)
    let workbench = Workbench(screen: screen, host: host, document: document, wait: wait)
    if startsTraining {
      do {
        workbench.adopt(try host.start(document), name: try document.recipe(.needlepoint).name)
      } catch {
        screen.close()
        throw error
      }
    }
    return finish(workbench.run())
  }

  /// Waits for a run that is still stopping, and says what it left behind.
  private func finish(_ ending: Workbench.Ending) -> Int32 {
    if ending.isDetached || ending.cause.contains(.hangup), let run = host.run {
      // The person or the connection is gone, the training is not.
      if ending.cause.contains(.hangup) { Self.logTo(run.folder + "/log.txt") }
      return HeadlessReporter(run, options: shared).follow()
    }
    if let run = host.run {
      run.wait()
      // What stands in the folder, not what was meant to: a run may be left without a checkpoint.
      let kept = (try? RunReader(run.folder))?.checkpointPaths.first
      print("\(run.folder): \(Self.words(run.state, isKept: kept != nil))")
      if let kept { print("checkpoint: \(kept)") }
      if run.state == .stopped, kept != nil {
        print("go on with: needlepoint resume \(run.folder)")
      }
      if case .failed = run.state { return 1 }
    }
    if ending.cause.contains(.requeue) { return 85 }
    if ending.cause.contains(.terminate) { return 143 }
    if ending.cause.contains(.interrupt) { return 130 }
    return 0
  }

  /// Sends what is printed from now on to a file: a terminal that is gone takes nothing.
  private static func logTo(_ path: String) {
    Talk.say("the terminal hung up, the run goes on; its lines are in \(path)")
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
