import Panes
import Queues
import Recipes
import Records
import Support
import Terminal

/// Builds each pane from the state and draws it.
enum PaneDrawing {
  static func draw(
    _ pane: PaneName, _ state: WorkbenchState, on canvas: Canvas, focused: Bool
  ) {
    switch pane {
    case .mix: mix(state).draw(on: canvas, focused: focused)
    case .settings: settings(state).draw(on: canvas, focused: focused)
    case .stages: stages(state).draw(on: canvas, focused: focused)
    case .changes:
      ChangesPane(
        changes: state.shownChanges, cursor: state.row(.changes), faults: state.faults,
        warnings: state.warnings, parent: state.comparesParent ? state.parent?.name : nil,
        keys: state.recipe.isEdited ? "u undo  C-r redo  s save" : ""
      ).draw(on: canvas, focused: focused)
    case .wavelengths:
      WavelengthPane(rotary: state.rotary).draw(on: canvas, focused: focused)
    case .ledger: ledger(state).draw(on: canvas, focused: focused)
    case .samples:
      SamplesPane(
        source: state.shownSource,
        samples: state.stageFeed.map { $0.samples[state.shownSource] ?? [] },
        scroll: state.row(.samples), isFailed: state.feedProblem != nil
      ).draw(on: canvas, focused: focused)
    case .fed:
      FedPane(
        rows: state.stageFeed?.rows, shown: state.fedRow, comparesKinds: state.comparesPositions,
        scroll: state.row(.fed), problem: state.feedProblem
      ).draw(on: canvas, focused: focused)
    case .staircase:
      StaircasePane(
        row: state.feedProblem == nil ? state.shownFedRow : nil,
        comparesKinds: state.comparesPositions
      ).draw(on: canvas, focused: focused)
    case .chart:
      ChartPane(
        history: state.history, chart: state.chart,
        overlays: state.overlays.map { entry in
          ChartPane.Overlay(mark: entry.mark, histories: state.seeds(of: entry.run).map(\.history))
        },
        failure: state.failure
      ).draw(on: canvas, focused: focused)
    case .strips:
      StripsPane(history: state.history, chart: state.chart).draw(on: canvas, focused: focused)
    case .sources:
      SourcesPane(history: state.history, cursor: state.row(.sources))
        .draw(on: canvas, focused: focused)
    case .events:
      EventsPane(events: state.history.events, cursor: state.row(.events))
        .draw(on: canvas, focused: focused)
    case .heatmap: heatmap(state).draw(on: canvas, focused: focused)
    case .cell:
      CellPane(
        map: state.map, cell: (state.heatColumn, state.heatRow), trial: state.row(.cell)
      ).draw(on: canvas, focused: focused)
    case .evaluations: EvaluationsPane(map: state.map).draw(on: canvas, focused: focused)
    case .runs:
      RunsPane(
        runs: state.shownRuns, cursor: state.row(.runs), order: state.runOrder,
        filter: state.runFilter.text, total: state.runs?.count,
        marks: state.marks.mapValues(\.letter)
      ).draw(on: canvas, focused: focused)
    case .comparison:
      ComparisonPane(
        comparison: state.comparison, marks: state.markedRuns.map(\.mark),
        scroll: state.row(.comparison)
      ).draw(on: canvas, focused: focused)
    case .queue:
      QueuePane(queue: state.queue, cursor: state.row(.queue)).draw(on: canvas, focused: focused)
    case .sweep:
      SweepPane(
        table: state.sweepTable, entries: state.queue.sweepEntries, marks: state.armMarks,
        scroll: state.row(.sweep), firstArm: state.sweepArm
      ).draw(on: canvas, focused: focused)
    case .lineage:
      LineagePane(lineage: state.lineage, cursor: state.row(.lineage), picked: state.picked)
        .draw(on: canvas, focused: focused)
    case .runDetail:
      RunDetailPane(run: state.runUnderCursor).draw(on: canvas, focused: focused)
    }
  }

  /// The part that only shows.
  static func drawExtra(_ state: WorkbenchState, on canvas: Canvas) {
    if state.screen == .needle {
      MarginsPane(map: state.map).draw(on: canvas)
    } else {
      var pane = heatmap(state)
      pane.showsCursor = false
      pane.draw(on: canvas, focused: false)
    }
  }

  private static func heatmap(_ state: WorkbenchState) -> HeatmapPane {
    var pane = HeatmapPane(
      map: state.map, cursor: (state.heatColumn, state.heatRow), run: state.runName)
    (pane.emptyLines, pane.failure) = (needleLines(state), state.failure)
    return pane
  }

