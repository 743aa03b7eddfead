import Foundation
import Support
import TestSupport
import Testing

extension ScenarioSuite {
  @Suite struct BadInputTests {
    /// Runs the recipe of a place and holds that it was refused and left nothing behind.
    private func refused(
      _ place: Workplace, _ more: [String] = [], status: Int = 2, says: [String],
      at location: SourceLocation = #_sourceLocation
    ) throws {
      let before = place.names(under: place.folder.path)
      let result = try Command.run(
        Program.path, ["run", "tiny.yaml", "--headless", "--out", "out"] + more,
        directory: place.folder.path)
      expectRefusal(result, status: status, says: says, at: location)
      #expect(place.names(under: place.folder.path) == before, sourceLocation: location)
    }

    // MARK: recipes

    /// A change of the tiny recipe and what has to be said about it.
    struct Fault: Sendable, CustomTestStringConvertible {
      let find: String
      let put: String
      let says: [String]
      var testDescription: String { put }
    }

    static let faults = [
      Fault(
        find: "    sequence: 32\n    tokens_per_step: 128", put: "    seqence: 32",
        says: ["tiny.yaml:9", "stages.0.seqence", "sequence"]),
      Fault(find: "target: 64", put: "target: many", says: ["tiny.yaml:4", "target", "many"]),
      Fault(find: "target: 64", put: "target: -3", says: ["tiny.yaml:4", "target", "-3"]),
      Fault(find: "target: 64\n", put: "", says: ["tiny.yaml", "target"]),
      Fault(find: "kind: pit", put: "kind: pti", says: ["tiny.yaml", "pti", "pit"]),
      Fault(find: "stories: 0.2", put: "storys: 0.2", says: ["tiny.yaml:11", "storys", "stories"]),
      Fault(find: "rate: 1e-3 }", put: "rate: [1, 2] }", says: ["tiny.yaml", "rate"]),
      Fault(find: "heads: 2, kv_heads: 1", put: "heads: 3, kv_heads: 2", says: ["heads"]),
      Fault(find: "kv_heads: 1,", put: "kv_heads: 5,", says: ["kv_heads"]),
      Fault(find: "head_width: 16", put: "head_width: 15", says: ["head_width"]),
      Fault(find: "tokenizer: world", put: "tokenizer: words", says: ["words", "world"]),
      Fault(find: "name: tiny", put: "name: [", says: ["tiny.yaml"]),
      Fault(find: "seed: 3", put: "seed: 3\nseed: 4", says: ["tiny.yaml:5", "seed"]),
      Fault(
        find: "model: { width: 32", put: "base: missing.h5\n#", says: ["missing.h5"]),
    ]

    @Test(arguments: faults) func aFaultyRecipeIsRefusedWithItsPlace(fault: Fault) throws {
      let recipe = TinyRecipe.world()
      #expect(recipe.contains(fault.find))
      let place = try Workplace(
        recipe.replacingOccurrences(
          of: fault.find, with: fault.put, range: recipe.range(of: fault.find)))
      try refused(place, says: fault.says)
    }

    @Test func everyFaultOfARecipeIsTold() throws {
      let place = try Workplace(
        TinyRecipe.world().replacingOccurrences(of: "warmup", with: "warmpu")
          .replacingOccurrences(of: "target: 64", with: "target: none")
          .replacingOccurrences(of: "abf", with: "abc"))
      try refused(place, says: ["warmpu", "target", "abc"])
    }

    @Test func aFaultyChangeOnTheCommandLineIsRefused() throws {
      let place = try Workplace()
      try refused(place, ["--set", "stages.0.stepps=3"], says: ["stepps", "steps"])
      try refused(place, ["--set", "stages.9.steps=3"], says: ["stages.9"])
      try refused(place, ["--set", "seed"], says: ["seed"])
      try refused(place, ["--set", "seed=x"], says: ["seed"])
    }

    @Test func aMissingFileIsNamed() throws {
      let place = try Workplace()
      for line in [
        ["run", "nothing.yaml"], ["plan", "nothing.yaml"], ["info", "nothing.h5"],
        ["info", "nothing"], ["needle", "nothing.h5"], ["resume", "nothing"],
        ["generate", "nothing.h5", "--prompt", "a"],
        ["logits", "nothing.h5", "--tokens", "a.json", "--out", "b.h5"],
        ["merge", "nothing.h5", "nothing.h5", "--out", "b.h5"],
      ] {
        let result = try Command.run(Program.path, line, directory: place.folder.path)
        expectRefusal(result, says: ["nothing"])
      }
      try place.folder.write("hello", to: "folder/file.txt")
      expectRefusal(try place.program("resume", "folder"), says: ["folder", "no run folder"])
      expectRefusal(try place.program("needle", "tiny.yaml"), says: ["tiny.yaml", ".h5"])
      #expect(place.folder.names == ["folder/file.txt", "tiny.yaml"])
    }

