import Foundation
import Support
import Terminal
import Testing
import Workbench

/// Every scene at every size, with all glyphs and in all colour depths, against frames that were looked at.
///
/// A file of Golden holds the frames of one scene at one size: the first of each set of glyphs whole, of the
/// others the rows, counted from 0, in which they differ from the one before. styles.txt says what a terminal gets for the codes in them.
/// `UPDATE_GOLDENS=1` rewrites the files.
struct FrameGoldenTests {
  struct Size: Sendable, CustomStringConvertible {
    let width: Int
    let height: Int
    /// Glyphs to draw with; each is drawn in all colour depths.
    let glyphs: [GlyphSet.Level]
    var description: String { "\(width)x\(height)" }
  }

  /// A size of each layout, and a large one; letters alone and few glyphs where frames are small.
  static let sizes = [
    Size(width: 200, height: 60, glyphs: [.full]), Size(width: 120, height: 40, glyphs: [.full]),
    Size(width: 80, height: 24, glyphs: [.full, .ascii]),
    Size(width: 60, height: 16, glyphs: [.full, .basic]),
  ]

  /// Where no pane fits, the run is the same on every screen.
  static let strip = Size(width: 30, height: 8, glyphs: [.full, .basic, .ascii])

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Golden")
  private static let isUpdating = ProcessInfo.processInfo.environment["UPDATE_GOLDENS"] == "1"

  @Test(arguments: Scene.all)
  func screenLooksAsItDid(_ scene: Scene) throws {
    let state = try scene.make()
    for size in Self.sizes {
      try Self.check(Self.frames(state, size), against: "\(scene)-\(size).txt")
    }
    if scene.name.hasPrefix("train") {
      try Self.check(Self.frames(state, Self.strip), against: "\(scene)-\(Self.strip).txt")
    }
  }

  @Test func terminalsGetTheseColours() throws {
    var styles: [String: Style] = [:]
    for scene in Scene.all {
      let frame = Self.draw(try scene.make(), Self.sizes[1], .full, .full)
      for y in 0..<frame.height {
        for x in 0..<frame.width { styles[frame[x, y].style.code] = frame[x, y].style }
      }
    }
    let columns: [(String, Palette)] = [
      ("256 on dark", Palette(depth: .full)),
      ("256 on light", Palette(depth: .full, theme: .light)), ("8", Palette(depth: .eight)),
      ("none", Palette(depth: .none)), ("direct", Palette(depth: .direct)),
      ("16", Palette(depth: .sixteen)),
    ]
    let rows = styles.sorted { $0.key < $1.key }.map { code, style in
      ([code, style.name] + columns.map { "\($0.0): \(Self.words($0.1.resolve(style)))" })
        .joined(separator: " | ")
    }
    try Self.check(rows, against: "styles.txt")
  }

  @Test func everyFileIsOfAScene() throws {
    let names = Scene.all.map(\.name)
    #expect(Set(names).count == names.count)
    let sizes = Self.sizes.map(\.description)
    let files = Set(names.flatMap { name in sizes.map { "\(name)-\($0).txt" } })
      .union(names.filter { $0.hasPrefix("train") }.map { "\($0)-\(Self.strip).txt" })
      .union(["styles.txt"])
    let stored = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    #expect(Set(stored) == files)
  }

  // MARK: Files

  /// All frames of a state at a size as the rows of a file.
  private static func frames(_ state: WorkbenchState, _ size: Size) -> [String] {
    var rows: [String] = []
    for level in size.glyphs {
      var before: [String] = []
      for (depth, alike) in [
        (ColorDepth.full, ColorDepth.direct), (.eight, .sixteen), (.none, .none),
      ] {
        let frame = draw(state, size, level, depth).golden
        #expect(draw(state, size, level, alike).golden == frame)
        let changed = before.isEmpty ? [] : frame.indices.filter { frame[$0] != before[$0] }
        let what = "\(level.rawValue) glyphs, \(words(depth))"
        if before.isEmpty {
          rows += [what] + folded(frame)
        } else {
          rows += [what + (changed.isEmpty ? ": the same" : ": the same but for these rows")]
          rows += changed.map { "\($0) \(frame[$0])" }
        }
        before = frame
      }
    }
    return rows
  }

  /// Rows that are like the one before are counted.
  private static func folded(_ frame: [String]) -> [String] {
    var rows: [String] = []
    var alike = 0
    for (row, text) in frame.enumerated() {
      let isLike = row > 0 && text == frame[row - 1]
      if isLike { alike += 1 }
      if alike > 0, !isLike || row == frame.count - 1 {
        rows.append("\(alike) more like it")
        alike = 0
      }
      if !isLike { rows.append(text) }
    }
    return rows
  }

  private static func draw(
    _ state: WorkbenchState, _ size: Size, _ glyphs: GlyphSet.Level, _ colors: ColorDepth
  ) -> CellBuffer {
    let canvas = Canvas(
      width: size.width, height: size.height, glyphs: GlyphSet(glyphs), colors: colors)
    Frame.draw(state, on: canvas)
    return canvas.buffer
  }

  private static func words(_ depth: ColorDepth) -> String {
    switch depth {
    case .full, .direct: "256 colours or more"
    case .eight, .sixteen: "8 or 16 colours"
    case .none: "no colours"
    }
  }

  /// `75 on 236, bold`, `#5fafff on #303030`; a dash is the terminal's own colour.
  private static func words(_ resolved: Palette.Resolved) -> String {
    func color(_ number: Int) -> String {
      number < 0 ? "-" : number < 256 ? "\(number)" : String(format: "#%06x", number)
    }
    let ground = resolved.background < 0 ? "" : " on \(color(resolved.background))"
    let attributes: [(Style.Attributes, String)] = [
      (.bold, "bold"), (.dim, "dim"), (.reverse, "reverse"), (.underline, "underline"),
    ]
    return attributes.filter { resolved.attributes.contains($0.0) }
      .reduce(color(resolved.foreground) + ground) { "\($0), \($1.1)" }
  }

  private static func check(_ rows: [String], against name: String) throws {
    let file = folder.appending(path: name)
    if isUpdating {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try (rows.joined(separator: "\n") + "\n").write(to: file, atomically: true, encoding: .utf8)
      return
    }
    let stored = try String(contentsOf: file, encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    guard rows != stored else { return }
    let changes = rows.difference(from: stored).map { change in
      switch change {
      case .insert(let row, let text, _): (row, "+\(row + 1) \(text)")
      case .remove(let row, let text, _): (row, "-\(row + 1) \(text)")
      }
    }
    Issue.record(
      "\(name) looks other than it did:\n\(changes.sorted { $0.0 < $1.0 }.map(\.1).joined(separator: "\n"))"
    )
  }
}
