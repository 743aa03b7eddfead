public import Records
import Support
public import Terminal

/// What each source of the mix will give: share, tokens, and what it is; once the stage trains, what it
/// gave instead of the tokens.
public struct LedgerPane {
  /// Weights of the shown stage.
  public var weights: MixWeights
  /// Row of the cursor.
  public var cursor: Int
  /// Tokens the stage trains on; nil when open.
  public var tokens: Int?
  /// What each source is, by name.
  public var kinds: [String: String]
  /// Lines about rows and packing.
  public var notes: [(String, String)]
  /// What the sources gave so far; nil before the stage trains.
  public var ledger: LedgerRecord?
  /// What stands there when there are no sources.
  public var emptyLines = ["This stage trains on no source.", "t shows the next stage."]

  /// A pane of these values.
  public init(
    weights: MixWeights, cursor: Int, tokens: Int?, kinds: [String: String],
    notes: [(String, String)], ledger: LedgerRecord? = nil
  ) {
    self.weights = weights
    self.cursor = cursor
    self.tokens = tokens
    self.kinds = kinds
    self.notes = notes
    self.ledger = ledger
  }

  /// Draws the pane into the whole canvas.
  public func draw(on canvas: Canvas, focused: Bool) {
    let note = ledger != nil ? "asked, given" : tokens == nil ? "" : "tokens"
    let view = canvas.pane("sources", note: note, focused: focused)
    guard !weights.names.isEmpty else {
      view.blank(emptyLines)
      return
    }
    let nameWidth = min(max(8, weights.names.map(\.count).max() ?? 0), max(8, view.width - 15))
    // Where room is short the sources come before the notes.
    let notes = notes.prefix(max(0, view.height - weights.names.count - 2))
    let visible = max(1, view.height - notes.count - 2)
    let first = Canvas.scroll(cursor: cursor, count: weights.names.count, height: visible)
    var row = 0
    for index in weights.names.indices.dropFirst(first).prefix(visible) {
      let here = index == cursor
      if here { view.put(view.glyphs.cursor, x: 0, y: row, style: focused ? .accent : .text) }
      view.text(
        weights.names[index], x: 2, y: row, style: here ? .strong : .text, width: nameWidth)
      view.right(Format.percent(weights.weights[index]), before: nameWidth + 8, y: row)
      if let ledger {
        draw(ledger, weights.names[index], on: view, x: nameWidth + 14, y: row)
      } else if let tokens {
        view.right(
          Format.number(weights.weights[index] * Double(tokens)), before: view.width, y: row,
          style: .faint)
      }
      row += 1
    }
    if weights.names.indices.contains(cursor) {
      for text in about(weights.names[cursor]) {
        for line in CellPane.wrap(text, width: view.width - 2)
        where row + 1 < view.height - notes.count {
          view.text(line, x: 2, y: row + 1, style: .faint)
          row += 1
        }
      }
    }
    for (index, note) in notes.enumerated() {
      let y = view.height - notes.count + index
      guard y > row else { continue }
      view.runs([(note.0 + " ", .faint), (note.1, .text)], y: y)
    }
  }

  /// The share that a source gave, and how often it was read to its end when it was.
  private func draw(_ ledger: LedgerRecord, _ name: String, on view: Canvas, x: Int, y: Int) {
    guard let source = ledger.sources.first(where: { $0.name == name }) else { return }
    view.right(
      Format.percent(ledger.sources.share(of: source)), before: min(x, view.width), y: y,
      style: .faint)
    if source.epochs > 0, x + 3 <= view.width {
      view.right("\(source.epochs)×", before: view.width, y: y, style: .warning)
    }
  }

  /// Sentences about a source: what it is, what it gave, and what it gave in the replay.
  private func about(_ name: String) -> [String] {
    var sentences = kinds[name].map { [$0] } ?? []
    guard let ledger else { return sentences }
    if let source = ledger.sources.first(where: { $0.name == name }) {
      sentences.append("\(Self.figures(source)), by step \(Format.count(ledger.step))")
    }
    if let source = ledger.replay.first(where: { $0.name == name }), source.tokens > 0 {
      sentences.append(
        "replay: \(Format.percent(ledger.replay.share(of: source))) of it, "
          + Self.figures(source))
    }
    return sentences
  }

  private static func figures(_ source: LedgerRecord.Source) -> String {
    "\(Format.count(source.tokens)) tokens, \(Format.count(source.croppedTokens)) cropped, "
      + "\(source.epochs) times to its end"
  }
}

extension [LedgerRecord.Source] {
  /// The share of a source in what all of them gave.
  fileprivate func share(of source: LedgerRecord.Source) -> Double {
    let all = reduce(0) { $0 + $1.tokens }
    return all > 0 ? Double(source.tokens) / Double(all) : 0
  }
}

/// Documents of one source as the recipe will feed them, as text.
public struct SamplesPane {
  /// Name of the source.
  public var source: String
  /// Its documents; nil while they are being made.
  public var samples: [String]?
  /// First line shown.
  public var scroll: Int
  /// Whether no documents could be read; the fed rows say why.
  public var isFailed: Bool

  /// A pane of these values.
  public init(source: String, samples: [String]?, scroll: Int, isFailed: Bool = false) {
    self.isFailed = isFailed
    self.source = source
    self.samples = samples
    self.scroll = scroll
  }

  /// Draws the pane into the whole canvas.
  public func draw(on canvas: Canvas, focused: Bool) {
    let count = isFailed ? 0 : samples?.count ?? 0
    let view = canvas.pane(
      source.isEmpty ? "samples" : "samples of \(source)",
      note: count == 0 ? "" : "\(count) documents", focused: focused)
    guard !isFailed else {
      view.blank(["No document can be shown either."])
      return
    }
    guard let samples else {
      view.blank(["Reading samples …"])
      return
    }
    guard !samples.isEmpty else {
      view.blank([
        "No sample of this source can be shown here.",
        "needlepoint data RECIPE prints what the recipe will feed.",
      ])
      return
    }
    let lines = Self.lines(samples, width: view.width - 4)
    let start = max(0, min(scroll, lines.count - view.height))
    for (row, line) in lines.dropFirst(start).prefix(view.height).enumerated() {
      view.text(line.mark, x: 0, y: row, style: .faint, width: 3)
      view.text(line.text, x: 4, y: row)
    }
  }

  /// Number of lines at a width.
  public static func lineCount(_ samples: [String], width: Int) -> Int {
    lines(samples, width: width - 8).count
  }

  private static func lines(_ samples: [String], width: Int) -> [(mark: String, text: String)] {
    samples.enumerated().flatMap { index, sample in
      let paragraphs = sample.split(separator: "\n", omittingEmptySubsequences: false)
      let wrapped = paragraphs.flatMap { paragraph in
        let lines = CellPane.wrap(String(paragraph), width: width)
        return lines.isEmpty ? [""] : lines
      }
      return wrapped.enumerated().map { row, text in (row == 0 ? "\(index + 1)" : "", text) }
        + [("", "")]
    }
  }
}
