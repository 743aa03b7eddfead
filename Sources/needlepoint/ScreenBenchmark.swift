import Foundation
import Support
import Terminal

/// Drives this program in a pseudo terminal while it trains, and measures what a person feels.
///
/// The workbench runs as a process of its own, on a recipe that keeps every core at work. Times are
/// taken from the moment a key is written into the terminal to the moment its frame has been written.
struct ScreenBenchmark {
  /// What was measured.
  struct Result {
    var firstFrame = 0.0
    var latencies: [Double] = []
    var frames = 0
    var bytes = 0
    var seconds = 0.0
    var screenSeconds = 0.0
    var isTraining = false

    /// A quantile of the latencies, in seconds.
    func latency(_ share: Double) -> Double {
      let sorted = latencies.sorted()
      guard !sorted.isEmpty else { return .nan }
      return sorted[min(sorted.count - 1, Int((Double(sorted.count) * share).rounded(.up)) - 1)]
    }

    /// Bytes of a live frame.
    var bytesPerFrame: Double { frames > 0 ? Double(bytes) / Double(frames) : .nan }
    /// Frames in a second without keys.
    var framesPerSecond: Double { seconds > 0 ? Double(frames) / seconds : .nan }
    /// Share of one core that the thread of the screen takes while watching.
    var screenShare: Double { seconds > 0 ? screenSeconds / seconds : .nan }
  }

  /// Columns and rows of the terminal.
  var columns = 120
  var rows = 40
  /// Threads of the engine; nil for all cores.
  var threads: Int?
  /// Seconds to watch without a key.
  var seconds = 10.0
  /// Keys to press.
  var keys = 200

  /// A step of about a tenth of a second on two cores, for longer than any measurement takes.
  private static let recipe = """
    name: screen-benchmark
    model: { width: 128, layers: 2, heads: 2, kv_heads: 2, feed_forward: 344 }
    tokenizer: world
    target: 512
    stages:
      - steps: 1M
        sequence: 512
        tokens_per_step: 2k
        mix: { stories: 0.5, recall: 0.5 }
        optimizer: { rate: 1e-3 }
    evaluate:
      - { kind: needle, every: 100, lengths: [128, 256, 512], depths: 5, trials: 2 }

    """

  /// Runs the program and measures it.
  ///
  /// - Throws: `UserError` when it does not start or does not train.
  func run() throws -> Result {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("needlepoint-screen-\(getpid())").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let recipe = folder + "/recipe.yaml"
    try Self.recipe.write(toFile: recipe, atomically: true, encoding: .utf8)
    let log = folder + "/frames"
    var arguments = ["workbench", recipe, "--out", folder + "/runs"]
    if let threads { arguments += ["--threads", "\(threads)"] }
    let start = FrameLog.now
    var environment = ProcessInfo.processInfo.environment
    environment.merge(
      [
        "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "NO_COLOR": "", FrameLog.variable: log,
        "XDG_STATE_HOME": folder,
      ]) { $1 }
    let program = try PseudoTerminal(
      try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"),
      arguments: arguments, environment: environment.map { "\($0.key)=\($0.value)" },
      columns: columns, rows: rows)
    defer { program.end() }
    func frames() -> [(time: UInt64, keys: Int)] {
      FrameLog.frames((try? String(contentsOfFile: log, encoding: .utf8)) ?? "")
    }
    var result = Result()
    guard program.pump(seconds: 20, until: { !frames().isEmpty }), let first = frames().first else {
      throw UserError("bench screen", "no frame came within 20 s", kind: .work)
    }
    result.firstFrame = Double(first.time - start) * 1e-9
    // The tour of a first start ends with the key that starts the run.
    program.press("R")
    let runs = folder + "/runs"
    let isTraining = program.pump(seconds: 60) { Self.steps(in: runs) >= 5 }
    guard isTraining else {
      throw UserError("bench screen", "the run did not train within 60 s", kind: .work)
    }
    watch(program, frames, &result)
    press(program, frames, &result)
    let before = Self.steps(in: runs)
    result.isTraining = program.pump(seconds: 20) { Self.steps(in: runs) > before }
    return result
  }

  /// Bytes, frames and processor time without a key.
  private func watch(
    _ program: PseudoTerminal, _ frames: () -> [(time: UInt64, keys: Int)], _ result: inout Result
  ) {
    program.pump(seconds: 1)
    let (start, startBytes, startFrames) = (FrameLog.now, program.bytes, frames().count)
    let processor = program.mainThreadSeconds
    program.pump(seconds: seconds)
    result.seconds = Double(FrameLog.now - start) * 1e-9
    result.bytes = program.bytes - startBytes
    result.frames = frames().count - startFrames
    result.screenSeconds = program.mainThreadSeconds - processor
  }

  /// Keys at uneven times, each of which changes what is shown: screens, help, palette, cursor.
  private func press(
    _ program: PseudoTerminal, _ frames: () -> [(time: UInt64, keys: Int)], _ result: inout Result
  ) {
    let script = [
      "4", "3", "?", "?", "[", "{", "]", "5", "3", "Y", "Y", "1", "j", "k", "3", "+", "0",
    ]
    var random = RandomStream(seed: 1, name: "screen benchmark")
    let answered = frames().reduce(0) { $0 + $1.keys }
    var pressed: [UInt64] = []
    for index in 0..<keys {
      program.pump(seconds: 0.03 + 0.09 * random.uniform())
      pressed.append(FrameLog.now)
      program.press(script[index % script.count])
    }
    program.pump(seconds: 2) { frames().reduce(0) { $0 + $1.keys } >= answered + keys }
    var next = 0
    var count = 0
    for frame in frames() where frame.keys > 0 {
      count += frame.keys
      while next < pressed.count, answered + next < count {
        if frame.time >= pressed[next] {
          result.latencies.append(Double(frame.time - pressed[next]) * 1e-9)
        }
        next += 1
      }
    }
  }

  /// Steps in the log of the only run.
  private static func steps(in runs: String) -> Int {
    guard let name = try? FileManager.default.contentsOfDirectory(atPath: runs).first,
      let log = try? String(contentsOfFile: "\(runs)/\(name)/records.jsonl", encoding: .utf8)
    else { return 0 }
    return log.matches(of: /"event":"step"/).count
  }
}
