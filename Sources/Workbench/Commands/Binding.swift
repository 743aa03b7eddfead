public import Terminal

/// Where a binding holds.
public enum BindingScope: Hashable, Sendable {
  /// On every screen.
  case everywhere
  /// On every screen: the keys that drive the run.
  case run
  /// On some screens.
  case screens(Set<ScreenName>, String)

  /// The heading in help.
  public var heading: String {
    switch self {
    case .everywhere: "Everywhere"
    case .run: "Run"
    case .screens(_, let heading): heading
    }
  }

  /// Whether it holds on a screen.
  public func holds(on screen: ScreenName) -> Bool {
    switch self {
    case .everywhere, .run: true
    case .screens(let screens, _): screens.contains(screen)
    }
  }
}

/// A command with its keys and words: dispatch, footer, help and palette are made from it.
public struct Binding: Hashable, Sendable {
  /// One key and what it does; bindings that belong together (`+` and `-`) share a line of help.
  public struct Stroke: Hashable, Sendable {
    /// The keys; any of them does it.
    public let keys: [Key]
    /// What they do.
    public let command: Command
    /// Its name in the palette.
    public let name: String

    init(_ keys: Key..., does command: Command, _ name: String) {
      self.keys = keys
      self.command = command
      self.name = name
    }
  }

  /// The strokes of this line.
  public let strokes: [Stroke]
  /// How the keys are written: `+ -`.
  public let label: String
  /// The word in the footer.
  public let short: String
  /// The line in help.
  public let help: String
  /// Where it holds.
  public let scope: BindingScope
  /// Screens whose footer shows it, from the left in the table's order.
  public let footer: Set<ScreenName>
  /// Panes in whose focus the footer shows it; empty for all.
  public let panes: Set<PaneName>

  init(
    _ label: String, _ short: String, _ help: String, _ scope: BindingScope,
    footer: Set<ScreenName> = [], in panes: Set<PaneName> = [], _ strokes: Stroke...
  ) {
    self.strokes = strokes
    self.label = label
    self.short = short
    self.help = help
    self.scope = scope
    self.footer = footer
    self.panes = panes
  }
}
