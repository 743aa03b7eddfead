import ArgumentParser
import Corpora
import Foundation
import Runs
import Support

/// `needlepoint tokenizer decode TOKENIZER IDS`: the text of token numbers.
struct TokenizerDecodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decode", abstract: "Tell the text of token numbers.")

  @Argument(help: "tokenizer.json, a folder with one, a checkpoint or a run folder.")
  var tokenizer: String

  @Argument(help: "Token numbers.")
  var ids: [Int32] = []

  @Option(help: "JSON array of token numbers.")
  var tokens: String?

  @Flag(help: "Write marks out, such as <|endoftext|>.")
  var special = false

  @OptionGroup var shared: SharedOptions

  mutating func validate() throws {
    guard (tokens == nil) != ids.isEmpty else {
      throw UserError(
        "tokenizer decode", tokens == nil ? "no token numbers found" : "numbers are given twice",
        remedy: "Give them one after the other, or a file with --tokens.")
    }
  }

  func run() throws {
    let tokenizer = try TokenizerPath.read(tokenizer) { shared.say($0) }
    let range = 0..<tokenizer.vocabularySize
    let ids =
      try tokens.map { try IntegerFile.read($0, in: range, what: "token numbers") } ?? ids
    if let wrong = ids.first(where: { !range.contains(Int($0)) }) {
      throw UserError(
        "tokenizer decode", "\(wrong) is not in \(range)",
        remedy: "Use numbers of this tokenizer.")
    }
    let text = tokenizer.decode(ids, marks: special)
    if shared.json {
      print(JSONValue.object([("event", .text("decode")), ("text", .text(text))]).line)
    } else {
      // Whoever pipes the text on wants it as it is.
      print(isatty(1) == 1 ? PlainOutput.visible(text) : text)
    }
  }
}
