import Panes
import Recipes
import Records
import Support
import Terminal
import Workbench

// States in which something is missing, over or wrong.

extension Fixtures {
  /// The first moment: the recipe is read, and nothing is known of its plan, of rows or of runs.
  static func unplanned() throws -> WorkbenchState {
    WorkbenchState(try document(), vocabulary: vocabulary)
  }

  /// A recipe whose base is not there.
  static func unplannable() throws -> WorkbenchState {
    var state = try unplanned()
    let fault = UserError(
      "base", "runs/base-256.h5 is not there", remedy: "Name a checkpoint or leave base out.")
    state.planned(
      PlanReport(plan: RecipePlanFace(faults: [fault.description]), model: nil),
      of: state.recipe.document.text)
    _ = state.received(runs: [])
    return state
  }

  /// A recipe that names a field and a kind that are not known.
  static func faulty() throws -> WorkbenchState {
    let wrong = text.replacing("steps: 200", with: "stepz: 200").replacing("pit", with: "pitt")
    let document = try RecipeDocument(text: wrong, file: "recipe.yaml")
    var state = WorkbenchState(document, vocabulary: vocabulary)
    _ = state.received(runs: runs)
    return state
  }

  /// The same on the data screen, where its rows could not be made.
  static func faultyFeed() throws -> WorkbenchState {
    var state = try faulty()
    _ = state.reduce(.show(.data))
    state.received(
      feed: .failure(fault(of: state.recipe.document)), of: state.recipe.document.text)
    return state
  }

  /// Runs of one recipe: of two seeds, and one that was queued twice.
  static func alike() throws -> WorkbenchState {
    var state = try running(through: 60)
    state.received(
      runs: runs.indices.map { index in
        var run = runs[index]
        (run.name, run.base) = ("longrecipe-256-to-4k", "runs/base-256.h5")
        run.fields = fields([("seed", "\(index + 1)")])
        return run
      })
    for second in [5, 48] {
      _ = state.receive([], state: .stopped)
      state.began(
        try id(of: state.press(.character("R"))),
        StartedRun(
          NoRun(), folder: "runs/longrecipe-256-to-4k-20261121T1102\(second + 10)Z-ab12cd34"))
      _ = state.receive(records(through: second), state: .training)
    }
    return state
  }

  private static func id(of effects: [Effect]) throws -> Int {
    guard case .begin(let id)? = effects.first else {
      throw UserError("effects", "nothing begins")
    }
    return id
  }

  /// A sweep whose arms are marked and read: the run of one seed, and the mean of two.
  static func markedArms() throws -> WorkbenchState {
    var state = try swept()
    for case .readRun(let path) in state.reduce(.markArms) {
      var run = past("runs/017-longrecipe")
      var history = RunHistory()
      for case .step(var step) in records(through: 120) {
        step.loss += path.hasSuffix("016-pose") ? 0.4 : path.hasSuffix("017-longrecipe") ? 0.2 : 0.8
        history.apply(.step(step))
      }
      run?.summary.path = path
      run?.history = history
      state.received(run: run, at: path)
    }
    return state
  }

  private static func fault(of document: RecipeDocument) -> any Error {
    do {
      _ = try document.recipe(vocabulary)
      return UserError("recipe.yaml", "it has no fault")
    } catch {
      return error
    }
  }

  /// A recipe of which no row can be made.
  static func unfed() throws -> WorkbenchState {
    var state = try state()
    let problem = UserError(
      "sources.code", "books/code has no file that ends in .txt or .jsonl",
      remedy: "Name another folder.")
    _ = state.reduce(.show(.data))
    state.received(feed: .failure(problem), of: state.recipe.document.text)
    return state
  }

  /// A recipe without an evaluation.
  static func withoutNeedle() throws -> WorkbenchState {
    let document = try RecipeDocument(text: otherText, file: "recipe.yaml")
    var state = WorkbenchState(document, vocabulary: vocabulary)
    state.planned(report, of: document.text)
    _ = state.received(runs: runs)
    return state
  }

  /// The first start: no run, no checkpoint beside the base.
  static func withoutRuns() throws -> WorkbenchState {
    var state = WorkbenchState(try document(), vocabulary: vocabulary)
    state.planned(report, of: state.recipe.document.text)
    _ = state.received(runs: [])
    return state
  }

  /// The tour of the first start.
  static func touring() throws -> WorkbenchState {
    var state = try state()
    _ = state.reduce(.tour)
    return state
  }

  /// A run that came to its end.
  static func finished() throws -> WorkbenchState {
    var state = try running(through: 200)
    _ = state.receive(
      [
        .done(
          DoneRecord(
            status: "done", path: "step-200.h5", seconds: 71, tokens: 3_192_800, flops: 1.4e14,
            final: []))
      ], state: .finished)
    state.received(
      runs: runs.map { run in
        var run = run
        if run.status == "running" {
          (run.status, run.steps, run.tokens) = ("done", 200, 3_192_800)
        }
        return run
      })
    return state
  }

  /// A run that failed after some steps, or before the first.
  static func failed(through step: Int) throws -> WorkbenchState {
    var state = try running(through: step)
    let reason = UserError(
      "runs/017-longrecipe/step-000000000060.h5", "no room on the disk",
      remedy: "Free 38.0 MiB and go on.")
    _ = state.receive(
      [
        .notice(NoticeRecord(level: .error, text: reason.description)),
        .done(
          DoneRecord(
            status: "failed", path: "", seconds: 21, tokens: step * 15_964, flops: 0, final: [])),
      ], state: .failed(reason.description))
    return state
  }

  /// A run that waits between two steps.
  static func paused() throws -> WorkbenchState {
    var state = try running(through: 120)
    _ = state.receive([], state: .paused)
    return state
  }

  /// A run whose loss stops being a number.
  static func diverging() throws -> WorkbenchState {
    var state = try running(through: 0)
    let records = records(through: 80).map { record -> RunRecord in
      guard case .step(var step) = record, step.step > 64 else { return record }
      (step.loss, step.gradientNorm) = (.nan, .nan)
      step.lossBySource = step.lossBySource.map { NamedNumber($0.name, .nan) }
      return .step(step)
    }
    _ = state.receive(
      records.filter { if case .plan = $0 { false } else { true } }, state: .training)
    return state
  }
}
