public import Records
import Support
import Terminal

/// Everything a screen shows of one run, reduced from its records in order.
///
/// A pure value: the same records give the same history, live or read back from a file.
public struct RunHistory: Sendable {
  /// The loss of one source, or of the tokens of some position ids, over the steps.
  public struct Source: Sendable {
    /// Name of the source, or the position ids as `ids to 512`.
    public let name: String
    /// Loss in nats over the steps.
    public var series: SmoothedSeries
  }

  /// Half-life of the smoothed loss where nobody asked for another, in steps.
  public static let usualHalfLife = 8.0

  /// Training loss in nats over steps, raw and smoothed.
  public private(set) var loss: SmoothedSeries
  /// Learning rate over steps.
  public private(set) var rate = SeriesPyramid()
  /// Gradient norm before clipping over steps.
  public private(set) var gradientNorm = SeriesPyramid()
  /// Tokens per second over steps.
  public private(set) var throughput = SeriesPyramid()
  /// Tokens trained on so far over steps.
  public private(set) var tokens = SeriesPyramid()
  /// Training time in seconds over steps.
  public private(set) var seconds = SeriesPyramid()
  /// Loss by source, then by position ids, each in the order first seen.
  public private(set) var sources: [Source] = []
  /// How many of them are sources.
  private var sourceCount = 0
  /// Needle evaluations, oldest first.
  public private(set) var evaluations: [NeedleEvaluation] = []
  /// Rows and columns of each task's heatmap.
  public private(set) var axes: [String: NeedleAxes] = [:]
  /// Figures of the other evaluations, oldest first.
  public private(set) var figures: [EvaluationRecord] = []
  /// Events, oldest first.
  public private(set) var events: [RunEvent] = []
  /// Committed checkpoints, oldest first.
  public private(set) var checkpoints: [CheckpointRecord] = []
  /// Stages begun so far.
  public private(set) var stages: [StageRecord] = []
  /// What the sources of each stage gave, by the stage's number.
  public private(set) var ledgers: [Int: LedgerRecord] = [:]
  /// Live edits, oldest first.
  public private(set) var edits: [EditRecord] = []
  /// What the run said it would take.
  public private(set) var plan: PlanRecord?
  /// The last step.
  public private(set) var last: StepRecord?
  /// Seconds in optimizer steps, without evaluations.
  private var trainingSeconds = 0.0
  /// Time of the last steps, and how much of it the engine waited for data, in seconds.
  private var recent: [(waited: Double, all: Double)] = []
  /// The end, when it has ended.
  public private(set) var done: DoneRecord?
  private var error: String?
  /// The step since which the loss is no finite number; nil while it is one.
  public private(set) var firstNotFinite: Int?

  /// A run of which nothing is known.
  ///
  /// - Parameter halfLife: of the smoothed loss, in steps.
  public init(halfLife: Double = usualHalfLife) {
    loss = SmoothedSeries(halfLife: halfLife)
  }

  /// True when no record has come.
  public var isEmpty: Bool {
    plan == nil && last == nil && evaluations.isEmpty && events.isEmpty && stages.isEmpty
  }

  /// Why the run failed; nil for one that did not, or does not say.
  public var failure: String? { done?.status == "failed" ? error : nil }

  /// Step at which the run stands.
  public var step: Int { last?.step ?? stages.last?.step ?? 0 }

  /// Last step of the stage in work, nil when it ends on a skill or nothing has begun.
  public var stageEnd: Int? {
    stages.last.flatMap { stage in stage.steps.map { stage.step + $0 } }
  }

  /// Share of the planned tokens, 0...1; nil without a plan.
  public var progress: Double? {
    guard let plan, plan.tokens > 0 else {
      guard let end = stageEnd, end > 0 else { return nil }
      return min(1, Double(step) / Double(end))
    }
    return min(1, Double(last?.tokens ?? 0) / Double(plan.tokens))
  }

  /// Seconds left at the mean speed so far, with the evaluations to come; nil until that is known.
  public var secondsLeft: Double? {
    guard let plan, let last, last.seconds > 0, last.tokens > 0, plan.tokens > 0 else { return nil }
    let rest = Double(max(0, plan.tokens - last.tokens))
    // What the clock counts beside the steps went into evaluations.
    let training = min(last.seconds, trainingSeconds)
    let measuring = last.seconds - training
    let done = evaluations.filter { ($0.step ?? 0) < last.step }.count
    let steps = Double(last.step) * rest / Double(last.tokens)
    guard done > 0, let cadence = evaluationCadence else {
      return rest * last.seconds / Double(last.tokens)
    }
    // The last one stands at the end.
    let left = (steps / cadence).rounded(.up)
    return rest * training / Double(last.tokens) + left * measuring / Double(done)
  }

