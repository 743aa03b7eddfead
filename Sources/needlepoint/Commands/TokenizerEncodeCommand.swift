import ArgumentParser
import Corpora
import Foundation
import Runs
import Support

/// `needlepoint tokenizer encode TOKENIZER [FILE]`: token numbers of a text.
struct TokenizerEncodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode", abstract: "Tell the token numbers of a text.")

  @Argument(help: "tokenizer.json, a folder with one, a checkpoint or a run folder.")
  var tokenizer: String

  @Argument(help: "Text file; what is typed or piped in when absent.")
  var file: String?

  @Option(help: "The text itself.")
  var text: String?

  @Flag(help: "Take marks that the text spells out, such as <|endoftext|>, for marks.")
  var special = false

  @OptionGroup var shared: SharedOptions

  mutating func validate() throws {
    guard text == nil || file == nil else {
      throw UserError("--text", "a file is given already", remedy: "Leave one of the two out.")
    }
  }

  func run() throws {
    let tokenizer = try TokenizerPath.read(tokenizer) { shared.say($0) }
    let ids = tokenizer.encode(try input(), special ? .marks : [])
    if shared.json {
      let line = JSONValue.object([
        ("event", .text("encode")), ("ids", .list(ids.map { .integer(Int($0)) })),
        ("tokens", .list(ids.map { .text(tokenizer.word($0)) })),
      ])
      print(line.line)
    } else {
      print(ids.map(String.init).joined(separator: " "))
    }
  }

  private func input() throws -> String {
    if let text { return text }
    let place = file ?? "standard input"
    let data =
      file.map { FileManager.default.contents(atPath: $0) }
      ?? FileHandle.standardInput.readDataToEndOfFile()
    guard let data else {
      throw UserError(place, "no readable file", remedy: "Name a text file, or use --text.")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw UserError(place, "it is not UTF-8", remedy: "Convert it, for example with iconv.")
    }
    return text
  }
}
