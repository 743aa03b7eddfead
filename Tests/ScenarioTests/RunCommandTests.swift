import Foundation
import Support
import TestSupport
import Testing

extension ScenarioSuite {
  @Suite struct RunCommandTests {
    @Test func aHeadlessRunTellsLossHeatmapAndCheckpoint() throws {
      let place = try Workplace()
      let result = try place.program("run", "tiny.yaml", "--headless", "--out", "out")
      expect(result, says: ["plan:", "stage 1/2 first", "stage 2/2 second", "done:", "loss at 32"])
      let run = try place.run()
      #expect(result.output.contains("checkpoint: out/"))
      for name in ["manifest.json", "recipe.yaml", "records.jsonl", "run.h5", "DONE"] {
        #expect(place.names(under: run).contains(name))
      }
      #expect(!place.names(under: run).contains { $0.hasSuffix(".part") || $0.hasSuffix(".tmp") })
    }

    @Test func aRunInJSONWritesLinesOfTheContractAndNothingElse() throws {
      let place = try Workplace()
      let result = try place.program("run", "tiny.yaml", "--json", "--out", "out")
      expect(result)
      let events = try result.events
      let wanted = ["plan", "stage", "step", "needle", "evaluation", "checkpoint", "done"]
      #expect(events.names.isSuperset(of: wanted))
      let keys = [
        "plan": ["stages", "tokens", "flops", "peak_bytes", "disk_bytes", "seconds"],
        "step": [
          "step", "stage", "loss", "learning_rate", "gradient_norm", "tokens",
          "tokens_per_second", "seconds", "loss_by_source",
        ],
        "needle": [
          "step", "task", "length", "depth", "correct", "trials", "score", "low", "high",
        ],
        "evaluation": ["step", "task", "metric", "value", "low", "high", "samples"],
        "checkpoint": ["step", "path", "bytes"],
        "done": ["status", "path", "seconds", "tokens", "flops", "final"],
      ]
      for (event, names) in keys {
        for line in events.named(event) {
          for name in names { #expect(line[name] != nil, "\(event) without \(name)") }
        }
      }
      let steps = events.named("step")
      #expect(steps.compactMap { $0["step"]?.integerValue } == Array(1...16))
      #expect(steps.last?["tokens"]?.integerValue == 8 * 128 + 8 * 64)
      #expect(events.first?["event"]?.textValue == "plan")
      let done = try #require(events.last)
      #expect(done["event"]?.textValue == "done")
      #expect(done["status"]?.textValue == "done")
      let path = try #require(done["path"]?.textValue)
      #expect(FileManager.default.fileExists(atPath: place.folder.file(path)))
    }

    @Test func theRunFolderKeepsTheEventsThatWereShown() throws {
      let place = try Workplace()
      let result = try place.program("run", "tiny.yaml", "--json", "--out", "out")
      let log = try String(contentsOfFile: try place.run() + "/records.jsonl", encoding: .utf8)
      let kept = log.split(separator: "\n").map(String.init)
      // Notices of the moment are shown only; everything else is the same line, in the same order.
      #expect(kept == result.lines)
    }

    @Test func setChangesAnyFieldOfTheRecipe() throws {
      let place = try Workplace()
      let result = try place.program(
        "run", "tiny.yaml", "--json", "--out", "out", "--set", "stages.0.steps=3", "--set",
        "stages.1.steps=2", "--set", "stages.0.mix.stories=0", "--set", "name=renamed", "--set",
        "stages.0.optimizer.rate=5e-4")
      expect(result)
      let steps = try result.events.named("step")
      #expect(steps.count == 5)
      let first = steps.first?["loss_by_source"]
      #expect(first?["stories"] == nil)
      let rates = steps.compactMap { $0["learning_rate"]?.numberValue }
      #expect(rates.prefix(3).allSatisfy { $0 <= 5e-4 })
      let run = try place.run()
      #expect((run as NSString).lastPathComponent.hasPrefix("renamed-"))
      let kept = try String(contentsOfFile: run + "/recipe.yaml", encoding: .utf8)
      #expect(kept.contains("steps: 3"))
    }

    @Test func twoRunsOfOneSeedAreTheSameBitByBitAndAnotherSeedIsNot() throws {
      let place = try Workplace()
      let first = try bits(of: try place.train())
      let second = try bits(of: try place.train())
      let other = try bits(of: try place.train("--set", "seed=4"))
      #expect(first == second)
      #expect(first != other)
    }

    @Test func ownTextTrainsAndItsHeldOutLossFalls() throws {
      let place = try Workplace()
      try place.folder.write(TinyRecipe.prose, to: "books/one.txt")
      try place.folder.write(String(TinyRecipe.prose.reversed()), to: "books/more/two.md")
      let result = try place.program(
        "run", "books", "--json", "--out", "out", "--set", "stages.0.steps=30", "--set",
        "stages.0.tokens_per_step=1k", "--set", "stages.0.sequence=128", "--set", "model.layers=1",
        "--set", "evaluate.0.every=10", "--set", "evaluate.0.tokens=4k", "--set",
        "evaluate.0.sequence=128", seconds: 120)
      expect(result)
      let losses = try result.events.named("evaluation").compactMap { $0["value"]?.numberValue }
      let first = try #require(losses.first)
      let last = try #require(losses.last)
      #expect(losses.count >= 3)
      #expect(last < first - 0.2, "\(losses)")
      #expect(last < log(256), "no better than guessing: \(losses)")
    }

    @Test func withoutATerminalTheFirstExperimentIsTrainedToAGreenMap() throws {
      let folder = try TemporaryFolder()
      let result = try Program.run("--out", folder.file("out"), seconds: 600)
      expect(result, says: ["plan:", "stage 1/1 extend"])
      #expect(result.output.contains("needle"))
      #expect(result.output.contains("4096") || result.output.contains("4k"))
      let line = try #require(result.lines.last { $0.hasPrefix("checkpoint: ") })
      let checkpoint = String(line.dropFirst("checkpoint: ".count))
      #expect(FileManager.default.fileExists(atPath: checkpoint))
      #expect(!result.output.contains("\u{1B}"), "escape sequences without a terminal")
      let figure = try #require(result.lines.last { $0.hasPrefix("needle.keyed.4096") })
      let score = try #require(Double(figure.split(separator: " ").last ?? ""))
      #expect(score >= 0.9, "\(figure)")
    }
  }
}
