import Foundation
import Support
import TestSupport
import Testing

extension ScenarioSuite {
  @Suite struct InformationCommandTests {
    // MARK: positions

    /// One frequency transform, head width 8, base 10k, 256 tokens trained, 1,024 wanted; computed by
    /// hand from the formulas of each method's paper.
    struct Golden: Sendable, CustomTestStringConvertible {
      let kind: String
      var set: [String] = []
      let inverse: [Double]
      var base = 10_000.0
      var factor = 1.0
      var testDescription: String { kind }
    }

    static let golden = [
      Golden(kind: "linear", inverse: [0.25, 0.025, 0.0025, 0.00025]),
      Golden(
        kind: "ntk", inverse: [1, 0.062_996_05, 0.003_968_503, 0.000_25], base: 63_496.042),
      Golden(
        kind: "dynamic", inverse: [1, 0.042_529_04, 0.001_808_719, 0.000_076_923_08],
        base: 305_673.509),
      Golden(kind: "yarn", inverse: [1, 0.0625, 0.0025, 0.000_25], factor: 1.138_629_4),
      Golden(
        kind: "llama3", set: ["factor=4", "low_freq_factor=1", "high_freq_factor=4"],
        inverse: [1, 0.1, 0.0025, 0.000_25]),
      Golden(
        kind: "abf", set: ["base=160k"], inverse: [1, 0.05, 0.0025, 0.000_125], base: 160_000),
    ]

    @Test(arguments: golden) func frequenciesAreThoseOfThePapers(golden: Golden) throws {
      let line =
        ["positions", "--kind", golden.kind, "--width", "8", "--base", "10k"]
        + ["--trained", "256", "--target", "1024", "--json"]
        + golden.set.flatMap { ["--set", $0] }
      let result = try Command.run(Program.path, line)
      expect(result)
      let event = try #require(result.events.first)
      #expect(event["event"]?.textValue == "positions")
      let found = try #require(event["inverse_frequencies"]?.listValue).compactMap(\.numberValue)
      #expect(found.count == 4)
      for (value, wanted) in zip(found, golden.inverse) {
        #expect(abs(value / wanted - 1) < 1e-6, "\(found)")
      }
      let factor = try #require(event["attention_factor"]?.numberValue)
      let base = try #require(event["base"]?.numberValue)
      #expect(abs(factor / golden.factor - 1) < 1e-6)
      #expect(abs(base / golden.base - 1) < 1e-6)
      #expect(event["ids"] == .null)
    }

    @Test(arguments: ["pit", "pose", "randpos"])
    func positionIdsGrowAndStayInsideTheTarget(kind: String) throws {
      func draw(_ seed: String) throws -> CommandResult {
        try Program.run(
          "positions", "--kind", kind, "--trained", "256", "--target", "4k", "--window", "1228",
          "--seed", seed, "--json")
      }
      let result = try draw("1")
      expect(result)
      let event = try #require(result.events.first)
      let ids = try #require(event["ids"]?.listValue).compactMap(\.integerValue)
      #expect(ids.count == 1228)
      #expect(zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 })
      #expect((ids.first ?? -1) >= 0 && (ids.last ?? 4096) < 4096)
      #expect((ids.last ?? 0) - (ids.first ?? 0) > 1228)
      #expect((event["mean_pair_distance"]?.numberValue ?? 0) > Double(1228) / 3)
      #expect((event["mean_run"]?.numberValue ?? 0) >= 1)
      #expect(try draw("1").output == result.output)
      #expect(try draw("2").output != result.output)
    }

    @Test(arguments: [("yarn", "Wavelength (tokens)", 16 + 16), ("pit", "Position id", 60 + 60)])
    func frequenciesAndIdsAreDrawn(kind: String, axis: String, rows: Int) throws {
      let place = try TemporaryFolder()
      for ending in ["svg", "csv"] {
        expect(
          try Program.run(
            "positions", "--kind", kind, "--trained", "64", "--target", "200", "--width", "32",
            "--out", place.file("drawn." + ending)))
      }
      let svg = try place.text("drawn.svg")
      #expect(svg.contains(axis) && svg.contains(kind == "yarn" ? "trained 64" : "plain"))
      #expect(try place.text("drawn.csv").split(separator: "\n").count == 1 + rows)
      expectRefusal(
        try Program.run(
          "positions", "--kind", kind, "--trained", "64", "--target", "200", "--out", "x.gif"),
        says: ["x.gif", ".svg"])
    }

    // MARK: plan, info, describe, doctor, bench

    @Test func planTellsWhatARecipeTakesWithoutWritingAnything() throws {
      let place = try Workplace()
      let before = place.folder.names
      let result = try place.program("plan", "tiny.yaml", "--json")
      expect(result)
      let plan = try #require(result.events.first)
      #expect(plan["stages"]?.integerValue == 2)
      #expect(plan["tokens"]?.integerValue == 8 * 128 + 8 * 64)
      for key in ["flops", "peak_bytes", "disk_bytes"] {
        #expect((plan[key]?.numberValue ?? 0) > 0, "\(key)")
      }
      let text = try place.program("plan", "tiny.yaml", "--set", "stages.0.steps=16")
      expect(text, says: ["first: 16 steps of 4 x 32 tokens", "memory", "disk"])
      #expect(place.folder.names == before)
    }

