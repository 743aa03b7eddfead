import Foundation
import Support
import TestSupport
import Testing

extension ScenarioSuite {
  @Suite struct ModelCommandTests {
    // MARK: needle

    @Test(arguments: ["keyed", "single"])
    func needleScoresEveryCellOfTheGrid(task: String) throws {
      let place = try Workplace()
      let run = try place.train()
      let result = try place.program(
        "needle", run, "--lengths", "32,64,96", "--depths", "3", "--trials", "4", "--task", task,
        "--json")
      expect(result)
      let cells = try result.events
      #expect(cells.names == ["needle"])
      #expect(cells.count == 9)
      for cell in cells {
        let correct = try #require(cell["correct"]?.numberValue)
        let low = try #require(cell["low"]?.numberValue)
        let high = try #require(cell["high"]?.numberValue)
        #expect(cell["step"] == .null)
        #expect(cell["task"]?.textValue == task)
        #expect(cell["trials"]?.integerValue == 4)
        #expect(cell["score"]?.numberValue == correct / 4)
        #expect(0 <= low && low <= correct / 4 && correct / 4 <= high && high <= 1)
      }
      let lengths = Set(cells.compactMap { $0["length"]?.integerValue })
      #expect(lengths == [32, 64, 96])
      #expect(Set(cells.compactMap { $0["depth"]?.numberValue }) == [0, 0.5, 1])
    }

    @Test func needleRepeatsItselfUnderOneSeed() throws {
      let place = try Workplace()
      let model = PackageFolder.file("checkpoints/base-256.h5")
      let line = ["needle", model, "--lengths", "256,512", "--depths", "4", "--trials", "5"]
      let first = try Command.run(Program.path, line + ["--json"], directory: place.folder.path)
      let second = try Command.run(Program.path, line + ["--json"], directory: place.folder.path)
      let other = try Command.run(
        Program.path, line + ["--json", "--seed", "9"], directory: place.folder.path)
      expect(first)
      #expect(first.output == second.output)
      #expect(first.output != other.output)
      let short = try first.events.filter { $0["length"]?.integerValue == 256 }
      let score = short.compactMap { $0["score"]?.numberValue }.reduce(0, +) / 4
      #expect(score >= 0.9, "the shipped base answers at 256 tokens")
    }

    @Test(arguments: ["csv", "svg", "png", "txt", "json"])
    func needleWritesPicturesAndTables(ending: String) throws {
      let place = try Workplace()
      let run = try place.train()
      let result = try place.program(
        "needle", run, "--lengths", "32,64", "--depths", "2", "--trials", "2", "--out",
        "map.\(ending)")
      expect(result, says: ["wrote map.\(ending)"])
      #expect(result.output.contains("64"))
      let bytes = try place.folder.bytes("map.\(ending)")
      let text = String(decoding: bytes, as: UTF8.self)
      switch ending {
      case "png":
        #expect(bytes.prefix(8) == Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
      case "svg": #expect(text.contains("<svg") && text.contains("</svg>"))
      case "json":
        let cells = try text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        #expect(cells.named("needle").count == 4)
      case "csv":
        #expect(text.split(separator: "\n").count { !$0.hasPrefix("#") } == 5, "\(text)")
      default: #expect(text.contains("32") && text.contains("64"))
      }
    }

    @Test func positionsCanBeChangedAtInference() throws {
      let place = try Workplace()
      let model = PackageFolder.file("checkpoints/base-256.h5")
      func score(_ more: [String]) throws -> Double {
        let line = [
          "needle", model, "--lengths", "768", "--depths", "5", "--trials", "4", "--json",
        ]
        let result = try Command.run(Program.path, line + more, directory: place.folder.path)
        expect(result)
        return try result.events.compactMap { $0["score"]?.numberValue }.reduce(0, +) / 5
      }
      let plain = try score([])
      let grouped = try score(["--remap", "self_extend"])
      #expect(grouped > plain, "\(grouped) with grouped positions, \(plain) without")
      #expect(try score(["--remap", "self_extend", "--remap-set", "window=768"]) == plain)
      try place.folder.write("[1, 2, 3]", to: "ids.json")
      let logits = [
        "logits", model, "--tokens", "ids.json", "--out", "l.h5", "--remap", "dual_chunk",
      ]
      expect(try Command.run(Program.path, logits, directory: place.folder.path))
      expectRefusal(
        try Command.run(
          Program.path, logits + ["--positions", "ids.json"], directory: place.folder.path),
        says: ["--remap", "positions"])
    }

    @Test func longropeSearchesALineForARecipe() throws {
      let place = try Workplace()
      let run = try place.train()
      let result = try place.program(
        "longrope", run, "--target", "256", "--population", "2", "--rounds", "1", "--rows", "1")
      expect(result)
      #expect(result.output.contains("rope: { kind: longrope, factors: ["))
      expectRefusal(try place.program("longrope", run, "--target", "16"), says: ["--target"])
    }

