public import ArgumentParser
import Foundation
import Kernels
public import Models
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

  @Option(help: "One row of so many tokens instead of the configuration's rows.")
  var length: TokenCount?

  @Option(help: "Documents of equal length that a row is made of.")
  var documents = 1

  @Option(help: "Steps to measure, without others before; for steps that take minutes.")
  var steps: Int?

  @Option(help: "What the backward pass computes again: none, selective or full.")
  var recompute = Recomputation.none

  @Flag(help: "Tell the memory that a step would take, and run none.")
  var forecast = false

  @Flag(help: "List the configurations.")
  var list = false

  @OptionGroup var shared: SharedOptions

  mutating func validate() throws {
    guard seconds > 0, seconds.isFinite else {
      throw UserError("--seconds", "\(seconds) is not above 0", remedy: "12 is usual.")
    }
    if let steps, steps < 1 {
      throw UserError("--steps", "\(steps) is not 1 or more", remedy: "1 is enough for the memory.")
    }
    if let length, !(1...(1 << 24)).contains(length.value) {
      throw UserError(
        "--length", "\(length.value) is not in 1...\(1 << 24)", remedy: "Lower it.")
    }
    guard (1...64).contains(documents) else {
      throw UserError("--documents", "\(documents) is not in 1...64", remedy: "1 is a whole row.")
    }
    precision = precision.usable { shared.say($0) }
  }

  func run() throws {
    if list {
      for configuration in StepBenchmark.configurations { print(configuration.name) }
      return
    }
    var configuration = try StepBenchmark.configuration(named: config)
    if let length { configuration = configuration.with(length: length.value) }
    configuration.documents = documents
    let pool = shared.makePool()
    let memory = configuration.memory(
      precision: precision, pool: pool, recomputation: recompute)
    if forecast { return show(memory, of: configuration) }
    let peak = Machine.peakGFLOPS(threads: pool.threads, precision: precision)
    shared.say("\(configuration.name), \(precision.rawValue), \(pool.threads) threads")
    let benchmark = StepBenchmark(
      configuration, precision: precision, seconds: seconds, steps: steps,
      recomputation: recompute)
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
        ("recompute", .text(result.recomputation.rawValue)),
        ("forecast_mib", .integer(memory.total >> 20)),
      ])
      print(line.line)
      return
    }
    let share = result.shareOfPeak.map { String(format: ", %.0f %% of the peak", 100 * $0) } ?? ""
    print(
      String(
        format: "%.0f tokens/s  %.1f GFLOP/s%@  %d MiB of %d foreseen  median of %d steps",
        result.tokensPerSecond, result.gflops, share, result.peakResidentMebibytes,
        memory.total >> 20, result.steps))
  }

  private func show(_ memory: MemoryForecast, of configuration: StepBenchmark.Configuration) {
    if shared.json {
      let line = JSONValue.object([
        ("event", .text("forecast")), ("config", .text(configuration.name)),
        ("recompute", .text(recompute.rawValue)), ("forecast_mib", .integer(memory.total >> 20)),
      ])
      return print(line.line)
    }
    print(
      "\(configuration.name), recompute \(recompute.rawValue): \(memory.total >> 20) MiB, of which"
        + " parameters \(memory.parameters >> 20), activations \(memory.activations >> 20),"
        + " workspace \(memory.workspace >> 20), program \(MemoryForecast.program >> 20)")
  }
}

extension Recomputation: ExpressibleByArgument {}
