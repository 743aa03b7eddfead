import ArgumentParser
import Corpora
import Foundation
import Recipes
import Runs
import Support

/// `needlepoint data RECIPE`: what a recipe will feed, before anything starts.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Show what a recipe will feed: shares, documents and rows.",
    discussion: """
      For each stage that trains: the share of every source, asked and given over some rows; \
      documents as text, with what a selection keeps of them and why; and rows as the model is fed \
      them, with their position numbers and which targets are learnt.
      """)

  @Argument(help: "Recipe file, experiment folder, or text file or folder.")
  var recipe: String

  @Option(help: "Documents of each source, and rows, to show.")
  var documents = 1

  @Option(help: "Rows over which shares are counted.")
  var rows = 64

  @Option(
    help: ArgumentHelp("Changes a field of the recipe by its key path.", valueName: "path=value"))
  var set: [String] = []

  @Option(
    help: ArgumentHelp(
      "Write the rows of a stage instead, as other trainers and the source kind tokens read them.",
      valueName: "file.jsonl"))
  var out: String?

  @Option(help: "Stage whose rows are written; the first that trains when absent.")
  var stage: String?

  @Option(help: "Steps whose rows are written; all of the stage when absent.")
  var steps: Int?

  @OptionGroup var shared: SharedOptions

  mutating func validate() throws {
    guard steps ?? 1 > 0 else {
      throw UserError("--steps", "\(steps ?? 0) is below 1", remedy: "Leave it out for all.")
    }
    if out == nil, stage != nil || steps != nil {
      throw UserError("--out", "no file given", remedy: "Say where to write the rows.")
    }
    guard (0...10_000).contains(documents) else {
      throw UserError("--documents", "\(documents) is not in 0...10000", remedy: "2 is usual.")
    }
    guard (1...1_000_000).contains(rows) else {
      throw UserError("--rows", "\(rows) is not in 1...1000000", remedy: "64 is usual.")
    }
  }

  func run() throws {
    var document = try RecipeLocation.document(recipe)
    for change in set { document = try document.applying(change) }
    let prepared = try PreparedRun(document, pool: shared.makePool()) { shared.say($0) }
    if let out { return try write(prepared, to: out) }
    for preview in try DataPreview.all(prepared, documents: documents, rows: rows) {
      for line in shared.json ? preview.jsonLines : preview.page { print(line) }
    }
  }
}

extension DataCommand {
  private func write(_ prepared: PreparedRun, to path: String) throws {
    guard !FileManager.default.fileExists(atPath: path) else {
      throw UserError(path, "something of that name exists", remedy: "Choose a new name.")
    }
    let rows = try StageRows(prepared, stage: stage)
    let count = min(steps ?? rows.steps, rows.steps)
    let signals = SignalWatch()
    var meter = WorkMeter(
      total: Double(rows.tokens) * Double(count) / Double(rows.steps),
      isShown: !shared.quiet && !shared.json)
    let lines = try rows.write(steps: count, to: path) { tokens in
      meter.advance(by: Double(tokens), "rows of \(rows.stage)")
      return signals.count == 0
    }
    meter.finish()
    guard let lines else { throw ExitCode(signals.exitStatus ?? 130) }
    rows.losses.forEach { shared.say($0) }
    shared.say("wrote \(path): \(lines.grouped) rows of stage \(rows.stage), \(count) steps")
    if shared.json {
      print(
        JSONValue.object([
          ("event", .text("rows")), ("path", .text(path)), ("stage", .text(rows.stage)),
          ("rows", .integer(lines)), ("steps", .integer(count)),
        ]).line)
    }
  }
}

extension DataPreview {
  /// One JSON object a line: `source`, `anchor`, `sample` and `row` events.
  fileprivate var jsonLines: [String] {
    let objects =
      sources.map(json) + (anchors?.rows.map(json) ?? []) + samples.map(json) + rows.map(json)
    return objects.map(\.line)
  }

  private func event(_ name: String, _ pairs: [(key: String, value: JSONValue)]) -> JSONValue {
    .object([("event", .text(name)), ("stage", .text(stage))] + pairs)
  }

  private func json(_ source: Source) -> JSONValue {
    let entry = source.entry
    return event(
      "source",
      [
        ("source", .text(source.name)), ("kind", .text(source.kind)),
        ("share_asked", .number(source.share)),
        ("share_given", .number(share(of: entry))),
        ("planned_tokens", .integer(source.plannedTokens)),
        ("pass_documents", source.pass.map { .integer($0.documents) } ?? .null),
        ("pass_tokens", source.pass?.tokens.map { .integer($0) } ?? .null),
        ("passes", source.passes.map { .number($0) } ?? .null),
        ("document_tokens", .list(source.lengths.map { .integer($0) })),
        ("rows", .integer(entry.rows)), ("documents", .integer(entry.documents)),
        ("tokens", .integer(entry.tokens)), ("asked_tokens", .number(entry.askedTokens)),
        ("cropped_tokens", .integer(entry.croppedTokens)),
        ("left_out_tokens", .integer(entry.leftOutTokens)),
        ("padded_tokens", .integer(entry.paddedTokens)),
        ("answer_tokens", .integer(entry.answerTokens)), ("epochs", .integer(entry.epochs)),
      ])
  }

  private func json(_ row: AnchorTable.Row) -> JSONValue {
    event(
      "anchor",
      [
        ("type", .text(row.name)), ("occurrences", .integer(row.occurrences)),
        ("significant", .integer(row.kept)), ("is_anchor", .bool(row.isAnchor)),
      ])
  }