  /// Share of the last 32 steps' time in which the engine waited for data; nil until it is known.
  public var waitingShare: Double? {
    let all = recent.reduce(0) { $0 + $1.all }
    return all > 0 ? recent.reduce(0) { $0 + $1.waited } / all : nil
  }

  /// Steps between the last two needle evaluations.
  private var evaluationCadence: Double? {
    let steps = evaluations.compactMap(\.step)
    guard let last = steps.last, let before = steps.last(where: { $0 < last }) else { return nil }
    return Double(last - before)
  }

  /// Cells of the evaluation in work and of a whole one, as far as that is known.
  public var evaluationCells: (done: Int, all: Int?)? {
    guard let evaluation = evaluations.last, let axes = axes[evaluation.task] else { return nil }
    let all = evaluations.count > 1 ? axes.lengths.count * axes.depths.count : nil
    return (evaluation.cells.count, all)
  }

  /// Change of the smoothed loss over the last tenth of the steps, at least ten points.
  public var lossTrend: Double? {
    let values = loss.smooth.values
    guard values.count > 10, let end = values.last, end.isFinite else { return nil }
    let start = values[max(0, values.count - 1 - max(10, values.count / 10))]
    return start.isFinite ? end - start : nil
  }

  /// Smooths the loss and the source losses again with another half-life in steps.
  public mutating func smooth(halfLife: Double) {
    loss.resmooth(halfLife: halfLife)
    for index in sources.indices { sources[index].series.resmooth(halfLife: halfLife) }
  }

  /// Takes the next record.
  public mutating func apply(_ record: RunRecord) {
    switch record {
    case .plan(let plan): self.plan = plan
    case .stage(let stage):
      stages.append(stage)
      note(stage.step, .stage, stage.text.isEmpty ? "stage \(stage.name)" : stage.text)
    case .step(let step): apply(step)
    case .ledger(let ledger): ledgers[ledger.stage] = ledger
    case .needle(let cell): apply(cell)
    case .evaluation(let figure):
      figures.append(figure)
      note(
        figure.step ?? step, .evaluation,
        "\(figure.title) \(Format.number(figure.value))")
    case .checkpoint(let checkpoint):
      checkpoints.append(checkpoint)
      note(checkpoint.step, .checkpoint, "checkpoint \(Format.bytes(checkpoint.bytes))")
    case .edit(let edit):
      apply(edit)
    case .notice(let notice):
      let mark: EventMark =
        switch notice.level {
        case .info: .notice
        case .warning: .warning
        case .error: .failure
        }
      note(step, mark, notice.text)
      if notice.level == .error { error = notice.text }
    case .done(let done):
      self.done = done
      let mark: EventMark = done.status == "failed" ? .failure : .finished
      note(step, mark, "\(done.status) after \(Format.duration(done.seconds))")
    }
  }

  private mutating func apply(_ step: StepRecord) {
    let x = Double(step.step)
    if step.loss.isFinite {
      firstNotFinite = nil
    } else if firstNotFinite == nil {
      firstNotFinite = step.step
      note(step.step, .failure, "loss is not a number")
    }
    loss.append(step.loss, at: x)
    rate.append(step.learningRate, at: x)
    gradientNorm.append(step.gradientNorm, at: x)
    throughput.append(step.tokensPerSecond, at: x)
    tokens.append(Double(step.tokens), at: x)
    seconds.append(step.seconds, at: x)
    if step.tokensPerSecond > 0 {
      let seconds = Double(step.tokens - (last?.tokens ?? 0)) / step.tokensPerSecond
      trainingSeconds += seconds
      if let waited = step.waitSeconds { recent.append((waited, seconds)) }
      if recent.count > 32 { recent.removeFirst() }
    }
    for entry in step.lossBySource { append(entry, at: x, isSource: true) }
    for entry in step.lossByPosition { append(entry, at: x, isSource: false) }
    last = step
    done = nil
  }

