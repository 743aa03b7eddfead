import ArgumentParser
import Corpora
import Evaluation
import Foundation
import Models
import Pictures
import Records
import Runs
import Support

/// `needlepoint needle MODEL`: the needle heatmap of a model.
struct NeedleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "needle", abstract: "Measure the needle heatmap of a model.",
    discussion: """
      keyed hides many needles in a sequence and asks for all of them at its end, so that the key \
      must be used; single hides one; `needlepoint describe evaluate` tells of the others. Answers are teacher-forced: right means that greedy decoding \
      gives exactly the value. Intervals are 95 % Wilson intervals.
      """)

  @Argument(help: "Checkpoint or run folder.")
  var model: String

  @Option(help: "Context lengths in tokens, answers included.")
  var lengths = SizeList([256, 512, 1024, 2048, 4096])

  @Option(help: "Number of depths.")
  var depths = 10

  @Option(help: "Trials of each cell.")
  var trials = 10

  @Option(help: "Recall task; `needlepoint describe evaluate` tells of each.")
  var task: RecallTaskName = RecallTaskName()

  @Option(help: ArgumentHelp("Text file or folder to hide needles in.", valueName: "path"))
  var haystack: String?

  @Option(help: "Seed of facts and haystacks.")
  var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp("Picture or table to write.", valueName: "file.csv|.svg|.png|.txt|.json"))
  var out: String?

  @OptionGroup var reading: ModelOptions

  @OptionGroup var remap: RemapOptions

  @OptionGroup var shared: SharedOptions

  mutating func validate() throws {
    guard (1...100).contains(depths) else {
      throw UserError("--depths", "\(depths) is not in 1...100", remedy: "10 is usual.")
    }
    guard (1...100_000).contains(trials) else {
      throw UserError("--trials", "\(trials) is not in 1...100000", remedy: "10 is usual.")
    }
    if let out { try PictureFile.check(out) }
  }

  func run() throws {
    let loaded = try reading.load(model, shared)
    let subject = try EvaluationSubject(loaded, data: haystack)
    let recall = try RecallTasks.make(
      task.value,
      grid: RecallGrid(
        lengths: lengths.values, depths: depths, trials: trials, seed: seed,
        remap: try remap.choice()))
    let evaluation = try NeedleEvaluation(subject)
    let signals = SignalWatch()
    var cells: [NeedleRecord] = []
    var meter = WorkMeter(
      total: lengths.values.map { Double($0) * Double($0 + 2000) }.reduce(0, +),
      isShown: !shared.quiet && !shared.json)
    try evaluation.run(recall, isCancelled: { signals.count > 0 }) { column in
      cells += column.cells
      let length = Double(column.length)
      meter.advance(by: length * (length + 2000), "needle \(column.length)")
      guard shared.json else { return }
      for cell in column.cells { print(RunRecord.needle(cell).jsonLine) }
    }
    meter.finish()
    if let status = signals.exitStatus { throw ExitCode(status) }
    let map = Heatmap(
      cells, source: "\(loaded.path), seed \(seed)",
      trainedContext: loaded.description.shape.trainedContext)
    if let out {
      try PictureFile.write(map, to: out)
      shared.say("wrote \(out)")
    }
    if !shared.json { print(map.text(width: 100, glyphs: PlainOutput.glyphs)) }
  }
}

/// The name of a recall task.
struct RecallTaskName: ExpressibleByArgument {
  let value: String

  init?(argument: String) {
    guard RecallTasks.names.contains(argument) else { return nil }
    value = argument
  }

  init() { value = KeyedNeedles.kind.name }

  static var allValueStrings: [String] { RecallTasks.names }

  var defaultValueDescription: String { value }
}