    // MARK: evaluate

    @Test func evaluateReportsEveryTaskOfTheSuite() throws {
      let place = try Workplace()
      let run = try place.train()
      let tasks = [
        "multikey", "tracking", "json", "count", "retavg", "loss", "position_loss", "source_loss",
        "short",
      ]
      let line =
        ["evaluate", run, "--set", "lengths=[160]", "--set", "trials=1", "--set", "tokens=512"]
        + ["--set", "context=128", "--set", "sequence=64", "--json"]
        + tasks.flatMap { ["--task", $0] }
      let result = try Command.run(Program.path, line, directory: place.folder.path)
      expect(result)
      let events = try result.events
      #expect(events.names == ["needle", "evaluation"])
      let figures = events.named("evaluation")
      #expect(Set(tasks).isSubset(of: Set(figures.compactMap { $0["task"]?.textValue })))
      for figure in figures {
        let value = try #require(figure["value"]?.numberValue)
        let low = try #require(figure["low"]?.numberValue)
        let high = try #require(figure["high"]?.numberValue)
        #expect(low <= value && value <= high)
        #expect((figure["samples"]?.integerValue ?? 0) > 0)
      }
      let metrics = figures.filter { $0["task"]?.textValue == "json" }
        .compactMap { $0["metric"]?.textValue }
      #expect(
        metrics == [
          "accuracy at 160", "chance at 160", "other key's answer at 160", "no needle at 160",
          "question only at 160", "base accuracy", "effective length, tokens",
        ])
      let table = try place.program(
        "evaluate", run, "--task", "keyed", "--set", "lengths=64", "--set", "trials=1")
      expect(table)
      #expect(table.output.contains("accuracy at 64"))
    }

    @Test func evaluateTriesEverythingBeforeItStarts() throws {
      let place = try Workplace()
      let run = try place.train()
      expectRefusal(
        try place.program(
          "evaluate", run, "--task", "keyed", "--task", "multivalue", "--set", "lengths=[64]"),
        says: ["needles need", "64 found"])
      expectRefusal(
        try place.program("evaluate", run, "--task", "loss", "--data", "nothing.txt"),
        says: ["nothing.txt"])
    }

    @Test func needleHidesFactsInAnyTextForAModelOfBytes() throws {
      let place = try Workplace()
      try place.folder.write(TinyRecipe.prose, to: "prose.txt")
      try place.folder.write(TinyRecipe.text(path: "prose.txt"), to: "tiny.yaml")
      let run = try place.train()
      let result = try place.program(
        "needle", run, "--haystack", "prose.txt", "--lengths", "256,384", "--depths", "2",
        "--trials", "1", "--task", "single", "--json")
      expect(result)
      #expect(try result.events.count == 4)
      let words = try place.program(
        "needle", PackageFolder.file("checkpoints/base-256.h5"), "--haystack", "prose.txt")
      expectRefusal(words, says: ["prose.txt: ", "words of the miniature world"])
    }

    // MARK: logits, generate, merge

    @Test(.enabled(if: Python.has("h5py")))
    func logitsAreReadByH5pyAndFollowThePositions() throws {
      let place = try Workplace()
      let run = try place.train()
      try place.folder.write("[1, 2, 3, 4, 5, 6]", to: "tokens.json")
      try place.folder.write("[0, 1, 2, 3, 4, 5]", to: "plain.json")
      try place.folder.write("[0, 9, 18, 27, 36, 45]", to: "spread.json")
      expect(try place.program("logits", run, "--tokens", "tokens.json", "--out", "a.h5"))
      for name in ["plain", "spread"] {
        expect(
          try place.program(
            "logits", run, "--tokens", "tokens.json", "--out", "\(name).h5", "--positions",
            "\(name).json"))
      }
      let script = """
        import h5py, numpy, sys
        files = (h5py.File(f"{sys.argv[1]}/{n}.h5") for n in ("a", "plain", "spread"))
        a, plain, spread = (file["/logits"] for file in files)
        assert a.dtype == numpy.float32, a.dtype
        assert a.shape[0] == 6 and a.shape[1] > 100, a.shape
        assert numpy.isfinite(a[:]).all()
        assert (a[:] == plain[:]).all()
        assert abs(a[0] - spread[0]).max() < 1e-5
        assert abs(a[5] - spread[5]).max() > 1e-5
        print(a.shape[1])
        """
      let python = try Python.run(script, [place.folder.path], with: "h5py")
      #expect(python.status == 0, "\(python.errors)")
    }

