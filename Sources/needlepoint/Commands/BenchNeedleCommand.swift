import ArgumentParser
import Evaluation
import Foundation
import Kernels
import Support

/// `needlepoint bench needle`: the default heatmap against scoring every cell by itself.
struct BenchNeedleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "needle",
    abstract: "Time the default needle heatmap, and its cells scored each by itself.",
    discussion: """
      Six lengths to 6,144 tokens, ten depths, four trials, on a model of 3 layers and width 128. \
      By itself means: a sequence of its own for each trial of each cell, scored in the same way.
      """)

  @OptionGroup var shared: SharedOptions

  func run() throws {
    let pool = shared.makePool()
    shared.say("needle heatmap, \(pool.threads) threads")
    let result = try NeedleBenchmark.run(pool: pool)
    let ratio = result.secondsFromScratch / result.seconds
    guard !shared.json else {
      let line = JSONValue.object([
        ("event", .text("bench")), ("config", .text("needle")),
        ("threads", .integer(pool.threads)), ("cells", .integer(result.cells)),
        ("trials", .integer(result.trials)), ("seconds", .number(result.seconds)),
        ("seconds_from_scratch", .number(result.secondsFromScratch)),
        ("ratio", .number(ratio)),
      ])
      return print(line.line)
    }
    print(
      String(
        format: "%d cells, %d trials: %.2f s; each by itself %.2f s, %.1f times as long",
        result.cells, result.trials, result.seconds, result.secondsFromScratch, ratio))
  }
}