    @Test func infoTellsOfACheckpointARunAndARecipe() throws {
      let place = try Workplace()
      let run = try place.train()
      let checkpoint = try #require(
        place.names(under: run).last { $0.hasPrefix("step-") && $0.hasSuffix(".h5") })
      let file = try #require(
        try place.program("info", run + "/" + checkpoint, "--json").events.first)
      #expect(file["event"]?.textValue == "info")
      #expect(file["kind"]?.textValue == "checkpoint")
      #expect(file["verified"] == .bool(true))
      #expect(file["step"]?.integerValue == 16)
      #expect(file["width"]?.integerValue == 32)
      #expect(file["rope_base"]?.numberValue == 100_000)
      let whole = try #require(try place.program("info", run, "--json").events.first)
      #expect(whole["kind"]?.textValue == "run")
      #expect(whole["status"]?.textValue == "done")
      #expect(whole["steps"]?.integerValue == 16)
      let recipe = try #require(try place.program("info", "tiny.yaml", "--json").events.first)
      #expect(recipe["kind"]?.textValue == "recipe")
      #expect(recipe["target"]?.integerValue == 64)
      for path in [run, run + "/" + checkpoint, "tiny.yaml"] {
        let text = try place.program("info", path)
        expect(text, says: ["tiny"])
      }
    }

    @Test func theResolvedRecipeThatInfoPrintsIsARecipe() throws {
      let place = try Workplace()
      let text = try place.program("info", "tiny.yaml")
      try place.folder.write(text.output, to: "resolved.yaml")
      let again = try place.program("info", "resolved.yaml")
      expect(again)
      #expect(again.output == text.output)
    }

    @Test func describeListsEveryKindWithItsSettings() throws {
      let result = try Program.run("describe", "--json")
      expect(result)
      let names = Set(try result.events.compactMap { $0["name"]?.textValue })
      let wanted = [
        "pit", "pose", "plain", "randpos", "yarn", "abf", "linear", "ntk", "dynamic", "llama3",
        "adamw", "needle", "loss", "text", "stories", "code", "tables", "questions", "recall",
        "documents", "rows", "cosine", "single", "multikey", "multivalue", "multiquery", "tracking",
        "self_extend", "dual_chunk", "longrope", "partial", "json", "count", "retavg", "short",
        "position_loss", "source_loss",
      ]
      #expect(Set(wanted).subtracting(names).subtracting(["cosine"]) == [])
      expect(try Program.run("describe", "yarn"), says: ["yarn", "beta_fast", "default"])
      expectRefusal(try Program.run("describe", "yarm"), says: ["yarm", "yarn"])
    }

    @Test func doctorTellsWhatTheMachineOffers() throws {
      let result = try Program.run("doctor", "--json")
      expect(result)
      let facts = try #require(result.events.first)
      for key in ["processor", "cores", "kernels", "openblas", "hdf5", "terminal", "problems"] {
        #expect(facts[key] != nil, "\(key)")
      }
      expect(try Program.run("doctor"), says: ["processor", "openblas"])
    }

    @Test func benchStepMeasuresAndNamesWhatTheContractNames() throws {
      let result = try Program.run(
        "bench", "step", "--config", "miniature-32", "--seconds", "1", "--json")
      expect(result)
      let event = try #require(result.events.first)
      for key in ["threads", "parameters", "tokens_per_second", "gflops", "peak_rss_mib", "steps"] {
        #expect((event[key]?.numberValue ?? 0) > 0, "\(key)")
      }
      #expect(event["config"]?.textValue == "miniature-32")
      #expect(event["precision"]?.textValue == "float32")
      let share = try #require(event["share_of_peak"]?.numberValue)
      #expect(share > 0 && share < 1.05)
      expectRefusal(
        try Program.run("bench", "step", "--config", "miniature-33"),
        says: ["miniature-33", "miniature-32"])
    }

    // MARK: help

    static let commands = [
      [], ["workbench"], ["run"], ["resume"], ["needle"], ["evaluate"], ["longrope"], ["logits"],
      ["generate"],
      ["positions"],
      ["plan"], ["data"], ["info"], ["merge"], ["bench"], ["bench", "step"], ["describe"],
      ["doctor"],
    ]

    @Test(arguments: commands) func helpAndVersionAreEverywhere(command: [String]) throws {
      let help = try Command.run(Program.path, command + ["--help"])
      expect(help, says: ["USAGE: needlepoint"])
      #expect(help.errors == "")
      let version = try Command.run(Program.path, command + ["--version"])
      expect(version)
      #expect(version.lines.count == 1 && version.errors == "")
      #expect(version.output.contains { $0.isNumber })
    }

    @Test func wrongUsageEndsWithTwoAndNamesTheRightOne() throws {
      for line in [
        ["run"], ["run", "x", "--colour"], ["needle", "x", "--trials", "many"],
        ["needle", "x", "--depths", "0"], ["needle", "x", "--lengths", ""],
        ["run", "x", "--threads", "0"], ["positions", "--kind", "yarm"],
        ["needle", "x", "--out", "map.gif"], ["merge", "a", "b", "--weight", "2", "--out", "c.h5"],
        ["generate", "x", "--prompt", "a", "--temperature", "-1"], ["evaluate", "x"],
        ["evaluate", "x", "--task", "multikeys"],
        ["longrope", "x", "--target", "1k", "--rows", "0"],
        ["needle", "x", "--remap", "self_extent"], ["needle", "x", "--remap-set", "group=4"],
        ["evaluate", "x", "--task", "loss", "--set", "depths=3"],
        ["bench", "step", "--seconds", "0"],
      ] {
        let result = try Command.run(Program.path, line)
        #expect(result.status == 2, "\(line): \(result.status) \(result.errors)")
        #expect(result.output == "" && !result.errors.isEmpty, "\(line)")
      }
    }
  }
}
