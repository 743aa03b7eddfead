import Foundation
import Interchange
import Support
import TestSupport
import Testing

/// Folders that are damaged, of unknown families, or hostile: each is refused with place and finding.
@Suite struct HuggingFaceFaultTests {
  private func copy(_ name: String) throws -> TemporaryFolder {
    let place = try TemporaryFolder()
    try FileManager.default.copyItem(
      atPath: PackageFolder.file("Tests/InterchangeTests/Golden/\(name)"),
      toPath: place.file("model"))
    return place
  }

  private func error(in place: TemporaryFolder) -> UserError? {
    #expect(throws: UserError.self) { try HuggingFaceFolder.read(place.file("model")) }
  }

  @Test(arguments: [
    ("model_type", #""gpt2""#, "not known"),
    ("hidden_act", #""gelu""#, "only \"silu\""),
    ("attention_bias", "true", "biases"),
    ("attention_dropout", "0.1", "only 0"),
    ("partial_rotary_factor", "0.5", "only 1"),
    ("quantization_config", "{}", "quantised"),
    ("layer_types", #"["sliding_attention","full_attention"]"#, "full attention"),
    ("hidden_size", "\"wide\"", "whole number"),
    ("hidden_size", "48", "shape"),
    ("num_hidden_layers", "3", "missing"),
    ("num_hidden_layers", "1", "no part of the model"),
    ("num_hidden_layers", "0", "not in 1"),
    ("num_hidden_layers", "99999999999", "not in 1"),
    ("head_dim", "-8", "width -8"),
    ("head_dim", "0", "width 0"),
    ("max_position_embeddings", "-1", "not in 1"),
    ("num_attention_heads", "0", "not in 1"),
    ("num_key_value_heads", "3", "sizes do not fit"),
    ("vocab_size", "null", "missing"),
    ("rope_scaling", #"{"rope_type":"spiral"}"#, "not known"),
    ("rope_scaling", #"{"full_attention":{"rope_type":"default"}}"#, "differ by layer"),
    ("rope_parameters", "7", "object"),
  ])
  func keysThatAreNotUnderstoodAreRefused(key: String, value: String, finding: String) throws {
    let place = try copy("llama3")
    var pairs = (try JSONValue(parsing: try place.text("model/config.json"))).objectValue ?? []
    pairs.removeAll { $0.key == key }
    pairs.append((key, try JSONValue(parsing: value)))
    _ = try place.write(JSONValue.object(pairs).line, to: "model/config.json")
    let error = error(in: place)
    #expect(error?.description.contains(finding) == true, "\(error?.description ?? "")")
  }

  @Test(arguments: [
    (#"{"rope_type":"linear","factor":0}"#, "factor"), (#"{"rope_type":"linear"}"#, "factor"),
    (#"{"rope_type":"linear","factor":"nan"}"#, "factor"),
    (#"{"rope_type":"yarn","factor":-2}"#, "factor"),
    (#"{"rope_type":"yarn","factor":4,"attention_factor":"nan"}"#, "attention_factor"),
    (#"{"rope_type":"yarn","factor":4,"original_max_position_embeddings":0}"#, "original"),
    (#"{"rope_type":"llama3","factor":8,"low_freq_factor":1}"#, "high_freq_factor"),
    (#"{"rope_type":"longrope","original_max_position_embeddings":64}"#, "long_factor"),
    (
      #"{"rope_type":"longrope","original_max_position_embeddings":64,"long_factor":[0,1,1,1,1,1,1,1]}"#,
      "long_factor"
    ),
    (#"{"rope_type":5}"#, "rope_type"), (#"{"rope_theta":0.5}"#, "rope_theta"),
  ])
  func anglesWithoutTheirNumbersAreRefused(rope: String, key: String) throws {
    let place = try copy("llama3")
    var pairs = (try JSONValue(parsing: try place.text("model/config.json"))).objectValue ?? []
    pairs.removeAll { $0.key == "rope_parameters" }
    pairs.append(("rope_scaling", try JSONValue(parsing: rope)))
    _ = try place.write(JSONValue.object(pairs).line, to: "model/config.json")
    let error = error(in: place)
    #expect(error?.description.contains(key) == true, "\(error?.description ?? "")")
  }

  @Test func mistralsWindowCountsWhateverTheLayersSay() throws {
    let place = try copy("mistral-yarn")
    let text = try place.text("model/config.json")
      .replacingOccurrences(
        of: "\"sliding_window\": null",
        with: "\"sliding_window\": 8, \"layer_types\": [\"full_attention\", \"full_attention\"]")
    _ = try place.write(text, to: "model/config.json")
    #expect(error(in: place)?.place.contains("sliding_window") == true)
  }

  @Test func aWindowShorterThanTheContextIsRefused() throws {
    let place = try copy("mistral-yarn")
    let text = try place.text("model/config.json")
      .replacingOccurrences(of: "\"sliding_window\": null", with: "\"sliding_window\": 64")
    _ = try place.write(text, to: "model/config.json")
    #expect(error(in: place)?.place.contains("sliding_window") == true)
  }

  @Test(arguments: ["config.json", "tokenizer.json", "model-00002-of-00003.safetensors"])
  func missingAndCutFilesAreNamed(name: String) throws {
    let place = try copy("llama3")
    let bytes = try place.bytes("model/\(name)")
    _ = try place.write(Data(bytes.prefix(bytes.count / 2)), to: "model/\(name)")
    #expect(error(in: place)?.place.contains(name) == true)
    try FileManager.default.removeItem(atPath: place.file("model/\(name)"))
    #expect(error(in: place)?.place.contains(name) == true)
  }

  @Test(arguments: ["../secret", "/etc/passwd", "", "a/b"])
  func anIndexCannotNameFilesElsewhere(name: String) throws {
    let place = try copy("llama3")
    _ = try place.write(
      JSONValue.object([("weight_map", .object([("lm_head.weight", .text(name))]))]).line,
      to: "model/model.safetensors.index.json")
    #expect(error(in: place)?.finding.contains("no name of a file") == true)
  }

  @Test func anIndexOfOtherTensorsIsRefused() throws {
    let place = try copy("llama3")
    let path = "model/model.safetensors.index.json"
    let text = try place.text(path)
      .replacingOccurrences(of: "model.norm.weight", with: "model.other.weight")
    _ = try place.write(text, to: path)
    #expect(error(in: place)?.finding.contains("index") == true)
  }

  @Test func picklesAreNotRead() throws {
    let place = try copy("qwen2")
    try FileManager.default.moveItem(
      atPath: place.file("model/model.safetensors"), toPath: place.file("model/pytorch_model.bin"))
    #expect(error(in: place)?.remedy.contains("never read") == true)
  }

  @Test func aTiedModelWithAnotherHeadIsRefused() throws {
    let place = try copy("llama3")
    let text = try place.text("model/config.json")
      .replacingOccurrences(
        of: "\"tie_word_embeddings\": false", with: "\"tie_word_embeddings\": true")
    _ = try place.write(text, to: "model/config.json")
    #expect(error(in: place)?.finding.contains("differs from the embedding") == true)
  }

  /// Every byte of the texts changed in turn: an error or another model, never a crash.
  @Test(arguments: ["config.json", "model.safetensors.index.json"])
  func changedBytesNeverCrash(name: String) throws {
    let place = try copy("llama3")
    let whole = try place.bytes("model/\(name)")
    var random = RandomStream(seed: 1, name: name)
    var refused = 0
    for _ in 0..<150 {
      var bytes = whole
      bytes[random.below(bytes.count)] = UInt8(random.below(256))
      _ = try place.write(bytes, to: "model/\(name)")
      do { _ = try HuggingFaceFolder.read(place.file("model")) } catch { refused += 1 }
    }
    #expect(refused > 20)
  }
}