    @Test func aTokenFileMustHoldTokensOfTheModel() throws {
      let place = try Workplace()
      let model = PackageFolder.file("checkpoints/base-256.h5")
      for (name, text) in [
        ("words", "[1, \"a\"]"), ("huge", "[1, 99999999]"), ("object", "{}"), ("empty", "[]"),
        ("cut", "[1, 2"), ("negative", "[-1]"), ("real", "[1.5]"),
      ] {
        try place.folder.write(text, to: "\(name).json")
        let result = try place.program(
          "logits", model, "--tokens", "\(name).json", "--out", "out.h5")
        expectRefusal(result, says: ["\(name).json"])
      }
      try place.folder.write("[1, 2, 3]", to: "three.json")
      try place.folder.write("[1, 2]", to: "two.json")
      expectRefusal(
        try place.program(
          "logits", model, "--tokens", "three.json", "--positions", "two.json", "--out", "out.h5"),
        says: ["--positions", "2", "3"])
      #expect(!place.folder.names.contains("out.h5"))
    }

    // MARK: text

    @Test func textThatCannotBeTrainedOnIsRefused() throws {
      let cases: [(name: String, bytes: Data?, says: String)] = [
        ("empty", nil, "empty"), ("blank", Data(), "blank"),
        ("binary", Data((0..<4000).map { UInt8(truncatingIfNeeded: $0 &* 37) }), "binary"),
        ("latin", Data(repeating: 0xE9, count: 3000), "latin"),
        ("short", Data("Hi.".utf8), "short"),
      ]
      for (name, bytes, says) in cases {
        let place = try Workplace(TinyRecipe.text(path: name))
        if let bytes {
          try place.folder.write(bytes, to: "\(name)/a.txt")
        } else {
          try FileManager.default.createDirectory(
            atPath: place.folder.file(name), withIntermediateDirectories: true)
        }
        try refused(place, says: [says])
      }
      try refused(try Workplace(TinyRecipe.text(path: "gone")), says: ["gone", "tiny.yaml"])
    }

    @Test func aStrayBinaryFileAmongTextIsPassedOverAndNamed() throws {
      let place = try Workplace(TinyRecipe.text(path: "books"))
      try place.folder.write(TinyRecipe.prose, to: "books/good.txt")
      try place.folder.write(Data([0, 1, 2, 255, 254, 0, 0]), to: "books/stray.txt")
      let result = try place.program("run", "tiny.yaml", "--headless", "--out", "out")
      #expect(result.status == 0 || result.status == 2)
      #expect(result.errors.contains("stray.txt"), "\(result.errors)")
    }

    // MARK: checkpoints

    @Test func aDamagedCheckpointIsRefusedByEveryCommand() throws {
      let place = try Workplace()
      let good = try Data(
        contentsOf: URL(fileURLWithPath: PackageFolder.file("checkpoints/base-256.h5")))
      let seal = try Data(
        contentsOf: URL(fileURLWithPath: PackageFolder.file("checkpoints/base-256.seal")))
      var flipped = good
      flipped[good.count / 3] ^= 0x10
      let cases: [(name: String, bytes: Data, seal: Data?, says: String)] = [
        ("cut", good.prefix(good.count / 2), seal, "damaged"),
        ("flipped", flipped, seal, "damaged"),
        ("unsealed", good, nil, "no seal"), ("void", Data(), seal, "damaged"),
        ("sealed", good, Data("nonsense".utf8), "seal is not readable"),
      ]
      try place.folder.write("[1]", to: "tokens.json")
      for (name, bytes, seal, says) in cases {
        try place.folder.write(bytes, to: "\(name).h5")
        if let seal { try place.folder.write(seal, to: "\(name).seal") }
        let path = "\(name).h5"
        for line in [
          ["info", path], ["needle", path], ["generate", path, "--prompt", "the"],
          ["logits", path, "--tokens", "tokens.json", "--out", "x.h5"],
          ["merge", path, path, "--out", "x.h5"],
        ] {
          let result = try Command.run(Program.path, line, directory: place.folder.path)
          expectRefusal(result, says: [path, says])
        }
        let recipe = TinyRecipe.world().split(separator: "\n").filter {
          !$0.hasPrefix("model:") && !$0.hasPrefix("tokenizer:")
        }
        let based = try Workplace(
          (["base: \(place.folder.file(path))"] + recipe.map(String.init)).joined(separator: "\n"))
        try refused(based, says: [path, says])
      }
      #expect(!place.folder.names.contains("x.h5"))
    }

