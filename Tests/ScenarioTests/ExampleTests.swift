import Foundation
import Support
import TestSupport
import Testing

extension ScenarioSuite {
  /// The papers' recipes at full size, which no machine here could train: `plan` accepts them.
  @Suite struct ExampleTests {
    /// Tokens of the stages, from the papers' steps and batches.
    private static let published = [
      // 104 and 30 steps of 96 rows of 24,000 tokens.
      "longrecipe-80k": 134 * 96 * 24_000,
      // 500 and 200 steps of 8 rows of 200,000; 250 steps of 256 rows of 4,096.
      "longskywork-200k": 700 * 8 * 200_000 + 250 * 256 * 4_096,
      // 2,500 steps of 8 samples.
      "llama3-80k": 2_500 * 8 * 81_920,
      // 5,000 steps of 4M, 2,500 of 8M, 250 of 4M.
      "prolong-512k": (5_000 * 4 + 2_500 * 8 + 250 * 4) << 20,
    ]

    @Test func everyExampleIsKnown() throws {
      let files = try FileManager.default.contentsOfDirectory(
        atPath: PackageFolder.file("examples"))
      #expect(Set(files) == Set(Self.published.keys.map { $0 + ".yaml" }))
    }

    @Test(arguments: published) func planAcceptsIt(name: String, tokens: Int) throws {
      let result = try Command.run(
        Program.path, ["plan", PackageFolder.file("examples/\(name).yaml"), "--json"])
      expect(result)
      let plan = try #require(try result.events.first)
      #expect(plan["tokens"]?.integerValue == tokens)
      // The weights alone, in float32, once.
      let weights = try #require(plan["parameters"]?.numberValue)
      #expect((plan["peak_bytes"]?.numberValue ?? 0) > 4 * weights)
    }
  }
}
