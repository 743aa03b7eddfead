public import Panes
public import Queues
import Recipes

/// What a screen shows, for the host to draw into files.
public struct PictureRequest: Sendable {
  /// A run in the picture, or several of one recipe that are drawn as their mean.
  public struct Run: Sendable {
    /// Its name.
    public let name: String
    /// Folders; nil for the run in work, which the host knows.
    public let paths: [String?]
    /// Records of each.
    public let histories: [RunHistory]

    /// A run of these values.
    public init(name: String, path: String?, history: RunHistory) {
      self.name = name
      paths = [path]
      histories = [history]
    }

    /// The mean of runs, at least one.
    public init(meanOf runs: [PastRun]) {
      name =
        runs.count == 1
        ? runs[0].summary.name : "\(runs[0].nameWithoutSeed), mean of \(runs.count)"
      paths = runs.map(\.summary.path)
      histories = runs.map(\.history)
    }
  }

  /// What is drawn.
  public enum Content: Sendable {
    /// A curve of all runs.
    case chart(ChartView)
    /// The wavelengths of the recipe of this name.
    case wavelengths(RotaryFace, recipe: String)
    /// The position ids of a row that the recipe of this name feeds, its own kind first.
    case positions([FedRow.Ids], recipe: String)
    /// The heatmap of the first run, or its difference.
    case heatmap(NeedleMap)
    /// The table of a sweep of this name.
    case table(SweepTable, name: String)
  }

  /// What is drawn.
  public let content: Content
  /// The runs; the first one is the one on screen.
  public let runs: [Run]

  /// A picture of runs.
  public init(_ content: Content, runs: [Run]) {
    self.content = content
    self.runs = runs
  }
}

extension WorkbenchState {
  /// The picture of what is in focus; nil where the screen shows none.
  public var picture: PictureRequest? {
    let shown = PictureRequest.Run(name: runName, path: past?.summary.path, history: history)
    switch screen {
    case .recipe:
      return rotary.map { PictureRequest(.wavelengths($0, recipe: recipeName), runs: []) }
    case .data:
      return shownFedRow.map { row in
        let others = row.kinds.filter {
          $0.kind != row.own.kind && (comparesPositions || $0.kind == "plain")
        }
        return PictureRequest(.positions([row.own] + others, recipe: recipeName), runs: [])
      }
    case .train where history.last != nil:
      let others = chart.showsOverlay ? overlays.map { seeds(of: $0.run) } : []
      return PictureRequest(
        .chart(chart), runs: [shown] + others.map { PictureRequest.Run(meanOf: $0) })
    case .needle: return map.map { PictureRequest(.heatmap($0), runs: [shown]) }
    case .runs where focused == .sweep:
      let name = queue.sweepName ?? "runs"
      return sweepTable.map { PictureRequest(.table($0, name: name), runs: []) }
    case .runs where !markedRuns.isEmpty:
      var view = ChartView()
      view.unit = Budget.axes.contains(budget) ? budget : .steps
      return PictureRequest(
        .chart(view), runs: markedRuns.map { PictureRequest.Run(meanOf: seeds(of: $0.run)) })
    default: return nil
    }
  }

  private var recipeName: String { recipe.recipe?.name ?? "recipe" }

  /// Does the command that draws what is in focus into files.
  mutating func exportPicture() -> [Effect] {
    guard picture != nil else {
      message =
        focused == .sweep
        ? "E writes the table of a sweep, once a run of it is whole."
        : screen == .runs
          ? "m marks the runs whose losses E draws."
          : "E draws the chart of a screen or the heatmap of 4 Needle, once there is one."
      return []
    }
    message = "Drawing …"
    return [.export]
  }

  /// Pictures were written, or could not be.
  public mutating func exported(_ result: Result<[String], any Error>) {
    switch result {
    case .success(let paths):
      let endings = paths.dropFirst().compactMap { $0.split(separator: ".").last.map { ".\($0)" } }
      message = "Wrote \(([paths.first ?? ""] + endings).joined(separator: ", "))."
    case .failure(let error): message = "\(error)"
    }
  }
}
