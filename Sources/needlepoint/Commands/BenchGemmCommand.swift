import ArgumentParser
import Foundation
import Kernels
import Models
import Support
import Training

/// `needlepoint bench gemm`: matrix products of our loops, OpenBLAS and oneDNN side by side.
struct BenchGemmCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gemm",
    abstract: "Time the matrix products of layers by each backend, in turns.",
    discussion: """
      For a layer y = x W^T the products are forward, the input gradient and the weight gradient. \
      A cell is GFLOP/s by the median time, and the share of the register-only rate of as many \
      threads, measured in the same run. One thread is timed by its processor time, which other \
      programs do not lengthen; several by the wall clock: measure those on a quiet machine.
      """)

  @Option(help: "float32 or bfloat16.")
  var precision: MatmulPrecision = .float32

  @Option(
    help: """
      A layer as m,n,k: x is [m, k] and W [n, k]. May be repeated. Without it: the layers of --config.
      """)
  var sizes: [LayerSizes] = []

  @Option(help: "Model sizes of bench step whose layers are measured. May be repeated.")
  var config: [String] = ["tiny-1024", "miniature-1228", "smollm135m-2048"]

  @Option(help: "Wall time for all measurements together, about.")
  var seconds = 30.0

  @OptionGroup var shared: SharedOptions

  mutating func validate() throws {
    guard seconds > 0, seconds.isFinite else {
      throw UserError("--seconds", "\(seconds) is not above 0", remedy: "30 is usual.")
    }
    precision = precision.usable { shared.say($0) }
  }

  func run() throws {
    let layers = try chosenLayers()
    if let note = MatmulBackend.overrideEnvironmentOfOpenBLAS() { shared.say(note) }
    let backends = MatmulBackend.allCases.filter { backend in
      backend.isAvailable && (precision == .float32 || backend != .openblas)
    }
    for backend in MatmulBackend.allCases {
      let note = backends.contains(backend) || !backend.isAvailable ? "" : ": no bfloat16 products"
      shared.say("\(backend.rawValue): \(backend.description)\(note)")
    }
    let counts = Set([1, shared.threads ?? Machine.coreCount]).sorted()
    let peaks = counts.map { Machine.peakGFLOPS(threads: $0, precision: precision) }
    if !shared.json { printHead(backends, counts, peaks) }
    let share = seconds / Double(layers.count * counts.count * 3)
    for layer in layers {
      var results: [[MatmulBenchmark.Result]] = []
      for (count, peak) in zip(counts, peaks) {
        let found = MatmulBenchmark.measure(
          layer, precision: precision, threads: count, backends: backends, seconds: share)
        results.append(found)
        if shared.json { for result in found { printLine(layer, result, peak) } }
      }
      if !shared.json { printRows(layer, results, peaks) }
    }
  }

  private func chosenLayers() throws -> [MatmulBenchmark.Layer] {
    if !sizes.isEmpty { return try sizes.map { try $0.layer } }
    return try config.flatMap { name in
      let configuration = try StepBenchmark.configuration(named: name)
      let shape = configuration.shape
      let tokens = configuration.rows * configuration.length
      return [
        ("query, key, value", tokens, shape.queryWidth + 2 * shape.keyWidth, shape.width),
        ("attention output", tokens, shape.width, shape.queryWidth),
        ("gate, up", tokens, 2 * shape.feedForward, shape.width),
        ("down", tokens, shape.width, shape.feedForward),
        ("logits", min(tokens, shape.logitChunkRows), shape.vocabulary, shape.width),
      ].map { part, rows, outputs, inputs in
        MatmulBenchmark.Layer("\(name) \(part)", rows: rows, outputs: outputs, inputs: inputs)
      }
    }
  }

  private func printHead(_ backends: [MatmulBackend], _ counts: [Int], _ peaks: [Double]) {
    let groups = zip(counts, peaks).map { count, peak in
      backends.map { column($0.rawValue) }.joined()
        + String(format: " | %d thread%@, peak %.0f", count, count == 1 ? "" : "s", peak)
    }
    print("GFLOP/s, \(precision.rawValue); m x n x k of each product")
    print(
      "product".padding(toLength: 30, withPad: " ", startingAt: 0) + groups.joined(separator: "  "))
  }

  private func printRows(
    _ layer: MatmulBenchmark.Layer, _ results: [[MatmulBenchmark.Result]], _ peaks: [Double]
  ) {
    print("\(layer.name)")
    for product in MatmulBenchmark.Product.allCases {
      let (m, n, k) = Self.sizes(layer, product)
      let name = "  \(product.rawValue) \(m)x\(n)x\(k)"
      let groups = zip(results, peaks).map { found, peak in
        found.filter { $0.product == product }
          .map { column(String(format: "%.0f %2.0f%%", $0.gflops, 100 * $0.gflops / peak)) }
          .joined()
      }
      let gap = String(repeating: " ", count: 21)
      print(
        name.padding(toLength: 30, withPad: " ", startingAt: 0) + groups.joined(separator: gap))
    }
  }

  private func printLine(
    _ layer: MatmulBenchmark.Layer, _ result: MatmulBenchmark.Result, _ peak: Double
  ) {
    let (m, n, k) = Self.sizes(layer, result.product)
    let line = JSONValue.object([
      ("event", .text("bench")), ("config", .text("gemm")), ("layer", .text(layer.name)),
      ("product", .text(result.product.rawValue)), ("m", .integer(m)), ("n", .integer(n)),
      ("k", .integer(k)), ("precision", .text(precision.rawValue)),
      ("backend", .text(result.backend.rawValue)),
      ("library", .text(result.backend.description)), ("threads", .integer(result.threads)),
      ("seconds", .number(result.seconds)), ("gflops", .number(result.gflops)),
      ("share_of_peak", .number(result.gflops / peak)), ("samples", .integer(result.samples)),
    ])
    print(line.line)
  }

  private func column(_ text: String) -> String {
    String(repeating: " ", count: max(1, 11 - text.count)) + text
  }

  /// Sizes of C[m, n] and the terms k of a product.
  private static func sizes(
    _ layer: MatmulBenchmark.Layer, _ product: MatmulBenchmark.Product
  ) -> (m: Int, n: Int, k: Int) {
    switch product {
    case .forward: (layer.rows, layer.outputs, layer.inputs)
    case .input: (layer.rows, layer.inputs, layer.outputs)
    case .weight: (layer.outputs, layer.inputs, layer.rows)
    }
  }
}

/// Sizes of a layer on the command line: `1024,256,688`.
struct LayerSizes: ExpressibleByArgument {
  let sizes: [Int]

  init?(argument: String) {
    guard let list = SizeList(argument: argument), list.values.count == 3 else { return nil }
    sizes = list.values
  }

  /// The layer, when this machine has the memory for it.
  var layer: MatmulBenchmark.Layer {
    get throws {
      let names = sizes.map(String.init).joined(separator: ",")
      let layer = MatmulBenchmark.Layer(
        names, rows: sizes[0], outputs: sizes[1], inputs: sizes[2])
      let memory = Machine.memoryBytes / 2
      guard sizes.allSatisfy({ $0 < 1 << 30 }), layer.floats < memory / 4 else {
        throw UserError(
          "--sizes", "\(names) needs more than half of this machine's memory",
          remedy: "Use smaller sizes.")
      }
      return layer
    }
  }
}