    @Test func generateContinuesAPromptAndRepeatsItselfUnderOneSeed() throws {
      let place = try Workplace()
      let run = try place.train()
      let prompt = "the"
      let greedy = try place.program(
        "generate", run, "--prompt", prompt, "--max-tokens", "7", "--json")
      expect(greedy)
      #expect(try greedy.events.first?["tokens"]?.listValue?.count == 7)
      func drawn(_ seed: String) throws -> String {
        try place.program(
          "generate", run, "--prompt", prompt, "--max-tokens", "12", "--temperature", "1",
          "--seed", seed
        ).output
      }
      let first = try drawn("1")
      #expect(first.lowercased().hasPrefix(prompt))
      #expect(try drawn("1") == first)
      #expect(try drawn("2") != first)
    }

    @Test(arguments: ["lora", "qlora"])
    func adaptersAreShownMeasuredAndMerged(_ kind: String) throws {
      let train = "train: { kind: \(kind), rank: 4, merge: false }\n    rope:"
      let place = try Workplace(TinyRecipe.world(steps: 4).replacing("rope:", with: train))
      let plan = try place.program("plan", "tiny.yaml")
      expect(plan, says: ["second: 4 steps", "trains 896 weights"])
      let run = try place.train()
      let newest = try #require(
        try FileManager.default.contentsOfDirectory(atPath: run).filter {
          $0.hasPrefix("step-") && $0.hasSuffix(".h5")
        }.max())
      func info(_ path: String) throws -> JSONValue {
        try #require(try place.program("info", path, "--json").events.first)
      }
      let shown = try info(run + "/" + newest)
      #expect(shown["adapter_parameters"]?.numberValue == 896)
      #expect(
        shown["adapters"]?.textValue
          == (kind == "qlora" ? "beside 4-bit weights, " : "")
          + "rank 4, alpha 16, on query, key, value, output")
      expect(try place.program("merge", run, "--out", "merged.h5"))
      try place.folder.write("[1, 2, 3, 4, 5]", to: "ids.json")
      for (model, out) in [(run, "a.h5"), ("merged.h5", "b.h5")] {
        expect(try place.program("logits", model, "--tokens", "ids.json", "--out", out))
      }
      #expect(try info("merged.h5")["adapters"]?.textValue == "none")
      expect(
        try place.program("merge", "merged.h5", "--out", "c.h5"), status: 2,
        says: ["has no adapters to merge"])
    }

    @Test(.enabled(if: Python.has("h5py")))
    func mergeWritesTheWeightedAverageAndKeepsTheFirstModelsFrequencies() throws {
      let place = try Workplace()
      let first = try place.train()
      let second = try place.train("--set", "seed=9", "--set", "stages.1.rope.base=50k")
      let result = try place.program(
        "merge", first, second, "--weight", "0.25", "--out", "mixed.h5")
      expect(result, says: ["wrote mixed.h5"])
      let script = """
        import glob, h5py, numpy, sys
        place, first, second = sys.argv[1:]
        def newest(run): return h5py.File(sorted(glob.glob(run + "/step-*.h5"))[-1])["parameters"]
        a, b, c = newest(first), newest(second), h5py.File(place + "/mixed.h5")["parameters"]
        seen = []
        def check(name, item):
          if isinstance(item, h5py.Dataset):
            wanted = 0.75 * a[name][:].astype("f8") + 0.25 * b[name][:].astype("f8")
            assert abs(item[:] - wanted).max() < 1e-6, name
            assert abs(a[name][:] - b[name][:]).max() > 0 or "norm" in name, name
            seen.append(name)
        c.visititems(check)
        assert "embedding" in seen and len(seen) >= 10, seen
        """
      let python = try Python.run(
        script, [place.folder.path, first, second], with: "h5py")
      #expect(python.status == 0, "\(python.errors)")
      let info = try #require(try place.program("info", "mixed.h5", "--json").events.first)
      #expect(info["verified"] == .bool(true))
      #expect(info["rope_base"]?.numberValue == 100_000)
      expect(try place.program("generate", "mixed.h5", "--prompt", "the"))
    }

    @Test(.enabled(if: Python.has("h5py")))
    func theCheckpointOpensInH5pyWithNamedAxes() throws {
      let place = try Workplace()
      let run = try place.train()
      let script = """
        import glob, h5py, sys
        f = h5py.File(sorted(glob.glob(sys.argv[1] + "/step-*.h5"))[-1])
        e = f["parameters/embedding"]
        assert e.shape[1] == 32 and e.dtype == "f4", (e.shape, e.dtype)
        assert f["parameters/layers/00/attention/query"].shape == (32, 32)
        assert f["parameters/layers/00/attention/key"].shape == (16, 32)
        assert f["parameters/layers/00/feed_forward/down"].shape == (32, 64)
        assert len(e.attrs) > 0, "no attributes"
        """
      let python = try Python.run(script, [run], with: "h5py")
      #expect(python.status == 0, "\(python.errors)")
    }
  }
}
