public import Records
import Support
public import Terminal

/// The line about the run that every screen shows.
public struct RunStrip {
  /// Where the run stands; nil when there is none.
  public var state: RunState?
  /// The run.
  public var history: RunHistory
  /// Name of the run.
  public var name: String

  /// A strip of these values.
  public init(state: RunState?, history: RunHistory, name: String) {
    self.state = state
    self.history = history
    self.name = name
  }

  /// Draws one line over the whole width.
  public func draw(on canvas: Canvas) {
    guard state != nil else {
      canvas.runs(
        [(" · ", .faint), ("no run", .text), ("   R starts the recipe as it stands", .faint)],
        y: 0)
      return
    }
    let wide = canvas.width >= 110
    var x = canvas.runs([(" ", .text), (mark(canvas.glyphs), style), (" ", .text)], y: 0)
    // The header names the recipe already: where room is short, the figures matter more.
    if wide { x += canvas.text(name, x: x, y: 0, width: canvas.width >= 160 ? 40 : 20) + 1 }
    // A slot of one width: the bar must not jump when the state changes.
    canvas.text(word, x: x, y: 0, style: style, width: 10)
    x += 11
    if let progress = history.progress {
      let bar = wide ? 18 : 10
      canvas.bar(progress, x: x, y: 0, width: bar, caps: true)
      x += bar
      canvas.text(Format.percent(progress), x: x, y: 0, width: 5, align: .right)
      x += 6
      x += wide ? 1 : 0
    }
    for item in items(wide: wide) {
      let length = item.reduce(0) { $0 + $1.0.count }
      guard x + length < canvas.width else { break }
      x = canvas.runs(item, x: x, y: 0) + (wide ? 3 : 2)
    }
  }

  /// Draws what matters on several lines, for terminals too small for panes.
  public func drawWrapped(on canvas: Canvas) {
    guard state != nil else {
      canvas.text("no run", y: 0)
      canvas.text("R starts", y: 1, style: .faint)
      return
    }
    let head = canvas.runs([(mark(canvas.glyphs), style), (" \(name) \(word)", .text)], y: 0)
    if let progress = history.progress {
      canvas.right(
        Format.percent(progress), before: canvas.width > head + 5 ? canvas.width : 0, y: 0)
    }
    var row = 1
    for item in items(wide: false) where row < canvas.height {
      canvas.runs(item, y: row)
      row += 1
    }
    if row < canvas.height, canvas.width >= 8 {
      canvas.sparkline(
        history.loss.smooth.columns(
          over: (history.loss.smooth.positions.first ?? 0)...max(
            (history.loss.smooth.positions.first ?? 0) + 1,
            history.loss.smooth.positions.last ?? 0), count: canvas.width
        ).compactMap { $0?.last }, x: 0, y: row, width: canvas.width, style: Style(.series(0)))
    }
  }

  private func items(wide: Bool) -> [[(String, Style)]] {
    var items: [[(String, Style)]] = []
    if let last = history.last {
      let end = history.stageEnd.map { "/" + Format.count($0) } ?? ""
      items.append([(wide ? "step " : "", .faint), (Format.count(last.step) + end, .text)])
      var loss: [(String, Style)] = [
        ("loss ", .faint),
        (Format.number(history.loss.smooth.values.last ?? last.loss), .strong),
      ]
      if let trend = history.lossTrend {
        let size = wide ? Format.fixed(abs(trend), 3) : ""
        loss.append(
          abs(trend) < 0.0005 ? ("", .faint) : ((trend < 0 ? " ↓" : " ↑") + size, .faint))
      }
      items.append(loss)
      if state?.isOver != true {
        items.append([
          (Format.number(last.tokensPerSecond), .text), (wide ? " tok/s" : " t/s", .faint),
        ])
        if state == .evaluating, let cells = history.evaluationCells {
          let all = cells.all.map { "/\($0)" } ?? ""
          items.append([("cells ", .faint), ("\(cells.done)\(all)", .text)])
        } else if let left = history.secondsLeft, left >= 0.5 {
          items.append([("ETA ", .faint), (Format.duration(left.rounded()), .text)])
        }
      } else {
        let seconds = history.done?.seconds ?? last.seconds
        items.append([("took ", .faint), (Format.duration(seconds.rounded()), .text)])
      }
    }
    if history.last == nil, state == .evaluating, let cells = history.evaluationCells {
      items.append([("the base first, cells ", .faint), ("\(cells.done)", .text)])
    }
    if let checkpoint = history.checkpoints.last {
      items.append([
        ("ckpt ", .faint), (Format.count(checkpoint.step), .text), (" ✓", .good),
      ])
    }
    return items
  }

  private var word: String {
    switch state {
    case nil: ""
    case .preparing: "preparing"
    case .training: "training"
    case .evaluating: "evaluating"
    case .paused: "paused"
    case .stopping: "stopping"
    case .finished: "finished"
    case .stopped: "stopped"
    case .failed: "failed"
    }
  }

  private var style: Style {
    switch state {
    case .failed: .bad
    case .paused, .stopping: .warning
    case .finished: .good
    case .training, .evaluating, .preparing: .accent
    case .stopped, nil: .text
    }
  }

  private func mark(_ glyphs: GlyphSet) -> String {
    switch state {
    case .failed: EventMark.failure.glyph(glyphs)
    case .finished, .stopped: EventMark.finished.glyph(glyphs)
    case .paused: "="
    case .training, .evaluating, .preparing, .stopping: EventMark.stage.glyph(glyphs)
    case nil: "·"
    }
  }
}
