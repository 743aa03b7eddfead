import Records
import Support

extension Heatmap {
  /// The map in 120 columns.
  public var text: String { text(width: 120) }

  /// The signs that a text map is drawn with.
  public enum Glyphs: Sendable, Equatable {
    /// Blocks and box lines.
    case utf8
    /// Printable ASCII only.
    case ascii
  }

  /// The map as lines of text, readable without colour: each cell is a glyph of density and a number.
  ///
  /// When the columns do not fit side by side they are continued below; none is left out.
  ///
  /// - Parameters:
  ///   - width: columns of text that may be used; at least 24 are.
  ///   - glyphs: what the output can show.
  /// - Returns: the lines, each ended by a newline.
  public func text(width: Int, glyphs: Glyphs = .utf8) -> String {
    let signs = TextSigns(glyphs)
    var lines = [title, subtitle].filter { !$0.isEmpty }
    guard !lengths.isEmpty, !depths.isEmpty else {
      return (lines + ["no cell has been run", ""]).joined(separator: "\n")
    }
    let widest = lengths.map { Labels.length($0).count }.max() ?? 4
    let cellWidth = max(6, widest + 2)
    let perBand = max(1, (max(width, 24) - 9) / cellWidth)
    for start in stride(from: 0, to: lengths.count, by: perBand) {
      let columns = start..<min(start + perBand, lengths.count)
      lines.append("")
      lines += band(columns, cellWidth: cellWidth, signs: signs)
    }
    lines.append("")
    lines += legend(signs)
    return (lines + [""]).joined(separator: "\n")
  }

  /// Some columns with their labels, all rows and the mean.
  private func band(_ columns: Range<Int>, cellWidth: Int, signs: TextSigns) -> [String] {
    func line(_ label: String, _ cell: (Int) -> String) -> String {
      var text = label.leftPadded(to: 7) + " " + signs.axis
      for column in columns {
        let border = column > columns.lowerBound || column > 0 ? mark(before: column, signs) : " "
        text += border + cell(column).leftPadded(to: cellWidth - 1)
      }
      // The border behind the last column belongs to this band only at the very end.
      if columns.upperBound == lengths.count { text += mark(before: lengths.count, signs) }
      return text.trimmedAtEnd
    }
    let rule = String(repeating: signs.rule, count: columns.count * cellWidth)
    var lines = [line("depth") { Labels.length(lengths[$0]) }]
    for row in depths.indices {
      lines.append(
        line(Labels.percent(depths[row]) + " %") { column in
          guard let cell = cell(column: column, row: row) else { return signs.notRun }
          guard reference == nil else {
            return difference(column: column, row: row).map(signs.change) ?? signs.notRun
          }
          return signs.cell(cell.score)
        })
    }
    lines.append(String(repeating: " ", count: 8) + signs.corner + rule)
    lines.append(
      line("mean") { column in
        let mean = mean(column: column)
        guard mean.trials > 0 else { return signs.notRun }
        guard reference == nil else {
          return difference(column: column).map(signs.change) ?? signs.notRun
        }
        return signs.cell(mean.score)
      })
    return lines
  }

  private func mark(before column: Int, _ signs: TextSigns) -> String {
    if column == firstColumnAfterTarget { return signs.target }
    if column == firstUntrainedColumn { return signs.trained }
    return " "
  }

  private func legend(_ signs: TextSigns) -> [String] {
    var marks: [String] = []
    if let trainedContext {
      let isShown = firstUntrainedColumn.map { $0 > 0 } ?? false
      let sign = isShown ? signs.trained + " " : ""
      marks.append(sign + "trained on \(Labels.grouped(trainedContext)) tokens")
    }
    if let targetContext {
      let isShown = firstColumnAfterTarget != nil
      let sign = isShown ? signs.target + " " : ""
      marks.append(sign + "target \(Labels.grouped(targetContext)) tokens")
    }
    return [
      "all cells " + Labels.interval(mean) + " of \(Labels.grouped(mean.trials)) trials",
      marks.joined(separator: "   "),
      reference.map {
        "points above \($0.title); * where the 95 % intervals do not overlap"
      } ?? "right answers in percent: " + signs.scale,
      lengths.contains { $0 >= 1024 && $0 % 1024 == 0 } ? "1K = 1,024 tokens" : "",
    ].filter { !$0.isEmpty }
  }
}

/// The glyphs of a text map.
private struct TextSigns {
  let axis: String
  let corner: String
  let rule: String
  let trained: String
  let target: String
  let notRun: String
  let ramp: [String]

  init(_ glyphs: Heatmap.Glyphs) {
    switch glyphs {
    case .utf8:
      (axis, corner, rule, trained, target) = ("│", "└", "─", "┊", "┃")
      (notRun, ramp) = ("·", [" ", "░", "▒", "▓", "█"])
    case .ascii:
      (axis, corner, rule, trained, target) = ("|", "+", "-", ":", "!")
      (notRun, ramp) = (".", [" ", "-", "+", "*", "#"])
    }
  }

  /// The glyph and the number of a score.
  func cell(_ score: Double) -> String {
    let number = Labels.percent(score)
    let glyph = ramp[Self.borders.lastIndex { (Int(number) ?? 0) >= $0 } ?? 0]
    return glyph + number.leftPadded(to: 4)
  }

  /// Signed points, with a star where they are more than chance.
  func change(_ difference: ProportionDifference) -> String {
    (difference.isClear ? "*" : " ") + difference.points.leftPadded(to: 4)
  }

  /// What each glyph means.
  var scale: String {
    let names = ["0-4", "5-34", "35-64", "65-94", "95-100"]
    let steps = zip(ramp, names).map { $0 == " " ? "blank \($1)" : "\($0) \($1)" }
    return (steps + ["\(notRun) not run"]).joined(separator: "  ")
  }

  private static let borders = [0, 5, 35, 65, 95]
}

extension String {
  /// The text at the right end of a field; longer texts stay whole.
  fileprivate func leftPadded(to width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }

  /// The text without blanks at its end.
  var trimmedAtEnd: String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
