import ArgumentParser
import Foundation
import Kernels
import Support

/// `needlepoint bench attention`: exact causal attention alone.
struct BenchAttentionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attention",
    abstract: "Time exact causal attention of one row: forward, backward and both.",
    discussion: """
      Counted are 4 E operations for each pair of a query and a key that it sees forward and 10 E \
      backward, where the scores are computed again; exponentials are not counted.
      """)

  @Option(help: "T, tokens of the row.")
  var length = TokenCount(8_192)

  @Option(help: "H, query heads.")
  var heads = 4

  @Option(help: "K, key-value heads; as many as query heads when absent.")
  var kvHeads: Int?

  @Option(help: "E, width of a head.")
  var width = 64

  @Option(help: "Documents of equal length in the row, which do not see each other.")
  var documents = 1

  @Option(help: "float32 or bfloat16.")
  var precision: MatmulPrecision = .float32

  @Option(help: "Wall time to measure for.")
  var seconds = 5.0

  @OptionGroup var shared: SharedOptions

  mutating func validate() throws {
    precision = precision.usable { shared.say($0) }
    guard seconds > 0, seconds.isFinite else {
      throw UserError("--seconds", "\(seconds) is not above 0", remedy: "5 is usual.")
    }
    guard CausalAttention.headWidths.contains(width), width % 8 == 0 else {
      throw UserError(
        "--width", "\(width) is not a multiple of 8 in \(CausalAttention.headWidths)",
        remedy: "32, 64 and 128 are usual.")
    }
    let groups = kvHeads ?? heads
    guard (1...1024).contains(heads), (1...heads).contains(groups), heads % groups == 0 else {
      throw UserError(
        "--heads", "\(heads) query heads do not share \(groups) key-value heads",
        remedy: "Use 1...1024 heads and a divisor of them as --kv-heads.")
    }
    guard (1...length.value).contains(documents) else {
      throw UserError(
        "--documents", "\(documents) is not in 1...\(length.value)",
        remedy: "A document has a token at least.")
    }
    guard length.value < 1 << 30, benchmark.bytes < Machine.memoryBytes / 2 else {
      throw UserError(
        "--length", "\(length.value) tokens need more than half of this machine's memory",
        remedy: "Use fewer tokens or heads.")
    }
  }

  private var benchmark: AttentionBenchmark {
    AttentionBenchmark(
      .init(
        rows: 1, length: length.value, heads: heads, kvHeads: kvHeads ?? heads, headWidth: width),
      documents: documents)
  }

  func run() throws {
    let pool = ThreadPool(threads: shared.threads ?? Machine.coreCount)
    let peaks = peaks(threads: pool.threads)
    let results = benchmark.measure(precision: precision, seconds: seconds, pool: pool)
    let name = "\(length.value) tokens, \(heads) heads of \(width)"
    if !shared.json {
      let list = peaks.map { "\(Int($0.gflops)) of \($0.set)" }.joined(separator: ", ")
      print("\(name), \(precision), \(pool.threads) threads, peak \(list) GFLOP/s")
    }
    for result in results {
      if shared.json {
        let line = JSONValue.object([
          ("event", .text("bench")), ("config", .text("attention")), ("part", .text(result.part)),
          ("length", .integer(length.value)), ("heads", .integer(heads)),
          ("kv_heads", .integer(kvHeads ?? heads)), ("width", .integer(width)),
          ("documents", .integer(documents)), ("precision", .text(precision.rawValue)),
          ("threads", .integer(pool.threads)), ("seconds", .number(result.seconds)),
          ("gflops", .number(result.gflops)),
          ("share_of_peak", .number(result.gflops / peaks[0].gflops)),
          ("share_of_vector_peak", .number(result.gflops / peaks[peaks.count - 1].gflops)),
          ("samples", .integer(result.samples)),
        ])
        print(line.line)
        continue
      }
      let shares = peaks.map { String(format: "%3.0f %%", 100 * result.gflops / $0.gflops) }
      print(
        String(
          format: "%@ %9.3f ms  %7.1f GFLOP/s  %@ of the peak  median of %d",
          result.part.padding(toLength: 9, withPad: " ", startingAt: 0), result.seconds * 1e3,
          result.gflops, shares.joined(separator: ", "), result.samples))
    }
  }

  /// Register-only rates: of the loops in use, and of the vector unit where bfloat16 has its own.
  private func peaks(threads: Int) -> [(set: InstructionSet, gflops: Double)] {
    var sets = [InstructionSet.selected]
    if precision == .bfloat16, sets[0] == .amx { sets.append(.avx512bf16) }
    return sets.map {
      ($0, Machine.peakGFLOPS(threads: threads, instructionSet: $0, precision: precision))
    }
  }
}

extension TokenCount {
  init(_ value: Int) { self.value = value }

  var defaultValueDescription: String { String(value) }
}
