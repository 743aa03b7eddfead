import ArgumentParser
import Foundation
import Kernels
import Support

/// `needlepoint bench screen`: what a person feels of the workbench while it trains.
struct BenchScreenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "screen",
    abstract: "Time the workbench in a pseudo terminal while it trains on every core.",
    discussion: """
      Limits: a key is answered within 25 ms at the 99th percentile, the first frame comes within \
      150 ms, a live frame takes at most 4,096 bytes, and watching takes at most 2 % of one core. \
      Exit status 3 when one is missed and --check is given.
      """)

  @Option(help: "Seconds to watch without pressing a key.")
  var seconds = 10.0

  @Option(help: "Keys to press.")
  var keys = 200

  @Option(help: "Columns of the terminal.")
  var columns = 120

  @Option(help: "Rows of the terminal.")
  var rows = 40

  @Flag(help: "Fail when a limit is missed.")
  var check = false

  @OptionGroup var shared: SharedOptions

  mutating func validate() throws {
    guard seconds > 0, seconds <= 3600 else {
      throw UserError("--seconds", "\(seconds) is not in 0...3600", remedy: "10 is usual.")
    }
    guard (1...100_000).contains(keys) else {
      throw UserError("--keys", "\(keys) is not in 1...100000", remedy: "200 is usual.")
    }
    guard (1...1000).contains(columns), (1...1000).contains(rows) else {
      throw UserError(
        "--columns", "\(columns) x \(rows) is no terminal", remedy: "120 x 40 is usual.")
    }
  }

  func run() throws {
    let threads = shared.threads ?? Machine.coreCount
    shared.say("\(columns) x \(rows), training on \(threads) threads, \(seconds) s, \(keys) keys")
    let benchmark = ScreenBenchmark(
      columns: columns, rows: rows, threads: shared.threads, seconds: seconds, keys: keys)
    let result = try benchmark.run()
    let figures: [(name: String, value: Double, limit: Double, unit: String)] = [
      ("first_frame_ms", result.firstFrame * 1000, 150, "ms"),
      ("key_p50_ms", result.latency(0.5) * 1000, .infinity, "ms"),
      ("key_p99_ms", result.latency(0.99) * 1000, 25, "ms"),
      ("bytes_per_frame", result.bytesPerFrame, 4096, "bytes"),
      ("frames_per_second", result.framesPerSecond, .infinity, ""),
      ("screen_share", result.screenShare * 100, 2, "% of one core"),
    ]
    if shared.json {
      let line: [(key: String, value: JSONValue)] =
        [
          ("event", .text("bench")), ("config", .text("screen")), ("columns", .integer(columns)),
          ("rows", .integer(rows)), ("threads", .integer(threads)),
          ("keys", .integer(result.latencies.count)), ("training", .bool(result.isTraining)),
        ] + figures.map { ($0.name, .number($0.value)) }
      print(JSONValue.object(line).line)
    } else {
      for figure in figures {
        let limit = figure.limit.isFinite ? String(format: "limit %.0f", figure.limit) : ""
        let name = figure.name.padding(toLength: 18, withPad: " ", startingAt: 0)
        print(String(format: "%@ %8.2f %@", name, figure.value, figure.unit) + "  " + limit)
      }
      print(
        "\(result.latencies.count) keys answered, training \(result.isTraining ? "on" : "over")")
    }
    let missed = figures.contains { !($0.value <= $0.limit) } || result.latencies.count < keys
    if check, missed { throw ExitCode(3) }
  }
}
