import Foundation
import Interchange
import Models
import Positions
import Support
import Tensors
import TestSupport
import Testing

@Suite struct GGUFTests {
  private static func golden(_ name: String) throws -> PlainModel {
    try HuggingFaceFolder.read(PackageFolder.file("Tests/InterchangeTests/Golden/\(name)"))
  }

  private static func write(_ model: PlainModel, element: String = "float32") throws -> GGUFSample {
    let place = try TemporaryFolder()
    let format = try exportFormats.make("gguf", ["element": .text(element)])
    _ = try format.write(model, to: place.file("model.gguf"))
    return try GGUFSample(try place.bytes("model.gguf"))
  }

  @Test func aLlamaKeepsSizesAnglesTokensAndWeights() throws {
    let model = try Self.golden("llama3")
    let file = try Self.write(model)
    #expect(file.version == 3)
    #expect(file.texts["general.architecture"] == "llama")
    #expect(file.numbers["llama.block_count"] == 2)
    #expect(file.numbers["llama.attention.head_count_kv"] == 1)
    #expect(file.numbers["llama.attention.key_length"] == 16)
    #expect(file.numbers["llama.context_length"] == 512)
    #expect(file.numbers["llama.rope.freq_base"] == 500_000)
    #expect(file.numbers["tokenizer.ggml.bos_token_id"] == 0)
    #expect(file.texts["tokenizer.ggml.pre"] == "gpt-2")
    #expect(file.counts["tokenizer.ggml.tokens"] == 320)
    #expect(file.counts["tokenizer.ggml.token_type"] == 320)
    // Llama 3.1's scaling as divisors: the fastest pair stays, the slowest is eight times slower.
    let divisors = try file.floats("rope_freqs.weight")
    #expect(divisors.count == 8 && divisors.first == 1 && divisors.last == 8)
    for entry in model.parameters.layout.entries where entry.name.hasSuffix("down") {
      let layer = entry.name.contains("/00/") ? 0 : 1
      #expect(
        try file.floats("blk.\(layer).ffn_down.weight") == Array(model.parameters.view(entry)))
    }
    // Half-split pairs become neighbours: row 1 of a head is its row E/2.
    let query = Array(try #require(model.parameters["layers/00/attention/query"]))
    let turned = try file.floats("blk.0.attn_q.weight")
    for head in 0..<2 {
      for pair in 0..<8 {
        for half in 0..<2 {
          let from = (head * 16 + half * 8 + pair) * 32
          let to = (head * 16 + 2 * pair + half) * 32
          #expect(turned[to..<to + 32] == query[from..<from + 32])
        }
      }
    }
    #expect(file.shapes["token_embd.weight"] == [32, 320], "fastest axis first")
  }

