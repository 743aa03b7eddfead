import Foundation

/// Which program this is, for `--version` and for the manifest of a run.
public enum ProgramVersion {
  /// The version.
  public static let text = "0.1.0"

  /// The compiler that built it.
  public static var toolchain: String {
    #if swift(>=6.3)
      "Swift 6.3 or later"
    #else
      "Swift before 6.3"
    #endif
  }

  /// The commit of the checkout that the program stands in, when it can be read from there.
  public static var commit: String? {
    var folder = URL(fileURLWithPath: CommandLine.arguments.first ?? "")
      .resolvingSymlinksInPath().deletingLastPathComponent()
    while folder.path != "/" {
      let git = folder.appendingPathComponent(".git")
      if let head = try? String(contentsOf: git.appendingPathComponent("HEAD"), encoding: .utf8) {
        let name = head.trimmingCharacters(in: .whitespacesAndNewlines)
        guard name.hasPrefix("ref: ") else { return name }
        let file = git.appendingPathComponent(String(name.dropFirst(5)))
        return (try? String(contentsOf: file, encoding: .utf8))?
          .trimmingCharacters(in: .whitespacesAndNewlines)
      }
      folder.deleteLastPathComponent()
    }
    return nil
  }
}
