import Foundation
import Support
import TestSupport
import Testing

extension ScenarioSuite {
  /// The forecast of memory against what the system counted, in processes of their own.
  @Suite struct MemoryTests {
    /// Highest share by which a forecast may miss.
    private static let tolerance = 0.1

    private func expectForecast(_ foreseen: Double, _ measured: Double, _ what: String) {
      #expect(
        abs(foreseen / measured - 1) < Self.tolerance, "\(what): \(foreseen) for \(measured) bytes")
    }

    private static let steps = [
      ("tiny-1024", "1024", "none"), ("tiny-1024", "2048", "full"), ("miniature-256", "4k", "none"),
      ("miniature-256", "8k", "selective"), ("miniature-256", "8k", "full"),
    ]

    @Test(arguments: steps.indices)
    func aStepTakesWhatIsForeseen(_ index: Int) throws {
      let (config, length, recompute) = Self.steps[index]
      let result = try Program.run(
        "bench", "step", "--config", config, "--length", length, "--recompute", recompute,
        "--steps", "1", "--json")
      expect(result)
      let event = try #require(result.events.first)
      #expect(event["recompute"]?.textValue == recompute)
      expectForecast(
        try #require(event["forecast_mib"]?.numberValue),
        try #require(event["peak_rss_mib"]?.numberValue), "\(config) \(length) \(recompute)")
    }

    private static let plain = "kv_heads: 4"
    /// Biases of the projections and norms of heads.
    private static let qwen = "kv_heads: 2, qkv_bias: true, qk_norm: true"

    /// Activations decide the first five, the saving of a checkpoint the last two.
    private static let runs = [
      (128, 3, plain, 8_192, "none", "full"), (128, 3, plain, 8_192, "full", "full"),
      (128, 3, plain, 8_192, "none", "qlora"), (128, 3, qwen, 8_192, "none", "full"),
      (128, 3, qwen, 8_192, "selective", "full"), (512, 4, plain, 256, "none", "full"),
      (512, 4, plain, 256, "none", "lora"),
    ]

    @Test(arguments: runs.indices)
    func aRunTakesWhatItsPlanSays(_ index: Int) throws {
      let (width, layers, heads, tokens, recompute, train) = Self.runs[index]
      let place = try Workplace(
        """
        name: memory
        model:
          { width: \(width), layers: \(layers), heads: 4, \(heads), feed_forward: \(3 * width) }
        tokenizer: world
        target: \(tokens)
        memory: { recompute: \(recompute) }
        stages:
          - { steps: 1, sequence: \(tokens), mix: { stories: 1 }, train: \(train) }

        """)
      let plan = try place.program("plan", "tiny.yaml", "--json")
      expect(plan)
      let foreseen = try #require(plan.events.named("plan").first?["peak_bytes"]?.numberValue)
      let run = try place.program("run", "tiny.yaml", "--json", "--out", place.out)
      expect(run)
      #expect(try run.events.named("plan").first?["recompute"]?.textValue == recompute)
      let measured = try #require(run.events.named("done").first?["peak_bytes"]?.numberValue)
      expectForecast(
        foreseen, measured, "width \(width), \(heads), \(tokens) tokens, \(recompute), \(train)")
    }

    /// The heads that attention packs, or turns for each region of a remap, are most of what it holds.
    @Test(arguments: ["none", "dual_chunk"])
    func anEvaluationTakesWhatItsPlanSays(remap: String) throws {
      let place = try Workplace(
        """
        name: memory
        model: { width: 256, layers: 1, heads: 4, feed_forward: 64 }
        tokenizer: world
        target: 8192
        stages:
          - { steps: 0, sequence: 64, mix: { stories: 1 } }
        evaluate:
          - { kind: loss, sequence: 8192, tokens: 8192, remap: \(remap) }

        """)
      let plan = try place.program("plan", "tiny.yaml", "--json")
      expect(plan)
      let foreseen = try #require(plan.events.named("plan").first?["peak_bytes"]?.numberValue)
      let run = try place.program("run", "tiny.yaml", "--json", "--out", place.out)
      expect(run)
      let measured = try #require(run.events.named("done").first?["peak_bytes"]?.numberValue)
      expectForecast(foreseen, measured, remap)
    }

    @Test func aForecastRunsNothing() throws {
      let result = try Program.run(
        "bench", "step", "--config", "smollm135m-2048", "--length", "128k", "--recompute", "full",
        "--forecast", "--json", seconds: 20)
      expect(result)
      let event = try #require(result.events.first)
      #expect(event["config"]?.textValue == "smollm135m-131072")
      // 134,515,008 weights four times, and 31 streams of 576 floats a token, at the least.
      let least = (4 * 134_515_008 * 4 + 31 * 576 * 131_072 * 4) >> 20
      #expect(try #require(event["forecast_mib"]?.numberValue) > Double(least))
    }
  }
}
