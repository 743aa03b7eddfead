import ArgumentParser
import Evaluation
import Foundation
import Models
import RunStore
import Runs
import Support

/// `needlepoint logits MODEL --tokens FILE.json --out FILE.h5`: next-token scores of a row.
struct LogitsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logits",
    abstract: "Write next-token scores of a row of tokens, dataset /logits float32 [T, V].")

  @Argument(help: "Checkpoint or run folder.")
  var model: String

  @Option(help: "JSON array of token numbers.")
  var tokens: String

  @Option(help: "HDF5 file to write.")
  var out: String

  @Option(help: "JSON array of position numbers; 0, 1, 2 and so on when absent.")
  var positions: String?

  @OptionGroup var reading: ModelOptions

  @OptionGroup var remap: RemapOptions

  @OptionGroup var shared: SharedOptions

  func run() throws {
    let change = try remap.choice().make()
    if change != nil, positions != nil {
      throw UserError(
        "--remap", "positions are given already", remedy: "Leave one of the two out.")
    }
    let loaded = try reading.load(model, shared)
    let vocabulary = loaded.description.shape.vocabulary
    let ids = try IntegerFile.read(tokens, in: 0..<vocabulary, what: "token numbers")
    let places = try positions.map {
      try IntegerFile.read($0, in: 0..<(1 << 24), what: "position numbers")
    }
    if let places, places.count != ids.count {
      throw UserError(
        "--positions", "\(places.count) positions found, \(ids.count) tokens",
        remedy: "Give one position for each token.")
    }
    loaded.transformer.remap = change.map {
      PositionRemapping($0, trainedContext: loaded.firstTrainedContext)
    }
    let input = ModelInput(
      rows: 1, length: ids.count, tokens: ids,
      positions: places ?? (0..<Int32(ids.count)).map { $0 },
      documentStarts: [Int32](repeating: 0, count: ids.count))
    let logits = loaded.transformer.logits(input, at: Array(ids.indices))
    try LogitsFile.write(logits, tokens: ids.count, vocabulary: vocabulary, to: out)
    shared.say("wrote \(out): /logits [\(ids.count), \(vocabulary)]")
  }
}

/// A JSON array of whole numbers in a file.
enum IntegerFile {
  /// Reads and checks the numbers.
  ///
  /// - Throws: `UserError` that names the first number at fault.
  static func read(_ path: String, in range: Range<Int>, what: String) throws -> [Int32] {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw UserError(path, "no readable file", remedy: "Give a JSON array of \(what).")
    }
    guard let list = (try? JSONValue(parsing: text))?.listValue, !list.isEmpty else {
      throw UserError(
        path, "no JSON array of \(what) found", remedy: "Write it as [1, 2, 3].")
    }
    return try list.enumerated().map { index, value in
      guard let number = value.integerValue, range.contains(number) else {
        throw UserError(
          path, "element \(index) is \(value.line), \(what) are whole numbers in \(range)",
          remedy: "Use numbers of this model.")
      }
      return Int32(number)
    }
  }
}
