import ArgumentParser
import Foundation
import Kernels
import Support
import Training

/// `needlepoint bench step`: one optimizer step of a fixed configuration.
struct BenchStepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "step",
    abstract: "Time optimizer steps: forward, backward, clipping and AdamW on random tokens.")

  @Option(help: "Configuration by name; see --list.")
  var config = "tiny-1024"

  @Option(help: "float32 or bfloat16.")
  var precision: MatmulPrecision = .float32

  @Option(help: "Wall time to measure for.")
  var seconds = 12.0

  @Flag(help: "List the configurations.")
  var list = false

  @OptionGroup var shared: SharedOptions

  mutating func validate() throws {
    guard seconds > 0, seconds.isFinite else {
      throw UserError("--seconds", "\(seconds) is not above 0", remedy: "12 is usual.")
    }
    guard precision.isAvailable else {
      throw UserError(
        "--precision", "this processor does not multiply bfloat16 numbers",
        remedy: "Use float32.")
    }
  }

  func run() throws {
    if list {
      for configuration in StepBenchmark.configurations { print(configuration.name) }
      return
    }
    let configuration = try StepBenchmark.configuration(named: config)
    let pool = shared.makePool()
    let peak = Machine.peakGFLOPS(threads: pool.threads, precision: precision)
    shared.say("\(config), \(precision.rawValue), \(pool.threads) threads, \(seconds) s")
    let benchmark = StepBenchmark(configuration, precision: precision, seconds: seconds)
    let result = try benchmark.run(pool: pool, peakGFLOPS: peak)
    if shared.json {
      let line = JSONValue.object([
        ("event", .text("bench")), ("config", .text(result.name)),
        ("precision", .text(result.precision.rawValue)), ("threads", .integer(result.threads)),
        ("parameters", .integer(result.parameters)),
        ("tokens_per_second", .number(result.tokensPerSecond)),
        ("gflops", .number(result.gflops)),
        ("share_of_peak", result.shareOfPeak.map { .number($0) } ?? .null),
        ("peak_rss_mib", .integer(result.peakResidentMebibytes)),
        ("steps", .integer(result.steps)),
      ])
      print(line.line)
      return
    }
    let share = result.shareOfPeak.map { String(format: ", %.0f %% of the peak", 100 * $0) } ?? ""
    print(
      String(
        format: "%.0f tokens/s  %.1f GFLOP/s%@  %d MiB  median of %d steps",
        result.tokensPerSecond, result.gflops, share, result.peakResidentMebibytes, result.steps))
  }
}
