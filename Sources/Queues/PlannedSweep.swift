public import Recipes
public import Records

/// The runs of a sweep with what is on the disk of them already, ready to be queued.
public struct PlannedSweep: Sendable {
  /// One run.
  public struct Run: Sendable {
    /// Arm, seed and recipe.
    public let variant: SweepRun
    /// Its name.
    public let name: String
    /// Steps of its stages, at most.
    public let steps: Int
    /// Its folder, when it was begun before.
    public let folder: String?
    /// Whether it is whole.
    public let isDone: Bool
    /// What it has told so far; empty when it was not begun.
    public let records: [RunRecord]

    /// A run of these values.
    public init(
      _ variant: SweepRun, name: String, steps: Int, folder: String? = nil, isDone: Bool = false,
      records: [RunRecord] = []
    ) {
      self.variant = variant
      self.name = name
      self.steps = steps
      self.folder = folder
      self.isDone = isDone
      self.records = records
    }
  }

  /// The rules: budget, and when an arm is hopeless.
  public let sweep: Sweep
  /// Name of the recipe that is varied.
  public let name: String
  /// The runs in the order in which they begin.
  public let runs: [Run]

  /// A sweep of these values.
  ///
  /// - Parameters:
  ///   - sweep: the rules.
  ///   - name: of the recipe that is varied; files of the sweep's table are named after it.
  ///   - runs: seeds of an arm after one another, in the order in which they begin.
  public init(_ sweep: Sweep, name: String, runs: [Run]) {
    self.sweep = sweep
    self.name = name
    self.runs = runs
  }
}
