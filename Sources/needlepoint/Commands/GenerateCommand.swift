import ArgumentParser
import Corpora
import Foundation
import Models
import Runs
import Support

/// `needlepoint generate MODEL --prompt TEXT`: text out.
struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate", abstract: "Continue a prompt.")

  @Argument(help: "Checkpoint or run folder.")
  var model: String

  @Option(help: "Text to continue.")
  var prompt: String

  @Option(help: "Most tokens to add.")
  var maxTokens = 64

  @Option(help: "Divides the scores; 0 takes the likeliest token.")
  var temperature = 0.0

  @Option(help: "Seed of the draws.")
  var seed: UInt64 = 1

  @OptionGroup var shared: SharedOptions

  mutating func validate() throws {
    guard maxTokens > 0 else {
      throw UserError("--max-tokens", "\(maxTokens) is below 1", remedy: "64 is usual.")
    }
    guard temperature >= 0, temperature.isFinite else {
      throw UserError("--temperature", "\(temperature) is below 0", remedy: "0 to 1 is usual.")
    }
  }

  func run() throws {
    let loaded = try LoadedModel(model, pool: shared.makePool()) { shared.say($0) }
    let words = loaded.tokenizer.encode(prompt)
    guard !words.isEmpty else {
      throw UserError("--prompt", "no tokens found", remedy: "Give at least one word.")
    }
    // A document begins so where the model learnt it.
    let tokens = (loaded.tokenizer.documentBegin.map { [$0] } ?? []) + words
    var random = RandomStream(seed: seed, name: "generate")
    let signals = SignalWatch()
    let added = Generator(loaded.transformer).generate(
      after: tokens, limit: maxTokens, temperature: temperature, random: &random,
      emit: { $0 != loaded.tokenizer.documentEnd && signals.count == 0 })
    let text = loaded.tokenizer.decode(tokens + added)
    if shared.json {
      let line = JSONValue.object([
        ("event", .text("generate")), ("text", .text(text)),
        ("tokens", .list(added.map { .integer(Int($0)) })),
      ])
      print(line.line)
    } else {
      print(PlainOutput.visible(text))
    }
    if let status = signals.exitStatus { throw ExitCode(status) }
  }
}
