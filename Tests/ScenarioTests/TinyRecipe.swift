import Foundation
import RunStore
import Support
import Tensors
import TestSupport
import Testing

/// Recipes that train in a moment: one layer of width 32.
enum TinyRecipe {
  /// Two stages on the miniature world, with both kinds of evaluation.
  ///
  /// - Parameters:
  ///   - steps: steps of each stage.
  ///   - every: steps between checkpoints.
  ///   - evaluations: steps between evaluations.
  /// - Returns: the recipe, YAML.
  static func world(
    steps: Int = 8, every: Int = 4, evaluations: Int = 8
  ) -> String {
    """
    name: tiny
    model: { width: 32, layers: 1, heads: 2, kv_heads: 1, head_width: 16, feed_forward: 64 }
    tokenizer: world
    target: 64
    seed: 3
    stages:
      - name: first
        steps: \(steps)
        sequence: 32
        tokens_per_step: 128
        mix: { repeat: 0.5, recall: 0.3, stories: 0.2 }
        optimizer: { rate: 1e-3, schedule: cosine, warmup: 4 }
      - name: second
        steps: \(steps)
        sequence: 32
        tokens_per_step: 64
        mix: { stories: 0.6, recall: 0.4 }
        rope: { kind: abf, base: 100k }
        positions: { kind: pit }
        optimizer: { rate: 1e-3 }
    checkpoint: { every: \(every), keep: 100 }
    evaluate:
      - { kind: needle, every: \(evaluations), lengths: [32, 64], depths: 2, trials: 2 }
      - { kind: loss, every: \(evaluations), sequence: 32, tokens: 256 }

    """
  }

  /// One stage on a text file or folder, byte by byte.
  static func text(path: String, steps: Int = 8) -> String {
    """
    name: tiny-text
    model: { width: 32, layers: 1, heads: 2, head_width: 16, feed_forward: 64 }
    tokenizer: bytes
    target: 64
    stages:
      - steps: \(steps)
        sequence: 64
        tokens_per_step: 512
        mix: { prose: 1 }
        optimizer: { rate: 3e-3 }
    evaluate:
      - { kind: loss, every: \(max(1, steps / 2)), sequence: 64, tokens: 1k }
    sources:
      prose: { kind: text, path: \(path) }

    """
  }

  /// A few thousand words that repeat enough to be learnt.
  static var prose: String {
    let nouns = ["harbour", "lantern", "orchard", "bridge", "letter", "garden"]
    var random = RandomStream(seed: 5, name: "prose")
    return (0..<900).map { number in
      let noun = random.pick(nouns)
      return "The keeper walked to the \(noun) and wrote the number \(number % 60) down.\n"
    }.joined()
  }
}

/// A folder with a tiny recipe in it, and the runs that were made there.
final class Workplace {
  let folder: TemporaryFolder

  /// Writes the recipe `tiny.yaml`.
  init(_ recipe: String = TinyRecipe.world()) throws {
    folder = try TemporaryFolder()
    try folder.write(recipe, to: "tiny.yaml")
  }

  /// Where the runs go.
  var out: String { folder.file("out") }

  /// Paths of the run folders, sorted.
  var runs: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: out)) ?? []
    return names.sorted().map { out + "/" + $0 }
  }

  /// Runs that were trained to their end.
  var wholeRuns: Int {
    runs.count { FileManager.default.fileExists(atPath: $0 + "/DONE") }
  }

  /// The only run folder.
  func run(at location: SourceLocation = #_sourceLocation) throws -> String {
    #expect(runs.count == 1, "\(runs)", sourceLocation: location)
    return try #require(runs.first, sourceLocation: location)
  }

  /// Trains `tiny.yaml` to its end and gives its run folder.
  func train(_ more: String..., at location: SourceLocation = #_sourceLocation) throws -> String {
    let before = Set(runs)
    let line = ["run", "tiny.yaml", "--headless", "--quiet", "--threads", "1", "--out", out] + more
    let result = try Command.run(Program.path, line, directory: folder.path, seconds: 120)
    expect(result, at: location)
    return try #require(runs.first { !before.contains($0) }, sourceLocation: location)
  }

  /// Starts training `tiny.yaml` and goes on.
  func start(_ more: String...) throws -> Command {
    let line = ["run", "tiny.yaml", "--headless", "--threads", "1", "--out", out] + more
    return try Program.start(line, directory: folder.path)
  }

  /// Runs the program here.
  func program(_ arguments: String..., seconds: Double = 60) throws -> CommandResult {
    try Command.run(Program.path, arguments, directory: folder.path, seconds: seconds)
  }

  /// Everything that lies here, apart from what a test puts in first.
  func names(under path: String) -> [String] {
    (FileManager.default.subpaths(atPath: path) ?? []).sorted()
  }
}

/// Weights and moments of a run's newest checkpoint, bit by bit; before its first step it has none.
func bits(of run: String) throws -> [[UInt32]] {
  let contents = try RunReader(run).newestCheckpoint(moments: true).contents
  let moments = contents.moments
  return [contents.parameters.values, moments?.first, moments?.second].compactMap { values in
    values?.buffer.map(\.bitPattern)
  }
}
