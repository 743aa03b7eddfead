/// One of the five screens.
public enum ScreenName: Int, CaseIterable, Sendable, Hashable {
  case recipe = 1
  case data
  case train
  case needle
  case runs

  /// Its name in the header.
  public var title: String {
    switch self {
    case .recipe: "Recipe"
    case .data: "Data"
    case .train: "Train"
    case .needle: "Needle"
    case .runs: "Runs"
    }
  }

  /// Its panes in the order that tab visits them.
  public var panes: [PaneName] {
    switch self {
    case .recipe: [.mix, .settings, .stages, .changes, .wavelengths]
    case .data: [.ledger, .fed, .staircase, .samples]
    case .train: [.chart, .strips, .sources, .events]
    case .needle: [.heatmap, .cell, .evaluations]
    case .runs: [.runs, .comparison, .sweep, .queue, .lineage, .runDetail]
    }
  }
}

/// One pane of a screen.
public enum PaneName: String, CaseIterable, Sendable, Hashable {
  case mix
  case settings
  case stages
  case changes
  case wavelengths
  case ledger
  case fed
  case staircase
  case samples
  case chart
  case strips
  case sources
  case events
  case heatmap
  case cell
  case evaluations
  case runs
  case comparison
  case sweep
  case queue
  case lineage
  case runDetail
}