  private static func stageName(_ state: WorkbenchState) -> String {
    guard let stages = state.recipe.recipe?.stages, stages.count > 1,
      stages.indices.contains(state.stage)
    else { return "" }
    return stages[state.stage].name
  }

  private static func tokens(_ state: WorkbenchState) -> Int? {
    state.recipe.training(state.stage).map(tokens)
  }

  /// Tokens of a stage, with the shorter rows of its replay steps.
  private static func tokens(_ training: TrainingStage) -> Int {
    let long = training.rows * training.sequence
    guard let replay = training.replay, let length = replay.sequence, length > 0 else {
      return training.steps * long
    }
    let short = max(1, training.tokensPerStep / length) * length
    let steps = Int((Double(training.steps) * replay.share).rounded())
    return (training.steps - steps) * long + steps * short
  }

  private static func mix(_ state: WorkbenchState) -> MixPane {
    var pane = MixPane(
      weights: state.recipe.mix(state.stage), cursor: state.row(.mix), tokens: tokens(state),
      stage: stageName(state), kinds: state.report?.sources ?? [:],
      facts: state.stageFeed?.facts ?? [:], keys: "+ - .01   H L .05   = type   x lock")
    if let lines = unreadable(state) { pane.emptyLines = lines }
    if let draft = state.draft, case .weight = draft.target {
      pane.draft = draft.text
      pane.problem = draft.problem
    }
    return pane
  }

  private static func settings(_ state: WorkbenchState) -> SettingsPane {
    var pane = SettingsPane(
      fields: state.recipe.form(state.stage), cursor: state.row(.settings))
    if let lines = unreadable(state) { pane.emptyLines = lines }
    let form = state.recipe.form(state.stage)
    if form.indices.contains(state.row(.settings)) {
      let field = form[state.row(.settings)]
      let kind = state.recipe.kind(of: field)
      pane.summary = kind?.summary
      pane.source = kind?.source ?? field.setting.source
    }
    if let draft = state.draft, case .field = draft.target {
      pane.draft = draft.text
      pane.problem = draft.problem
    }
    return pane
  }

  private static func stages(_ state: WorkbenchState) -> StagesPane {
    let stages = state.recipe.recipe?.stages ?? []
    var plan = state.report?.plan
    if !state.faults.isEmpty {
      plan = plan ?? RecipePlanFace()
      plan?.faults = state.faults
    }
    var pane = StagesPane(
      stages: stages.map { stage in
        guard let training = stage.training else {
          let share = stage.merge.map { "\($0.with) \(Format.fixed($0.weight, 2))" } ?? ""
          return RecipeStageFace(
            name: stage.name, kind: "merge \(share)", steps: nil, tokens: nil, rate: "",
            sequence: nil)
        }
        let settings = training.optimizer.settings
        let schedule = training.schedule?.kind ?? settings.text("schedule") ?? ""
        let rate = settings.real("rate").map { Quantity.text($0) } ?? ""
        let most = training.advance == nil ? "" : "≤"
        return RecipeStageFace(
          name: most + stage.name, kind: nil, steps: training.steps,
          tokens: tokens(training),
          rate: schedule.isEmpty ? rate : "\(rate) \(schedule)", sequence: training.sequence)
      }, shown: state.stage,
      running: state.isRunning && state.isOwnRecipe ? state.history.stages.last?.stage : nil,
      cursor: state.row(.stages), plan: plan, isStale: state.isPlanStale,
      sweep: state.recipe.sweepCount)
    if let lines = unreadable(state) { pane.emptyLines = lines }
    return pane
  }

  private static func ledger(_ state: WorkbenchState) -> LedgerPane {
    var notes: [(String, String)] = []
    if let training = state.recipe.training(state.stage) {
      notes = [
        ("rows     ", "\(training.rows) × \(Format.tokens(training.sequence))"),
        ("packing  ", training.pack.kind), ("positions", training.positions.kind),
        ("rope     ", training.rope.kind), ("select   ", training.select.kind),
      ]
    }
    var pane = LedgerPane(
      weights: state.recipe.mix(state.stage), cursor: state.row(.ledger), tokens: tokens(state),
      kinds: state.report?.sources ?? [:], notes: notes, ledger: given(state))
    if let lines = unreadable(state) { pane.emptyLines = lines }
    return pane
  }

  /// What the run gave in the shown stage; nil when it has no such stage or has not begun it.
  private static func given(_ state: WorkbenchState) -> LedgerRecord? {
    guard state.isOwnRecipe, let stages = state.recipe.recipe?.stages,
      stages.indices.contains(state.stage),
      state.history.stages.contains(where: {
        $0.stage == state.stage && $0.name == stages[state.stage].name
      })
    else { return nil }
    return state.history.ledgers[state.stage]
  }
}
