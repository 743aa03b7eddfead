import Foundation
import Panes
import Records
import Terminal
import Testing
import Workbench

/// Each screen from fixed states, compared with frames that were looked at.
///
/// `UPDATE_GOLDENS=1` rewrites the files.
struct FrameGoldenTests {
  struct Size: Sendable, CustomStringConvertible {
    let width: Int
    let height: Int
    var description: String { "\(width)x\(height)" }
  }

  struct Scene: Sendable, CustomStringConvertible {
    let name: String
    let make: @Sendable () throws -> WorkbenchState
    var description: String { name }
  }

  struct Look: Sendable, CustomStringConvertible {
    let scene: Scene
    let size: Size
    let glyphs: GlyphSet.Level
    let colors: ColorDepth
    var description: String { "\(scene)-\(size)-\(glyphs.rawValue)-\(colors.rawValue)" }
  }

  static func on(
    _ screen: ScreenName, _ keys: [Key] = [], running step: Int? = nil
  ) -> @Sendable () throws -> WorkbenchState {
    {
      var state = try step.map { try Fixtures.running(through: $0) } ?? Fixtures.state()
      _ = state.reduce(.show(screen))
      for key in keys { _ = state.press(key) }
      return state
    }
  }

  /// The same with runs 017 and 016 marked and read, as on the runs screen.
  static func marked(
    _ screen: ScreenName, _ keys: [Key] = [], running step: Int? = nil
  ) -> @Sendable () throws -> WorkbenchState {
    {
      var state = try on(.runs, [.character("m"), .down, .character("m")], running: step)()
      for run in Fixtures.runs.prefix(2) {
        state.received(run: Fixtures.past(run.path), at: run.path)
      }
      _ = state.reduce(.show(screen))
      for key in keys { _ = state.press(key) }
      return state
    }
  }

  /// A pane of the runs screen in focus, with a sweep.
  static func sweep(
    _ pane: PaneName, _ make: @escaping @Sendable () throws -> WorkbenchState,
    _ commands: [Command] = []
  ) -> @Sendable () throws -> WorkbenchState {
    {
      var state = try make()
      for command in [.reveal(pane)] + commands { _ = state.reduce(command) }
      return state
    }
  }

  static let scenes: [Scene] = [
    Scene(name: "recipe", make: on(.recipe)),
    Scene(
      name: "recipe-edited",
      make: on(
        .recipe,
        [
          .character("x"), .character("j"), .character("+"), .character("+"), .tab,
          .character("="),
        ])),
    Scene(name: "data", make: on(.data)),
    Scene(name: "data-running", make: on(.data, [.down, .down], running: 120)),
    Scene(name: "train-empty", make: on(.train)),
    Scene(
      name: "train",
      make: on(.train, [.character("["), .character("{")], running: 120)),
    Scene(name: "needle-empty", make: on(.needle)),
    Scene(
      name: "needle",
      make: on(.needle, [.character("G"), .right, .right, .right, .right], running: 120)),
    Scene(
      name: "needle-partial", make: on(.needle, [.right, .right, .right, .down], running: 100)),
    Scene(name: "runs", make: on(.runs)),
    Scene(name: "runs-compared", make: marked(.runs, [.tab])),
    Scene(name: "runs-queue-empty", make: on(.runs, [.tab, .tab, .tab])),
    Scene(name: "runs-queue", make: sweep(.queue, { try Fixtures.sweeping() })),
    Scene(name: "runs-queue-over", make: sweep(.queue, { try Fixtures.swept() }, [.last])),
    Scene(name: "runs-sweep-empty", make: on(.runs, [.tab, .tab])),
    Scene(name: "runs-sweep", make: sweep(.sweep, { try Fixtures.sweeping() })),
    Scene(name: "runs-sweep-over", make: sweep(.sweep, { try Fixtures.swept() }, [.markArms])),
    Scene(
      name: "runs-lineage", make: on(.runs, [.tab, .tab, .tab, .tab, .character("m"), .down])),
    Scene(
      name: "quit-queued",
      make: {
        var state = try Fixtures.sweeping()
        _ = state.receive([], state: .stopped)
        _ = state.press(.character("q"))
        return state
      }),
    Scene(
      name: "recipe-sweep",
      make: {
        var state = try Fixtures.sweeping()
        for command in [Command.show(.recipe), .nextPane, .nextPane, .vary] {
          _ = state.reduce(command)
        }
        return state
      }),
    Scene(
      name: "runs-filtered",
      make: on(.runs, [.character("/")] + "loss<1.95".map { Key.character($0) } + [.enter])),
    Scene(
      name: "train-overlay",
      make: marked(
        .train, [.character("o"), .character("X"), .character("x"), .character("[")], running: 120)),
    Scene(
      name: "needle-difference",
      make: on(
        .needle, [.character("["), .character("["), .character("="), .character("f"), .right],
        running: 120)),
    Scene(name: "recipe-parent", make: marked(.recipe, [.character("p")])),
    Scene(name: "recipe-explained", make: on(.recipe, [.tab, .character("i")])),
    Scene(
      name: "tour",
      make: {
        var state = try Fixtures.state()
        _ = state.reduce(.tour)
        return state
      }),
    Scene(name: "help", make: on(.train, [.character("?")], running: 120)),
    Scene(
      name: "palette",
      make: on(.recipe, [.character(":"), .character("r"), .character("o"), .character("p")])),
    Scene(name: "quit", make: on(.train, [.character("q")], running: 120)),
  ]

  static let looks: [Look] = scenes.flatMap { scene in
    var looks = [
      Look(scene: scene, size: Size(width: 120, height: 40), glyphs: .full, colors: .full),
      Look(scene: scene, size: Size(width: 80, height: 24), glyphs: .full, colors: .none),
    ]
    if ["recipe", "train", "needle"].contains(scene.name) {
      looks += [
        Look(scene: scene, size: Size(width: 80, height: 24), glyphs: .ascii, colors: .full),
        Look(scene: scene, size: Size(width: 60, height: 16), glyphs: .basic, colors: .eight),
        Look(scene: scene, size: Size(width: 30, height: 8), glyphs: .full, colors: .full),
      ]
    }
    return looks
  }

  @Test(arguments: looks)
  func screenLooksAsItDid(_ look: Look) throws {
    let screen = MemoryScreen(
      width: look.size.width, height: look.size.height, glyphs: look.glyphs, colors: look.colors)
    let canvas = screen.canvas()
    Frame.draw(try look.scene.make(), on: canvas)
    screen.present(canvas.buffer)
    let frame = screen.frame.golden
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")
    let file = folder.appending(path: "\(look).txt")
    if ProcessInfo.processInfo.environment["UPDATE_GOLDENS"] == "1" {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try frame.write(to: file, atomically: true, encoding: .utf8)
      return
    }
    let stored = try String(contentsOf: file, encoding: .utf8)
    #expect(frame == stored, "stored:\n\(stored)\nnow:\n\(frame)")
  }
}