  /// One more loss of a source or of some position ids; a new source stands before all ids.
  private mutating func append(_ entry: NamedNumber, at x: Double, isSource: Bool) {
    var index = sources.firstIndex { $0.name == entry.name } ?? sources.endIndex
    if index == sources.endIndex {
      index = isSource ? sourceCount : sources.endIndex
      sourceCount += isSource ? 1 : 0
      sources.insert(
        Source(name: entry.name, series: SmoothedSeries(halfLife: loss.halfLife)), at: index)
    }
    sources[index].series.append(entry.value, at: x)
  }

  /// Several nudges of one thing at one step are one line: from the first value to the last.
  private mutating func apply(_ edit: EditRecord) {
    edits.append(edit)
    if let stage = stages.last, edit.path == "stages.\(stage.stage).steps" {
      stages[stages.count - 1].steps = Int(edit.new)
    }
    let same = edits.filter { $0.step == edit.step && $0.path == edit.path }
    // Stages and evaluations have numbers in a path, which say little on a line.
    let name = edit.path.split(separator: ".").filter { Int($0) == nil && $0 != "stages" }
      .joined(separator: " ").replacing("_", with: " ")
    let old = Self.short(same.first?.old ?? edit.old)
    var text = "\(name) \(old) → \(Self.short(edit.new)) (you)"
    if edit.path.hasPrefix("mix.") {
      // One weight is set, the others make room for it: the one that moved most is the news.
      text = mixText(at: edit.step) ?? text
      if let index = events.lastIndex(where: {
        $0.step == edit.step && $0.mark == .edit && $0.text.hasPrefix("mix ")
      }) {
        events[index] = RunEvent(step: edit.step, mark: .edit, text: text)
        return
      }
    }
    let event = RunEvent(step: edit.step, mark: .edit, text: text)
    if same.count > 1,
      let index = events.lastIndex(where: {
        $0.step == edit.step && $0.mark == .edit && $0.text.hasPrefix(name + " ")
      })
    {
      events[index] = event
    } else {
      events.append(event)
    }
  }

  private func mixText(at step: Int) -> String? {
    let all = edits.filter { $0.step == step && $0.path.hasPrefix("mix.") }
    var moves: [(name: String, old: Double, new: Double)] = []
    for edit in all {
      guard let old = Double(edit.old), let new = Double(edit.new) else { continue }
      let name = String(edit.path.dropFirst(4))
      if let index = moves.firstIndex(where: { $0.name == name }) {
        moves[index].new = new
      } else {
        moves.append((name, old, new))
      }
    }
    guard let most = moves.max(by: { abs($0.new - $0.old) < abs($1.new - $1.old) }) else {
      return nil
    }
    let rest = moves.count > 1 ? ", others rescaled" : ""
    return "mix \(most.name) \(Format.fixed(most.old, 3)) → \(Format.fixed(most.new, 3))\(rest)"
      + " (you)"
  }

  private static func short(_ value: String) -> String {
    Double(value).map(Format.number) ?? value
  }

  private mutating func apply(_ cell: NeedleRecord) {
    let index =
      evaluations.lastIndex { $0.step == cell.step && $0.task == cell.task }
      ?? evaluations.endIndex
    if index == evaluations.endIndex {
      evaluations.append(NeedleEvaluation(step: cell.step, task: cell.task))
    }
    evaluations[index].add(cell)
    axes[cell.task, default: NeedleAxes()].include(cell)
    noteNeedle(evaluations[index])
  }

  /// Keeps one event line for each evaluation, with the score of the longest length so far.
  private mutating func noteNeedle(_ evaluation: NeedleEvaluation) {
    let total = evaluation.total()
    guard total.trials > 0 else { return }
    let prefix = "needle \(evaluation.task) "
    let at = evaluation.step ?? step
    let share = Format.percent(Double(total.correct) / Double(total.trials))
    let event = RunEvent(
      step: at, mark: .evaluation,
      text: prefix + "\(share) of \(Format.count(total.trials)) trials")
    if let index = events.lastIndex(where: {
      $0.step == at && $0.mark == .evaluation && $0.text.hasPrefix(prefix)
    }) {
      events[index] = event
    } else {
      events.append(event)
    }
  }

  private mutating func note(_ step: Int, _ mark: EventMark, _ text: String) {
    events.append(RunEvent(step: step, mark: mark, text: text))
  }
}

extension EvaluationRecord {
  /// What was measured, in words: the task's name stands in most metrics already.
  var title: String {
    let words = metric.replacing(", nats", with: "")
    return words.hasPrefix(task) ? words : task + " " + words
  }
}
