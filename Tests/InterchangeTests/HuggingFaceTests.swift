import Corpora
import Foundation
import Interchange
import Kernels
import Models
import Positions
import Support
import Tensors
import TestSupport
import Testing

/// Model folders that transformers made; see Golden/make.py.
@Suite struct HuggingFaceTests {
  static let names = ["llama3", "mistral-yarn", "qwen2", "qwen3-longrope", "smollm3"]

  private static func folder(_ name: String) -> String {
    PackageFolder.file("Tests/InterchangeTests/Golden/\(name)")
  }

  /// The largest difference to the logits that transformers computes, [3, V].
  private static func error(_ model: PlainModel, _ name: String) throws -> Double {
    let golden = try JSONValue(
      parsing: PackageFolder.text("Tests/InterchangeTests/Golden/\(name)/golden.json"))
    let tokens = (golden["tokens"]?.listValue ?? []).compactMap { $0.integerValue.map(Int32.init) }
    let expected = (golden["logits"]?.listValue ?? []).flatMap {
      ($0.listValue ?? []).compactMap(\.numberValue)
    }
    let transformer = try Transformer(
      shape: model.shape, weights: ModelWeights(parameters: model.parameters), plan: nil,
      place: name,
      pool: ThreadPool(threads: 1))
    transformer.setRotary(
      inverseFrequencies: model.rotary.inverse, attentionFactor: model.rotary.attentionFactor)
    let input = ModelInput(rows: 1, length: tokens.count, tokens: tokens)
    let found = transformer.logits(input, at: Array(tokens.count - 3..<tokens.count))
    #expect(found.count == expected.count && !found.isEmpty)
    return zip(found, expected).map { abs(Double($0) - $1) }.max() ?? .infinity
  }

  @Test(arguments: names) func logitsAreThoseOfTransformers(name: String) throws {
    // Logits are up to 4.3 in size.
    #expect(try Self.error(try HuggingFaceFolder.read(Self.folder(name)), name) < 4e-5)
  }

  @Test(arguments: names) func aFolderComesBackAsItWas(name: String) throws {
    let place = try TemporaryFolder()
    let model = try HuggingFaceFolder.read(Self.folder(name))
    let losses = try HuggingFaceExport(element: nil, shardBytes: 1 << 30)
      .write(model, to: place.file("out"))
    let again = try HuggingFaceFolder.read(place.file("out"))
    #expect(again.shape == model.shape)
    #expect(again.rotary == model.rotary)
    #expect(again.ropeKind == model.ropeKind)
    // The weights came in this type, so that nothing is lost by writing it.
    #expect(again.parameters.values.buffer.elementsEqual(model.parameters.values.buffer))
    #expect(losses.isEmpty == (name == "llama3"))
    for file in ["tokenizer.json", "tokenizer_config.json", "generation_config.json"] {
      #expect(
        try place.text("out/\(file)")
          == PackageFolder.text("Tests/InterchangeTests/Golden/\(name)/\(file)"))
    }
    let before = try JSONValue(
      parsing: PackageFolder.text("Tests/InterchangeTests/Golden/\(name)/config.json"))
    let after = try JSONValue(parsing: try place.text("out/config.json"))
    for (key, value) in before.objectValue ?? [] { #expect(after[key] == value, "\(key)") }
  }