  @Test func aQwenKeepsItsRowsAndBiases() throws {
    let model = try Self.golden("qwen2")
    let file = try Self.write(model, element: "bfloat16")
    #expect(file.texts["general.architecture"] == "qwen2")
    let query = Array(try #require(model.parameters["layers/01/attention/query"]))
    #expect(try file.floats("blk.1.attn_q.weight") == query)
    let bias = Array(try #require(model.parameters["layers/01/attention/query_bias"]))
    #expect(try file.floats("blk.1.attn_q.bias") == bias)
    #expect(file.types["blk.1.attn_q.weight"] == 30)
    #expect(file.types["blk.1.attn_q.bias"] == 0)
  }

  @Test func aQwenMayBeExtendedByYaRN() throws {
    var model = try Self.golden("qwen2")
    model.shape.trainedContext = 512
    model.ropeKind = "yarn"
    model.rotary = try YaRN(SettingsValues([:], declared: YaRN.kind.settings)).frequencies(
      headWidth: model.shape.headWidth, base: 1_000_000, trainedContext: 128, targetContext: 512)
    let file = try Self.write(model)
    #expect(file.texts["qwen2.rope.scaling.type"] == "yarn")
    #expect(file.numbers["qwen2.rope.scaling.factor"] == 4)
    #expect(file.numbers["qwen2.rope.scaling.original_context_length"] == 128)
    #expect(file.numbers["qwen2.context_length"] == 512)
  }

  @Test func whatTheFormatCannotTellIsRefused() throws {
    for name in ["smollm3", "qwen3-longrope"] {
      #expect(throws: UserError.self) { try Self.write(try Self.golden(name)) }
    }
  }

  @Test(.enabled(if: Python.has("gguf"))) func theFormatsOwnReaderAgrees() throws {
    let place = try TemporaryFolder()
    let format = try exportFormats.make("gguf")
    _ = try format.write(try Self.golden("llama3"), to: place.file("model.gguf"))
    let script = """
      import sys, gguf
      reader = gguf.GGUFReader(sys.argv[1])
      print(len(reader.tensors), reader.get_field("llama.embedding_length").contents())
      """
    let result = try Python.run(script, [place.file("model.gguf")], with: "gguf")
    #expect(result.output.hasPrefix("22 32"), "\(result.errors)")
  }
}

/// A reader of what these tests look at, written from the format's description.
private struct GGUFSample {
  var version = 0
  var texts: [String: String] = [:]
  var numbers: [String: Double] = [:]
  /// Elements of lists.
  var counts: [String: Int] = [:]
  var shapes: [String: [Int]] = [:]
  var types: [String: Int] = [:]
  private var offsets: [String: Int] = [:]
  private let bytes: [UInt8]
  private var index = 0

  init(_ data: Data) throws {
    bytes = Array(data)
    #expect(bytes.starts(with: Array("GGUF".utf8)))
    index = 4
    version = Int(number(UInt32.self))
    let tensors = Int(number(UInt64.self))
    let keys = Int(number(UInt64.self))
    for _ in 0..<keys {
      let key = text()
      value(key, type: number(UInt32.self))
    }
    var names: [String] = []
    for _ in 0..<tensors {
      let name = text()
      names.append(name)
      shapes[name] = (0..<number(UInt32.self)).map { _ in Int(number(UInt64.self)) }
      types[name] = Int(number(UInt32.self))
      offsets[name] = Int(number(UInt64.self))
    }
    let start = (index + 31) / 32 * 32
    for name in names {
      #expect((offsets[name] ?? 1) % 32 == 0)
      offsets[name, default: 0] += start
    }
    let last = try #require(names.last)
    let end = try #require(offsets[last]) + size(last)
    #expect(bytes.count == (end + 31) / 32 * 32)
  }

  private func size(_ name: String) -> Int {
    (shapes[name] ?? []).reduce(1, *) * (types[name] == 0 ? 4 : 2)
  }

  func floats(_ name: String) throws -> [Float] {
    let start = try #require(offsets[name], "\(name)")
    let wide = types[name] == 0
    return stride(from: start, to: start + size(name), by: wide ? 4 : 2).map { place in
      let low = UInt32(bytes[place]) | UInt32(bytes[place + 1]) << 8
      guard wide else { return Float(bitPattern: low << 16) }
      return Float(
        bitPattern: low | UInt32(bytes[place + 2]) << 16 | UInt32(bytes[place + 3]) << 24)
    }
  }

  private mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) -> Number {
    let size = MemoryLayout<Number>.size
    defer { index += size }
    return bytes[index..<index + size].reversed().reduce(0) {
      $0 << 8 | Number(truncatingIfNeeded: $1)
    }
  }

  private mutating func text() -> String {
    let count = Int(number(UInt64.self))
    defer { index += count }
    return String(decoding: bytes[index..<index + count], as: UTF8.self)
  }

  private mutating func value(_ key: String, type: UInt32) {
    switch type {
    case 4: numbers[key] = Double(number(UInt32.self))
    case 5: numbers[key] = Double(number(Int32.self))
    case 6: numbers[key] = Double(Float(bitPattern: number(UInt32.self)))
    case 7: numbers[key] = Double(number(UInt8.self))
    case 8: texts[key] = text()
    case 9:
      let element = number(UInt32.self)
      let count = Int(number(UInt64.self))
      for _ in 0..<count { value("\(key)/", type: element) }
      counts[key] = count
    default: Issue.record("type \(type) at \(key)")
    }
  }
}
