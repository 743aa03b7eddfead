/// What a person may ask of a run that trains; each is applied at the next step border.
public enum RunCommand: Sendable, Equatable {
  /// Hold after the step in work; training threads sleep.
  case pause
  /// Go on after a pause.
  case resume
  /// Stop after the step in work and commit a checkpoint.
  case stop
  /// Stop after the step in work without a checkpoint; the last committed one stays.
  case abandon
  /// Commit a checkpoint after the step in work, then go on.
  case checkpoint
  /// Train one step, then hold.
  case step
  /// Multiply the scheduled learning rate so that it is this value now; logged in the run.
  case setLearningRate(Double)
  /// Multiply the scheduled learning rate by this factor, 1 for the schedule; logged in the run.
  case scaleLearningRate(Double)
  /// Change the weight of a source of the mix; the others keep their proportions; logged in the run.
  case setWeight(source: String, weight: Double)
  /// Change a field of the recipe that says that it may change while it trains; logged in the run.
  case set(path: String, value: String)
  /// Run the stage's evaluations after the step in work.
  case evaluate
}

/// Where a run stands.
public enum RunState: Sendable, Equatable {
  case preparing
  case training
  case evaluating
  case paused
  case stopping
  case finished
  case stopped
  case failed(String)

  /// True when nothing more will happen.
  public var isOver: Bool {
    switch self {
    case .finished, .stopped, .failed: true
    default: false
    }
  }
}

/// How a screen drives a run and hears from it; the engine side lives in Runs.
///
/// All members may be called from any thread; none waits for the engine.
public protocol RunControl: AnyObject, Sendable {
  /// Asks for something; answered by an event, at the latest at the next step border.
  func send(_ command: RunCommand)
  /// The records since the last call, oldest first.
  func drain() -> [RunRecord]
  /// Where the run stands now.
  var state: RunState { get }
  /// Called (from the engine's thread) whenever there is something new to drain or the state changed.
  func onNews(_ wake: @escaping @Sendable () -> Void)
}