  @Test func shardsAreAsGoodAsOneFile() throws {
    let place = try TemporaryFolder()
    let model = try HuggingFaceFolder.read(Self.folder("llama3"))
    _ = try HuggingFaceExport(element: .float32, shardBytes: 30_000).write(
      model, to: place.file("out"))
    let names = try FileManager.default.contentsOfDirectory(atPath: place.file("out"))
    #expect(names.filter { $0.hasSuffix(".safetensors") }.count > 3)
    let again = try HuggingFaceFolder.read(place.file("out"))
    #expect(again.parameters.values.buffer.elementsEqual(model.parameters.values.buffer))
    #expect(
      try place.text("out/model.safetensors.index.json").contains(
        "\"total_size\": \(model.shape.parameterCount * 4)"))
  }

  @Test func aModelMadeHereIsReadBack() throws {
    let place = try TemporaryFolder()
    let shape = LlamaShape(
      vocabulary: 320, width: 32, layers: 3, heads: 2, feedForward: 48, trainedContext: 1024,
      nopeEvery: 3)
    let model = PlainModel(
      shape: shape, rotary: RotaryFrequencies(headWidth: 16, base: 160_000), ropeKind: "abf",
      parameters: ParameterSet(layout: shape.parameterLayout), tokenizer: ByteTokenizer())
    for index in 0..<model.parameters.values.count { model.parameters.values.pointer[index] = 0.5 }
    _ = try HuggingFaceExport(element: nil, shardBytes: 1 << 30).write(model, to: place.file("out"))
    let again = try HuggingFaceFolder.read(place.file("out"))
    var based = shape
    based.ropeBase = 160_000
    #expect(again.shape == based)
    #expect(again.rotary == model.rotary)
    #expect(again.tokenizer.documentBegin == ByteTokenizer.begin)
    #expect(again.tokenizer.encode("é\n") == ByteTokenizer().encode("é\n"))
    #expect(again.tokenizer.decode([0xC3, 0xA9, 10]) == "é\n")
  }

  @Test func whatExistsIsNotOverwritten() throws {
    let place = try TemporaryFolder()
    _ = try place.write("mine", to: "out/file")
    let model = try HuggingFaceFolder.read(Self.folder("qwen2"))
    #expect(throws: UserError.self) {
      try HuggingFaceExport(element: nil, shardBytes: 1 << 30).write(model, to: place.file("out"))
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.path) == ["out"])
  }

  // MARK: Angles

  static let transforms:
    [(kind: any FrequencyTransform.Type, settings: [String: SettingsValue], type: String)] = [
      (AdjustedBase.self, ["base": .real(160_000)], "default"),
      (NTKAware.self, [:], "default"),
      (LinearInterpolation.self, [:], "linear"),
      (YaRN.self, [:], "yarn"),
      (YaRN.self, ["beta_fast": .real(8)], "longrope"),
      (Llama3Scaling.self, [:], "llama3"),
      (LongRoPE.self, ["factors": .reals((0..<8).map { 1 + Double($0) / 3 })], "longrope"),
    ]

  @Test(arguments: transforms.indices) func everyExtensionIsToldInWordsThatAreReadBack(index: Int)
    throws
  {
    let (kind, settings, type) = Self.transforms[index]
    let rotary = try kind.init(SettingsValues(settings, declared: kind.kind.settings)).frequencies(
      headWidth: 16, base: 10_000, trainedContext: 256, targetContext: 4096)
    let model = Self.small(rotary, kind: kind.kind.name, context: 4096)
    let place = try TemporaryFolder()
    _ = try HuggingFaceExport(element: nil, shardBytes: 1 << 30).write(model, to: place.file("out"))
    let config = try JSONValue(parsing: try place.text("out/config.json")).objectValue ?? []
    let parameters = config.first { $0.key == "rope_parameters" }?.value
    #expect(parameters?["rope_type"]?.textValue == type)
    // Transformers 4 reads the first two, transformers 5 the last.
    for hidden in [[], ["rope_parameters"], ["rope_theta", "rope_scaling"]] {
      let left = config.filter { !hidden.contains($0.key) }
      _ = try place.write(JSONValue.object(left).line, to: "out/config.json")
      let read = try HuggingFaceFolder.read(place.file("out")).rotary
      #expect(abs(read.attentionFactor - rotary.attentionFactor) < 1e-9)
      for (found, wanted) in zip(read.inverse, rotary.inverse) {
        #expect(abs(found - wanted) <= 1e-9 * wanted)
      }
    }
  }

  /// Words that were true of one context may lie about another.
  @Test(arguments: [
    #"{"rope_type":"yarn","factor":4,"rope_theta":10000}"#,
    #"{"rope_type":"longrope","rope_theta":10000,"original_max_position_embeddings":64,"#
      + #""long_factor":[1,1,2,2,3,3,4,4],"short_factor":[1,1,1,1,1,1,1,1]}"#,
  ])
  func aLongerContextKeepsTheAngles(rope: String) throws {
    let place = try TemporaryFolder()
    let plain = Self.small(
      RotaryFrequencies(headWidth: 16, base: 10_000), kind: "none", context: 256)
    _ = try HuggingFaceExport(element: nil, shardBytes: 1 << 30).write(plain, to: place.file("a"))
    var config = try JSONValue(parsing: try place.text("a/config.json")).objectValue ?? []
    config.removeAll { ["rope_scaling", "rope_theta", "rope_parameters"].contains($0.key) }
    config.append(("rope_parameters", try JSONValue(parsing: rope)))
    _ = try place.write(JSONValue.object(config).line, to: "a/config.json")
    var model = try HuggingFaceFolder.read(place.file("a"))
    model.shape.trainedContext = 4096
    _ = try HuggingFaceExport(element: nil, shardBytes: 1 << 30).write(model, to: place.file("b"))
    let again = try HuggingFaceFolder.read(place.file("b"))
    #expect(again.shape.trainedContext == 4096)
    for (found, wanted) in zip(again.rotary.inverse, model.rotary.inverse) {
      #expect(abs(found - wanted) <= 1e-9 * wanted)
    }
    #expect(abs(again.rotary.attentionFactor - model.rotary.attentionFactor) < 1e-9)
  }

  @Test func aWordAboutTheOldContextDoesNotSurviveAnExtension() throws {
    let place = try TemporaryFolder()
    let plain = Self.small(
      RotaryFrequencies(headWidth: 16, base: 10_000), kind: "none", context: 256)
    _ = try HuggingFaceExport(element: nil, shardBytes: 1 << 30).write(plain, to: place.file("a"))
    var config = try JSONValue(parsing: try place.text("a/config.json")).objectValue ?? []
    config.append(("original_max_position_embeddings", .integer(128)))
    _ = try place.write(JSONValue.object(config).line, to: "a/config.json")
    var model = try HuggingFaceFolder.read(place.file("a"))
    model.shape.trainedContext = 4096
    model.ropeKind = "yarn"
    model.rotary = try YaRN(SettingsValues([:], declared: YaRN.kind.settings)).frequencies(
      headWidth: 16, base: 10_000, trainedContext: 256, targetContext: 4096)
    _ = try HuggingFaceExport(element: nil, shardBytes: 1 << 30).write(model, to: place.file("b"))
    let again = try HuggingFaceFolder.read(place.file("b"))
    for (found, wanted) in zip(again.rotary.inverse, model.rotary.inverse) {
      #expect(abs(found - wanted) <= 1e-9 * wanted)
    }
  }

  /// transformers 5, `_compute_longrope_parameters`: sqrt(1 + ln(factor) / ln(original)).
  @Test func longRopesFactorDecidesItsAttention() throws {
    let place = try TemporaryFolder()
    try FileManager.default.copyItem(
      atPath: Self.folder("qwen3-longrope"), toPath: place.file("a"))
    let text = try place.text("a/config.json")
      .replacingOccurrences(of: "\"attention_factor\": 1.25", with: "\"factor\": 16.0")
    _ = try place.write(text, to: "a/config.json")
    var notices: [String] = []
    let model = try HuggingFaceFolder.read(place.file("a")) { notices.append($0) }
    #expect(abs(model.rotary.attentionFactor - (1 + log(16.0) / log(64.0)).squareRoot()) < 1e-12)
    #expect(notices.contains { $0.contains("another list") })
  }

  private static func small(_ rotary: RotaryFrequencies, kind: String, context: Int) -> PlainModel {
    let shape = LlamaShape(
      vocabulary: 320, width: 32, layers: 1, heads: 2, feedForward: 48, trainedContext: context)
    return PlainModel(
      shape: shape, rotary: rotary, ropeKind: kind,
      parameters: ParameterSet(layout: shape.parameterLayout), tokenizer: ByteTokenizer())
  }
}
