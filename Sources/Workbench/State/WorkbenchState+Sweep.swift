public import Panes
public import Queues
import Recipes
import Support

// Sweeps: fields that vary, their runs in the queue, and the table of what came out.

extension WorkbenchState {
  /// Does a command about the recipe's sweep.
  mutating func reduceSweep(_ command: Command) -> [Effect] {
    switch command {
    case .vary:
      let form = recipe.form(stage)
      let field =
        focused == .settings && form.indices.contains(row(.settings))
        ? form[row(.settings)] : nil
      draft = Draft(.vary, text: field.map { "\($0.path)=\($0.text)," } ?? "")
    case .sweep:
      guard recipe.faults.isEmpty else {
        message = recipe.faults.first
        return []
      }
      guard recipe.recipe?.sweep != nil else {
        message = "The recipe has no sweep: v varies a field, as in stages.0.steps=100,200."
        return []
      }
      message = "Looking what of the sweep is there already …"
      return [.planSweep]
    case .markArms: return markArms()
    default: break
    }
    return []
  }

  /// A sweep was read, with what is on the disk of it already.
  public mutating func received(sweep: Result<PlannedSweep, any Error>) -> [Effect] {
    switch sweep {
    case .success(let planned):
      guard let added = queue.add(planned) else {
        message = "Runs of this sweep are in the queue still; S starts it again when they are over."
        return []
      }
      let done = planned.runs.count(where: \.isDone)
      if !isRunning {
        queue.isHeld = false
        showsNext = added > 0
      }
      (sweepTable, sweepArm) = (nil, 1)
      rows[.queue] = min(row(.queue), queue.entries.count - 1)
      message =
        added == 0
        ? "All \(done) runs of the sweep are there already: 5 has its table."
        : "A sweep of \(planned.runs.count) runs"
          + (done > 0 ? ", \(done) there already." : ".") + " 5 shows the queue."
      return done > 0 ? [.tabulate] : []
    case .failure(let error):
      message = "\(error)"
      return []
    }
  }

  /// The table of the sweep's whole runs came.
  public mutating func received(table: SweepTable) {
    guard table.arms == queue.sweepArms else { return }
    sweepTable = table
  }

  /// Marks of the sweep's arms: the mark of the first of its runs that has one.
  public var armMarks: [String: RunMark] {
    var found: [String: RunMark] = [:]
    for entry in queue.sweepEntries {
      guard let arm = entry.arm, let mark = entry.folder.flatMap({ marks[$0] }) else { continue }
      found[arm] = min(found[arm] ?? mark, mark)
    }
    return found
  }

  /// Marks the first run of each arm in place of what was marked, to be compared, and laid over with the rest
  /// of its arm.
  mutating func markArms() -> [Effect] {
    var arms: [(name: String, folders: [String])] = []
    for entry in queue.sweepEntries where entry.last != nil || entry.state == .done {
      guard let arm = entry.arm, let folder = entry.folder else { continue }
      if let index = arms.firstIndex(where: { $0.name == arm }) {
        arms[index].folders.append(folder)
      } else if arms.count < RunMark.limit {
        arms.append((arm, [folder]))
      }
    }
    guard !arms.isEmpty else {
      message = "No run of a sweep has begun."
      return []
    }
    (marks, armRuns) = ([:], [:])
    for (slot, arm) in arms.enumerated() {
      marks[arm.folders[0]] = RunMark(slot)
      armRuns[arm.folders[0]] = Array(arm.folders.dropFirst())
    }
    message = "The first run of each arm is marked; o on 3 Train lays the mean of each arm over."
    return arms.flatMap(\.folders).map { .readRun($0) }
  }
}
