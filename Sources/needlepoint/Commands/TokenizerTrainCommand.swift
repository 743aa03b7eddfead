import ArgumentParser
import Corpora
import RunStore
import Support

/// `needlepoint tokenizer train PATHS --size N --out FILE`: learns byte pairs.
struct TokenizerTrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Learn byte pairs from texts and write them as a tokenizer.json.",
    discussion: """
      Words are cut as SmolLM's: digits stand alone. The first two tokens are the marks that begin \
      and end a document. Recipes take the file with `tokenizer: { kind: file, path: FILE }`, and \
      Hugging Face's tokenizers reads it too.
      """)

  @Argument(help: "Files and folders of UTF-8 text.")
  var paths: [String]

  @Option(help: "Tokens of the vocabulary, such as 8k or 32000.")
  var size: TokenCount

  @Option(help: "File to write (.json).")
  var out: String

  @OptionGroup var shared: SharedOptions

  mutating func validate() throws {
    guard (BytePairTrainer.leastSize...1 << 20).contains(size.value) else {
      throw UserError(
        "--size", "\(size.value) is not in \(BytePairTrainer.leastSize)...\(1 << 20)",
        remedy: "Marks and bytes need \(BytePairTrainer.leastSize); 8k to 32k are usual.")
    }
    guard out.hasSuffix(".json") else {
      throw UserError("--out", "\(out) does not end in .json", remedy: "Name a tokenizer.json.")
    }
  }

  func run() throws {
    let trainer = try BytePairTrainer(paths: paths, size: size.value)
    var reading = WorkMeter(total: Double(trainer.byteCount), isShown: !shared.quiet)
    var joining: WorkMeter?
    let added = Double(size.value - BytePairTrainer.leastSize)
    let text = try trainer.train(
      read: { reading.advance(by: Double($0), "reading texts") },
      joined: {
        if joining == nil {
          reading.finish()
          joining = WorkMeter(total: added, isShown: !shared.quiet)
        }
        joining?.advance(by: 1, "joining pairs")
      })
    joining?.finish()
    let tokenizer = try FileTokenizer(json: text, place: out)
    try AtomicFile.write(text, to: out)
    if tokenizer.tokenCount < size.value {
      shared.say("the texts have no pair more that stands twice; fewer tokens than asked for.")
    }
    if shared.json {
      let line = JSONValue.object([
        ("event", .text("tokenizer")), ("path", .text(out)),
        ("tokens", .integer(tokenizer.tokenCount)), ("bytes", .integer(trainer.byteCount)),
      ])
      print(line.line)
    } else {
      shared.say("wrote \(out): \(tokenizer.tokenCount) tokens")
    }
  }
}
