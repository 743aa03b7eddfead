import Foundation
import Panes
import Pictures
import Queues
import Records
import RunStore
import Support
import Workbench

/// Makes the pictures of the workbench and of `draw` from runs.
enum Drawing {
  /// The endings that a key press writes.
  private static func endings(of request: PictureRequest) -> [String] {
    if case .table = request.content { ["md", "csv"] } else { ["svg", "png", "csv", "txt"] }
  }

  /// Draws a request into a folder, in every format.
  ///
  /// - Parameters:
  ///   - request: what to draw.
  ///   - folder: where to; made when it is missing.
  ///   - source: the first run's folder, for captions.
  /// - Returns: the paths written.
  /// - Throws: `UserError` when they cannot be written.
  static func write(
    _ request: PictureRequest, to folder: String, source: String
  ) throws -> [String] {
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw UserError(
        folder, "the folder cannot be made, \(error.localizedDescription)",
        remedy: "Check the permissions and the free space.", kind: .work)
    }
    let paths = endings(of: request).map { "\(folder)/\(name(of: request)).\($0)" }
    for path in paths { try write(request, file: path, source: source) }
    return paths
  }

  /// Draws a request into one file, in the format of its ending.
  ///
  /// - Throws: `UserError` when it cannot be written.
  static func write(_ request: PictureRequest, file: String, source: String) throws {
    switch request.content {
    case .chart(let view):
      try PictureFile.write(LineChart(view, request.runs, source: source), to: file)
    case .wavelengths(let rotary, _):
      try PictureFile.write(LineChart(rotary, source: source), to: file)
    case .positions(let kinds, _):
      try PictureFile.write(
        LineChart(
          positions: kinds.map { ($0.kind, $0.ids) },
          title: "Position ids of a row, \(kinds[0].kind)", source: source), to: file)
    case .table(let table, _):
      try AtomicFile.write(file.hasSuffix(".csv") ? table.csv : table.markdown, to: file)
    case .heatmap(let map):
      try PictureFile.write(Heatmap(map, run: request.runs[0].name, source: source), to: file)
    }
  }

  /// A file name for what is drawn, without ending.
  private static func name(of request: PictureRequest) -> String {
    switch request.content {
    case .chart(let view):
      let words = view.curve.title.split { !$0.isLetter && !$0.isNumber }.joined(separator: "-")
      return "\(words)-by-\(view.unit.rawValue)"
    case .wavelengths(let rotary, let recipe): return "wavelengths-\(recipe)-\(rotary.kind)"
    case .positions(let kinds, let recipe): return "positions-\(recipe)-\(kinds[0].kind)"
    case .table(_, let name): return "sweep-\(name)"
    case .heatmap(let map):
      func step(_ evaluation: NeedleEvaluation?) -> String {
        evaluation?.step.map { "step-\($0)" } ?? "start"
      }
      let task = map.evaluation?.task ?? "needle"
      let against = map.reference.map { "-against-\($0.run.prefix(1))\(step($0))" } ?? ""
      let run = map.evaluation?.run.prefix(1) ?? ""
      return "needle-\(task)-\(run)\(step(map.evaluation))\(against)"
    }
  }
}

extension LineChart {
  /// A curve of runs as a view shows it.
  init(_ view: ChartView, _ runs: [PictureRequest.Run], source: String) {
    let unit = view.curve.unit
    let shown = runs.first?.histories[0]
    let halfLife = view.curve.isSmoothed ? shown?.loss.halfLife ?? 0 : 0
    let title = view.curve.title.prefix(1).uppercased() + view.curve.title.dropFirst()
    let name =
      switch view.curve {
      case .loss: "Training loss"
      default: title
      }
    self.init(
      title: runs.count == 1
        ? "\(title), \(runs[0].name)"
        : "\(title) of \(runs.reduce(0) { $0 + $1.paths.count }) runs",
      source: source, xLabel: Self.label(view.unit),
      yLabel: unit.isEmpty ? name : "\(name) (\(unit))", halfLife: halfLife,
      curves: runs.map { run in
        let isAlone = runs.filter { $0.name == run.name }.count == 1
        let folder = run.paths[0]?.split(separator: "/").last.map(String.init)
        return Curve(
          name: isAlone ? run.name : folder ?? run.name,
          points: Self.mean(run.histories.map { Self.points(view, $0) }))
      },
      events: shown.map { Self.events(view, $0) } ?? [])
    isLogX = view.logarithmicX
    isLogY = view.logarithmic
    range = view.range
  }

  private static func label(_ unit: Budget) -> String {
    switch unit {
    case .tokens: "Tokens trained on"
    case .time: "Training time (s)"
    case .flops: "Compute (FLOP)"
    case .steps, .end: "Optimizer steps"
    }
  }

  private static func points(_ view: ChartView, _ history: RunHistory) -> [Point] {
    guard let series = view.curve.series(in: history) else { return [] }
    return series.raw.positions.indices.compactMap { index in
      let step = series.raw.positions[index]
      guard let x = history.amount(view.unit, atStep: step) else { return nil }
      return Point(
        step: Int(step), x: x, raw: series.raw.values[index], smooth: series.smooth.values[index])
    }
  }

  /// The mean of curves at the steps that all of them have.
  private static func mean(_ curves: [[Point]]) -> [Point] {
    guard curves.count > 1 else { return curves.first ?? [] }
    let others = curves.dropFirst().map { curve in
      Dictionary(curve.map { ($0.step, $0) }, uniquingKeysWith: { _, last in last })
    }
    return curves[0].compactMap { point in
      let same = [point] + others.compactMap { $0[point.step] }
      guard same.count == curves.count else { return nil }
      func mean(_ value: (Point) -> Double) -> Double {
        same.reduce(0) { $0 + value($1) } / Double(same.count)
      }
      return Point(
        step: point.step, x: mean(\.x), raw: mean(\.raw), smooth: mean(\.smooth))
    }
  }

  private static func events(_ view: ChartView, _ history: RunHistory) -> [Event] {
    let stages = history.stages.filter { $0.step > 0 }.map { (Double($0.step), $0.name) }
    let edits = history.edits.map { edit in
      (Double(edit.step), edit.path.replacing("_", with: " ").replacing("mix.", with: ""))
    }
    return (stages + edits).sorted { $0.0 < $1.0 }.compactMap { step, label in
      history.amount(view.unit, atStep: step).map { Event(x: $0, label: label) }
    }
  }
}

extension Heatmap {
  /// The shown evaluation of a map, or its difference to the reference.
  init(_ map: NeedleMap, run: String, source: String) {
    let evaluation = map.evaluation
    func title(_ evaluation: NeedleEvaluation) -> String {
      (evaluation.run.isEmpty ? run : evaluation.run)
        + (evaluation.step.map { ", step \($0)" } ?? "")
    }
    self.init(
      evaluation?.cells ?? [],
      subtitle: evaluation.map { evaluation in
        map.reference.map { "\(title(evaluation)) against \(title($0))" } ?? title(evaluation)
      }, source: source, trainedContext: map.trained, targetContext: map.target)
    reference = map.reference.map { Reference(title: title($0), records: $0.cells) }
  }
}
