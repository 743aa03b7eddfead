import Foundation
import Support
import TestSupport
import Testing

extension ScenarioSuite {
  /// Models of other programs, in and out, through the program's commands.
  @Suite struct InterchangeCommandTests {
    private func golden(_ name: String) -> String {
      PackageFolder.file("Tests/InterchangeTests/Golden/\(name)")
    }

    @Test func aFolderIsImportedTrainedExportedAndReadAgain() throws {
      let place = try Workplace()
      expect(
        try place.program("import", golden("qwen2"), "--out", "model.h5"), says: ["wrote model.h5"]
      )
      let prose = (1...400).map { "The \($0) sheep went over the hill. " }.joined()
      _ = try place.folder.write(prose, to: "prose.txt")
      let recipe = """
        name: tuned
        base: model.h5
        target: 512
        stages:
          - steps: 4
            sequence: 64
            tokens_per_step: 128
            mix: { prose: 1 }
            rope: { kind: yarn }
            optimizer: { rate: 1e-3 }
        evaluate:
          - { kind: loss, every: 4, sequence: 64, tokens: 256 }
        sources:
          prose: { kind: text, path: prose.txt }

        """
      _ = try place.folder.write(recipe, to: "tuned.yaml")
      expect(try place.program("run", "tuned.yaml", "--headless", "--out", "out"), says: ["done:"])
      let run = try place.run()
      expect(
        try place.program(
          "export", run, "--to", "huggingface", "--out", "exported", "--set",
          "element=float32"), says: ["wrote exported"])
      let config = try JSONValue(parsing: try place.folder.text("exported/config.json"))
      #expect(config["model_type"]?.textValue == "qwen2")
      #expect(config["transformers_version"] != nil, "keys of the folder it came from are kept")
      #expect(
        try place.folder.text("exported/tokenizer.json")
          == PackageFolder.text("Tests/InterchangeTests/Golden/qwen2/tokenizer.json"))
      // The folder is a MODEL: the same scores as the run's checkpoint.
      _ = try place.folder.write("[5,6,7,8,9]", to: "tokens.json")
      for (model, out) in [(run, "a.h5"), ("exported", "b.h5")] {
        expect(try place.program("logits", model, "--tokens", "tokens.json", "--out", out))
      }
      #expect(try place.folder.bytes("a.h5") == place.folder.bytes("b.h5"))
      expect(try place.program("info", "exported"), says: ["qwen2", "tensors", "yarn"])
      expect(
        try place.program("generate", "exported", "--prompt", "The sheep", "--max-tokens", "3"))
    }

    @Test func aFolderIsTheBaseOfARecipe() throws {
      let place = try Workplace()
      let prose = (1...400).map { "Ship \($0) sails. " }.joined()
      _ = try place.folder.write(prose, to: "prose.txt")
      try FileManager.default.copyItem(
        atPath: golden("qwen2"), toPath: place.folder.file("qwen"))
      let recipe = """
        name: direct
        base: qwen
        target: 256
        stages:
          - { steps: 2, sequence: 64, tokens_per_step: 64, mix: { prose: 1 }, rope: { kind: abf, base: 4M } }
        sources:
          prose: { kind: text, path: prose.txt }

        """
      _ = try place.folder.write(recipe, to: "direct.yaml")
      expect(try place.program("plan", "direct.yaml"))
      expect(try place.program("run", "direct.yaml", "--headless", "--out", "out"), says: ["done:"])
    }

    @Test func whatCannotBeReadOrWrittenLeavesNothingBehind() throws {
      let place = try Workplace()
      let before = place.names(under: ".")
      func refused(_ words: [String], says text: String) throws {
        let result = try Command.run(Program.path, words, directory: place.folder.path)
        #expect(result.status == 2, "\(words): \(result.errors)")
        #expect(result.errors.contains(text), "\(result.errors)")
        #expect(place.names(under: ".") == before)
      }
      try refused(["import", "nowhere", "--out", "a.h5"], says: "no config.json")
      try refused(["import", golden("llama3"), "--out", "a.txt"], says: "does not end in .h5")
      try refused(
        ["export", golden("llama3"), "--to", "pickle", "--out", "x"], says: "huggingface")
      try refused(
        ["export", golden("llama3"), "--to", "huggingface", "--out", "."], says: "exists")
      try refused(
        ["export", golden("llama3"), "--to", "huggingface", "--set", "element=int8", "--out", "x"],
        says: "element")
    }

    @Test func anExperimentIsHeldAgainstItsFigures() throws {
      let place = try Workplace()
      let recipe = try place.folder.text("tiny.yaml")
      _ = try place.folder.write(recipe, to: "experiment/recipe.yaml")
      func figures(_ text: String) throws {
        _ = try place.folder.write("{\"figures\": {\(text)}}", to: "experiment/expected.json")
      }
      try figures(#""loss.32": {"value": 5, "tolerance": 5}"#)
      let first = try place.program("reproduce", "experiment", "--out", "out")
      expect(first, says: ["loss.32", "within"])
      let run = try place.run()
      try figures(
        #""loss.32": {"value": 5, "tolerance": 5}, "loss.32k": {"value": 1, "tolerance": 1}"#)
      let second = try place.program("reproduce", "experiment", "--run", run, "--json")
      #expect(second.status == 3)
      let checks = try second.events.named("check")
      #expect(checks.compactMap { $0["within"]?.line } == ["true", "false"])
      try figures(#""loss.32": {"value": 100, "tolerance": 1}"#)
      let third = try place.program("reproduce", "experiment", "--run", run)
      #expect(third.status == 3)
      #expect(third.output.contains("OUTSIDE"))
      try figures("")
      #expect(try place.program("reproduce", "experiment", "--run", run).status == 2)
    }
  }
}
