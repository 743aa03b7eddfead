import Foundation
import Support
import TestSupport
import Testing

extension ScenarioSuite {
  /// The workbench over a line of 100 ms there and back and 30 kB/s, as ssh from far away has it.
  @Suite(.enabled(if: Tmux.isAvailable && Python.has("pty"))) struct SlowLineTests {
    /// A terminal of its own for the program, joined to the outer one by the slow line.
    ///
    /// It writes down when each key was pressed and came in, and each piece of output: its size, when it was made, how
    /// long it stood in line, and when it was shown.
    private static let line = """
      import collections, fcntl, json, os, pty, select, sys, termios, time, tty
      RATE, WAY, ROOM = 30_000, 0.05, 16_384
      pid, program = pty.fork()
      if pid == 0:
          os.execvp(sys.argv[2], sys.argv[2:])
      size = fcntl.ioctl(0, termios.TIOCGWINSZ, b"\\0" * 8)
      fcntl.ioctl(program, termios.TIOCSWINSZ, size)
      before = termios.tcgetattr(0)
      tty.setraw(0)
      log = open(sys.argv[1], "w", buffering=1)
      keys, output, free, isOpen = collections.deque(), collections.deque(), 0.0, True
      while isOpen or output:
          now = time.monotonic()
          due = [queue[0][0] for queue in (keys, output) if queue]
          wait = max(0, min(due, default=now + 1) - now)
          hasRoom = sum(len(data) for _, data, _ in output) < ROOM
          reading = ([0, program] if hasRoom else [0]) if isOpen else []
          ready = select.select(reading, [], [], wait)[0]
          now = time.monotonic()
          if 0 in ready:
              keys.append((now + WAY, os.read(0, 1024), now))
          if program in ready:
              try:
                  data = os.read(program, 65536)
              except OSError:
                  data = b""
              isOpen = bool(data)
              free = max(free, now) + len(data) / RATE
              output.append((free + WAY, data, {"bytes": len(data), "made": now, "stood": free - now}))
          while keys and keys[0][0] <= now:
              _, data, pressed = keys.popleft()
              os.write(program, data)
              log.write(json.dumps({"pressed": pressed, "came": now}) + "\\n")
          while output and output[0][0] <= now:
              _, data, entry = output.popleft()
              os.write(1, data)
              log.write(json.dumps(entry | {"shown": now}) + "\\n")
      termios.tcsetattr(0, termios.TCSADRAIN, before)
      """

    private struct Log {
      /// When a key was pressed and when it came to the program, in seconds.
      var keys: [(pressed: Double, came: Double)] = []
      /// Pieces of output: their bytes, when the program wrote them, how long they stood in line for those
      /// before them and themselves, and when they were shown.
      var output: [(bytes: Int, made: Double, stood: Double, shown: Double)] = []

      init(_ text: String) {
        for line in text.split(separator: "\n") {
          // The last line may be on its way.
          guard let entry = try? JSONValue(parsing: String(line)) else { continue }
          func number(_ key: String) -> Double { entry[key]?.numberValue ?? .nan }
          if entry["pressed"] != nil {
            keys.append((number("pressed"), number("came")))
          } else {
            output.append(
              (entry["bytes"]?.integerValue ?? 0, number("made"), number("stood"), number("shown")))
          }
        }
      }
    }

    private func median(_ times: [Double]) -> Double {
      times.isEmpty ? .infinity : times.sorted()[times.count / 2]
    }

    @Test func aSlowConnectionStaysUsable() throws {
      let place = try Workplace(
        TinyRecipe.world(steps: 500_000, every: 1_000_000, evaluations: 1_000_000))
      try place.folder.write(Self.line, to: "line.py")
      let tmux = try Tmux(
        [
          try #require(Python.with("pty")), "line.py", "log", Program.path, "workbench",
          "tiny.yaml",
          "--threads", "1", "--out", "out",
        ], environment: ["NO_COLOR": "", "XDG_STATE_HOME": place.folder.file("state")],
        directory: place.folder.path)
      try tmux.wait(for: "Tour 1 of 6", seconds: 30)
      try tmux.press("Escape")
      try tmux.wait("the tour gone") { !$0.contains("Tour") }

      // Nothing trains: the first output after a key is its answer.
      let quiet = Log(try place.folder.text("log")).keys.count
      for (key, name) in [("2", "2 Data"), ("3", "3 Train"), ("5", "5 Runs"), ("1", "1 Recipe")] {
        try tmux.press(key)
        try tmux.wait(for: "[\(name)]")
        usleep(500_000)
      }
      var log = Log(try place.folder.text("log"))
      let pressed = Array(log.keys.dropFirst(quiet))
      let answers = pressed.enumerated().map { index, key in
        let next = pressed.dropFirst(index + 1).first?.came ?? .infinity
        return log.output.filter { (key.came..<next).contains($0.made) }
          .map { piece in
            // How much comes in one piece is chance: its first byte is there before its last one.
            let end = piece.shown - key.pressed
            return (begin: end - Double(piece.bytes) / 30_000, end: end)
          }
      }
      #expect(answers.count == 4 && answers.allSatisfy { !$0.isEmpty })
      // Two round trips and a whole new screen of about 6 kB take 0.4 s; the rest is for a machine that has
      // other work too.
      #expect(median(answers.compactMap(\.first?.begin)) <= 2)
      #expect(median(answers.compactMap(\.last?.end)) <= 2)

      // It trains: what is shown live leaves most of the line free.
      try tmux.press("R")
      try tmux.wait(for: "[3 Train]", seconds: 30)
      usleep(1_500_000)
      let before = Log(try place.folder.text("log")).output.count
      usleep(3_000_000)
      log = Log(try place.folder.text("log"))
      let live = log.output.dropFirst(before)
      let bytes = live.reduce(0) { $0 + $1.bytes }
      #expect(bytes > 500, "nothing is shown live")
      #expect(Double(bytes) / 3 <= 15_000, "\(bytes) bytes in 3 s")
      // No frame is drawn anew: the screen has 4,800 cells.
      #expect(live.allSatisfy { $0.bytes < 4_096 })
      #expect((live.map(\.stood).max() ?? 9) <= 2, "keys would wait behind what is shown")
      try tmux.press("q")
      try tmux.wait(for: "Training is running")
      try tmux.press("k")
      try tmux.wait("the end") { !$0.contains("[3 Train]") }
    }
  }
}