  private func json(_ sample: Sample) -> JSONValue {
    var pairs: [(key: String, value: JSONValue)] = [
      ("source", .text(sample.source)), ("tokens", .integer(sample.document.tokens.count)),
      ("text", .text(sample.text)),
    ]
    if let sentences = sample.sentences {
      pairs.append(
        (
          "sentences",
          .list(
            sentences.map {
              .object([
                ("text", .text($0.text)), ("kept", .bool($0.isKept)), ("reason", .text($0.reason)),
              ])
            })
        ))
    }
    if !sample.questions.isEmpty {
      pairs.append(
        (
          "questions",
          .list(
            sample.questions.map {
              .object([
                ("kind", .text($0.kind)), ("answer", .text($0.answer)),
                ("evidence", .list($0.evidence.map { .text($0) })),
              ])
            })
        ))
    }
    return event("sample", pairs)
  }

  private func json(_ row: Row) -> JSONValue {
    func list(_ values: [Int32]) -> JSONValue { .list(values.map { .integer(Int($0)) }) }
    return event(
      "row",
      [
        ("source", .text(row.source)), ("input_ids", list(row.tokens)),
        ("position_ids", list(row.positions)),
        ("targets", list(row.targets.map { $0 < 0 ? -100 : $0 })),
        ("loss_mask", .list(row.isLearnt.map { .integer($0 ? 1 : 0) })),
        ("document_starts", list(row.documentStarts)),
      ])
  }

  private func share(of entry: TokenLedger.Entry) -> Double {
    let all = sources.reduce(0) { $0 + $1.entry.tokens }
    return all > 0 ? Double(entry.tokens) / Double(all) : 0
  }

  // MARK: text

  /// Lines for a person.
  fileprivate var page: [String] {
    var lines = ["stage \(stage)"]
    lines.append(
      row(
        "  source",
        ["asked %", "given %", "planned", "passes", "median", "cropped", "left out", "padded"]))
    for source in sources {
      let entry = source.entry
      lines.append(
        row(
          "  " + source.name,
          [
            percent(source.share), percent(share(of: entry)), source.plannedTokens.grouped,
            source.passes.map { String(format: "%.2f", $0) } ?? "-",
            source.lengths.sorted()[source.lengths.count / 2].grouped,
            entry.croppedTokens.grouped, entry.leftOutTokens.grouped, entry.paddedTokens.grouped,
          ]))
    }
    if let anchors {
      lines.append("  types by how often they are significant; * is an anchor")
      for row in anchors.rows.prefix(20) {
        lines.append("  \(row.isAnchor ? "*" : " ") \(row.name)  \(row.kept) of \(row.occurrences)")
      }
    }
    if awaitsSentences {
      lines.append("  its sentences are chosen when the run comes to it; all are shown here")
    }
    for sample in samples {
      lines.append("")
      lines.append("document of \(sample.source), \(sample.document.tokens.count) tokens")
      lines += page(sample)
    }
    for (index, row) in rows.enumerated() {
      let learnt = row.isLearnt.count { $0 }
      lines.append("")
      lines.append(
        "row \(index + 1) of \(row.source), \(row.tokens.count) tokens, \(learnt) learnt")
      lines.append("  positions  " + Self.runs(row.positions))
      let mask = row.isLearnt.enumerated().filter(\.element).map { Int32($0.offset + 1) }
      lines.append("  learnt     " + (mask.isEmpty ? "nothing" : Self.runs(mask)))
      let starts = Set(row.documentStarts).sorted()
      lines.append("  documents  at " + starts.prefix(12).map(String.init).joined(separator: " "))
    }
    return lines + [""]
  }

  private func page(_ sample: Sample) -> [String] {
    var lines: [String] = []
    if let sentences = sample.sentences {
      lines += sentences.prefix(40).map { sentence in
        "  \(sentence.isKept ? "+" : "-") \(Self.oneLine(sentence.text, 72))  (\(sentence.reason))"
      }
    } else {
      lines.append("  " + Self.oneLine(sample.text, 400))
    }
    lines += sample.questions.map { question in
      "  ? \(question.kind): \(Self.oneLine(question.answer, 72))"
    }
    return lines
  }

  private func row(_ name: String, _ cells: [String]) -> String {
    let head = name.padding(toLength: max(18, name.count + 1), withPad: " ", startingAt: 0)
    return head
      + cells.map { String(repeating: " ", count: max(1, 11 - $0.count)) + $0 }.joined()
  }

  private func percent(_ share: Double) -> String { String(format: "%.2f", 100 * share) }

  private static func oneLine(_ text: String, _ limit: Int) -> String {
    let line = PlainOutput.visible(
      text.split(whereSeparator: \.isNewline).joined(separator: " / "))
    return line.count > limit ? line.prefix(limit) + "…" : line
  }

  /// Numbers as runs, such as `0-87 120-200`.
  private static func runs(_ numbers: [Int32]) -> String {
    var runs: [(first: Int32, last: Int32)] = []
    for number in numbers {
      if let last = runs.last?.last, number == last + 1 {
        runs[runs.count - 1].last = number
      } else {
        runs.append((number, number))
      }
    }
    let shown = runs.prefix(12).map {
      $0.first == $0.last ? "\($0.first)" : "\($0.first)-\($0.last)"
    }
    return shown.joined(separator: " ") + (runs.count > 12 ? " and \(runs.count - 12) more" : "")
  }
}