    @Test func aCheckpointOfAnotherModelIsRefused() throws {
      let place = try Workplace()
      let run = try place.train()
      let base = PackageFolder.file("checkpoints/base-256.h5")
      expectRefusal(
        try place.program("merge", run, base, "--out", "x.h5"), says: ["shape"])
      // A base of words under a recipe of bytes.
      try place.folder.write(TinyRecipe.prose, to: "prose.txt")
      let recipe = TinyRecipe.text(path: "prose.txt").split(separator: "\n").filter {
        !$0.hasPrefix("model:")
      }
      let based = try Workplace(
        (["base: \(base)"] + recipe.map(String.init)).joined(separator: "\n"))
      try based.folder.write(TinyRecipe.prose, to: "prose.txt")
      try refused(based, says: ["tokenizer"])
      #expect(!place.folder.names.contains("x.h5"))
    }

    // MARK: places to write to

    @Test func aPlaceThatCannotBeWrittenIsNamed() throws {
      let place = try Workplace()
      try place.folder.write("a file", to: "file")
      let result = try place.program("run", "tiny.yaml", "--headless", "--out", "file/below")
      expectRefusal(result, status: 1, says: ["file"])
      let base = PackageFolder.file("checkpoints/base-256.h5")
      expect(
        try place.program("merge", base, base, "--out", "file/x.h5"), status: 1, says: ["file/x.h5"]
      )
      // The place of a picture is looked at before the long work.
      expect(
        try place.program("needle", base, "--out", "file/m.csv"), status: 2, says: ["file/m.csv"])
      try place.folder.write("[1]", to: "tokens.json")
      expect(
        try place.program("logits", base, "--tokens", "tokens.json", "--out", "file/x.h5"),
        status: 1, says: ["file/x.h5"])
      #expect(place.folder.names == ["file", "tiny.yaml", "tokens.json"])
    }

    @Test func aFullDiskEndsTheRunWithASentenceAndKeepsWhatWasCommitted() throws {
      // Files may grow to 64 KiB; the checkpoint is larger.
      let place = try Workplace()
      let result = try Command.run(
        "bash",
        ["-c", "ulimit -f 64; exec \"$0\" run tiny.yaml --headless --out out", Program.path],
        directory: place.folder.path)
      expect(result, status: 1, says: ["Free some space"])
      let run = try place.run()
      #expect(!place.names(under: run).contains { $0.hasSuffix(".h5") && $0.hasPrefix("step-") })
      #expect(!place.names(under: run).contains("DONE"))
      // With room again it goes on.
      expect(try place.program("resume", run))
      #expect(place.names(under: run).contains("DONE"))
    }

    @Test func aDiskThatFillsUpLaterLeavesTheCheckpointsOfBefore() throws {
      let place = try Workplace(TinyRecipe.world(steps: 30, every: 10, evaluations: 60))
      let whole = try bits(of: try place.train())
      let mount = place.folder.file("small")
      try FileManager.default.createDirectory(
        atPath: mount, withIntermediateDirectories: true)
      let mounted = try Command.run(
        "mount", ["-t", "tmpfs", "-o", "size=900k", "tmpfs", mount], seconds: 10)
      guard mounted.status == 0 else { return }
      defer { _ = try? Command.run("umount", ["-l", mount], seconds: 10) }
      let result = try place.program(
        "run", "tiny.yaml", "--headless", "--threads", "1", "--out", mount)
      expect(result, status: 1, says: [mount])
      let name = try #require(
        try FileManager.default.contentsOfDirectory(atPath: mount).first)
      expect(try place.program("info", mount + "/" + name), says: ["verified"])
      _ = try Command.run("mount", ["-o", "remount,size=64m", mount], seconds: 10)
      expect(try place.program("resume", mount + "/" + name))
      #expect(try bits(of: mount + "/" + name) == whole)
    }
  }
}
