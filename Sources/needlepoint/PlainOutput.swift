import Foundation
import Pictures
import Support

/// What the plain output can show.
enum PlainOutput {
  /// Glyphs by the locale: ASCII unless it is UTF-8.
  static var glyphs: Heatmap.Glyphs {
    let environment = ProcessInfo.processInfo.environment
    let locale =
      ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }
      .first { !$0.isEmpty } ?? ""
    let name = locale.uppercased()
    return name.contains("UTF-8") || name.contains("UTF8") ? .utf8 : .ascii
  }

  /// A text that cannot drive the terminal: control characters are shown, not sent.
  static func visible(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { DisplayText(String($0)).description }.joined(separator: "\n")
  }

  /// True when a person sits at a terminal that can show a screen.
  static var isInteractive: Bool {
    isatty(0) == 1 && isatty(1) == 1
  }
}
