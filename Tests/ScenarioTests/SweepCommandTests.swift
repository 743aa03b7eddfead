import Foundation
import TestSupport
import Testing

@Suite struct SweepCommandTests {
  @Test func aSweepIsPlannedTrainedAndComparedFromTheCommandLine() throws {
    let place = try TemporaryFolder()
    let recipe = place.path + "/small.yaml"
    try """
    name: small
    model: { width: 32, layers: 1, heads: 2, head_width: 16, feed_forward: 64, trained_context: 32 }
    tokenizer: world
    target: 64
    stages:
      - { name: learn, steps: 2, sequence: 32, tokens_per_step: 64, mix: { stories: 1 } }
    evaluate:
      - { kind: loss, every: 1, sequence: 32, tokens: 256 }
    sweep: { seeds: [1, 2], vary: { stages.learn.optimizer.rate: [1e-3, 1e-2] } }
    """.write(toFile: recipe, atomically: true, encoding: .utf8)
    let plan = try Program.run("plan", recipe)
    #expect(plan.status == 0)
    #expect(plan.output.contains("sweep        4 runs"))
    let table = place.path + "/table.md"
    let out = place.path + "/runs"
    func sweep() throws -> CommandResult {
      try Program.run("sweep", recipe, "--out", out, "--table", table, "--jobs", "2")
    }
    let first = try sweep()
    #expect(first.status == 0)
    #expect(first.output.contains("rate_1e_3 (2)"))
    #expect(first.output.contains("loss.32"))
    #expect(try String(contentsOfFile: table, encoding: .utf8).hasPrefix("| | rate_1e_3 (2) |"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: out).count == 4)
    // Drawn as its arms: what each run has at a step, averaged.
    let runs = try FileManager.default.contentsOfDirectory(atPath: out).sorted()
      .map { "\(out)/\($0)" }
    func losses(_ more: [String]) throws -> [String: Double] {
      let file = place.path + "/loss.csv"
      let drawn = try Command.run(
        Program.path, ["draw"] + runs + ["--out", file] + more, directory: place.path)
      #expect(drawn.status == 0, "\(drawn.errors)")
      let rows = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
        .dropFirst()
      return Dictionary(
        uniqueKeysWithValues: rows.map { row in
          let cells = row.replacing(", mean of 2", with: "").replacing("\"", with: "")
            .split(separator: ",")
          return ("\(cells[0]) \(cells[1])", Double(cells[3]) ?? .nan)
        })
    }
    let (single, mean) = (try losses([]), try losses(["--mean"]))
    #expect(single.count == 8 && mean.count == 4)
    for (arm, loss) in mean {
      let ends = arm.split(separator: " ")
      let seeds = ["1", "2"].compactMap { single["\(ends[0])-\($0) \(ends[1])"] }
      #expect(seeds.count == 2 && abs(loss - (seeds[0] + seeds[1]) / 2) < 1e-12)
    }
    // Nothing is trained twice.
    let second = try sweep()
    #expect(second.errors.contains("4 of 4 runs are there already"))
    #expect(second.output == first.output)
    let twice = try Program.run("sweep", recipe, "--seeds", "1,2,1")
    #expect(twice.status == 2)
    #expect(twice.errors.contains("--seeds: every seed once is needed, 1 found again"))
    let bare = try Program.run("sweep", recipe, "--set", "sweep=")
    #expect(bare.status == 2)
    #expect(bare.errors.contains("it has no sweep"))
  }
}
