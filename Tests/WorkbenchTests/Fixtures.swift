import Panes
import Queues
import Records
import Recipes
import Support
import Synchronization
import Terminal
import Workbench

/// Fixed recipes, runs and reports; nothing here depends on time, place or chance.
enum Fixtures {
  static let vocabulary = RecipeVocabulary([
    .model: [KindDescription("llama", "A decoder.")],
    .pack: [KindDescription("documents", "Documents fill rows.")],
    .rope: [
      KindDescription("none", "The model's own frequencies."),
      KindDescription(
        "abf", "A raised base.",
        settings: [
          Setting(
            "base", .real(1.000_001...1e15), default: nil,
            help: "Rotary base before the transform; the model's own when absent.",
            applies: .nextStage)
        ]),
      KindDescription(
        "yarn", "Blended by wavelength.",
        settings: [
          Setting("factor", .real(1...1e6), default: nil, help: "How many times longer.")
        ]),
    ],
    .positions: [
      KindDescription("plain", "0, 1, 2 and so on."),
      KindDescription("pit", "Skips between sentences over the whole target."),
    ],
    .optimizer: [
      KindDescription(
        "adamw", "AdamW.",
        settings: [
          Setting(
            "rate", .real(0...10), default: .real(1e-3), help: "Learning rate at the peak.",
            applies: .nextStep),
          Setting(
            "schedule", .choice(["constant", "linear", "cosine"]), default: .text("cosine"),
            help: "How the rate falls."),
          Setting("warmup", .integer(0...1_000_000), default: .integer(0), help: "Steps."),
        ])
    ],
    .source: [
      KindDescription("stories", "Long stories."), KindDescription("code", "Code-like files."),
      KindDescription("pages", "Short pages."), KindDescription("questions", "Questions."),
    ],
    .evaluate: [
      KindDescription(
        "needle", "The heatmap.",
        settings: [
          Setting(
            "every", .integer(0...1_000_000), default: .integer(0), help: "Steps.",
            applies: .nextStep),
          Setting(
            "lengths", .sizes(1...(1 << 30)), default: .integers([256, 4_096]),
            help: "Context lengths in tokens.",
            applies: .nextStep),
        ])
    ],
  ])

  static let text = """
    name: longrecipe-256-to-4k
    base: base-256.h5
    target: 4096
    seed: 1
    stages:
      - name: extend
        steps: 200
        tokens_per_step: 16k
        sequence: 1228
        mix: { stories: 0.4, code: 0.3, pages: 0.1, questions: 0.2 }
        rope: { kind: abf, base: 160k }
        positions: { kind: pit }
        optimizer: { kind: adamw, rate: 1e-3, warmup: 20 }
      - { name: merge, kind: merge, with: base, weight: 0.5 }
    evaluate:
      - { kind: needle, every: 25 }
    """

  static let recipes = [
    RecipeListing(
      name: "002-half-window", summary: "Does half the window do?",
      path: "experiments/002-half-window")
  ]

  static let otherText = """
    name: half-window
    base: base-256.h5
    target: 4096
    seed: 1
    stages:
      - name: extend
        steps: 100
        tokens_per_step: 16k
        sequence: 2048
        mix: { stories: 1 }
        rope: { kind: abf, base: 160k }
        positions: { kind: plain }
        optimizer: { kind: adamw, rate: 1e-3 }
    """

  static func document() throws -> RecipeDocument {
    try RecipeDocument(text: text, file: "recipe.yaml")
  }

  static let report = PlanReport(
    plan: RecipePlanFace(
      tokens: 3_192_800, flops: 1.4e14, peakBytes: 310 << 20, seconds: nil, faults: []),
    model: ModelFacts(
      summary: "base-256.h5, 5.1M parameters", trainedContext: 256, headWidth: 64, ropeBase: 10_000),
    sources: [
      "stories": "long stories with facts", "code": "code-like files", "pages": "short pages",
      "questions": "questions after facts",
    ])

  /// Documents of a source, and two rows of two documents each with a skip between sentences.
  static let feed: [String: FedStage] = [
    "extend": FedStage(
      facts: [
        "stories": SourceFacts(lengths: [1_229, 1_229, 800], passTokens: nil),
        "code": SourceFacts(lengths: [90, 300, 700, 1_100, 5_000], passTokens: 700_000),
        "pages": SourceFacts(lengths: [40, 120, 200, 260], passTokens: 12_000),
      ],
      samples: [
        "stories": [
          "The keeper of the lighthouse wrote that the storm broke the great lens.\nYears later "
            + "Mara found the ledger and read it by candle light, twice, until the oil was gone.",
          "In the mill by the river the miller kept the number 5526 under a stone.",
        ]
      ],
      rows: ["stories", "code"].map { source in
        let words =
          ("The keeper wrote that the storm of 1893 broke it . Years later Mara found the ledger "
          + "and read it . The code was 5526 , inked twice .").split(separator: " ").map(
            String.init)
        let skipped = words.indices.map { Int32($0 < 11 ? $0 : $0 < 21 ? $0 + 313 : $0 + 4_000) }
        return FedRow(
          source: source, words: words, own: .init(kind: "pit", ids: skipped),
          kinds: [
            .init(kind: "plain", ids: words.indices.map(Int32.init)),
            .init(kind: "pit", ids: skipped),
          ], isLearnt: words.indices.map { $0 < 11 || $0 > 13 },
          documentStarts: words.indices.map { $0 < 21 ? 0 : 21 })
      })
  ]

  /// A base, and the merge of it with the end of a run.
  static let models = [
    ModelFile(path: "runs/base-256.h5", step: 1500),
    ModelFile(
      path: "runs/merge-016.h5", step: 200,
      parents: ["/home/me/runs/016-pose/step-000000000200.h5", "/home/me/runs/base-256.h5"],
      weight: 0.5),
  ]

  /// The sweep of a document; the first run is there already.
  static func sweep(_ document: RecipeDocument) throws -> PlannedSweep {
    let recipe = try document.recipe(vocabulary)
    guard let sweep = recipe.sweep else { throw UserError("recipe.yaml", "it has no sweep") }
    return PlannedSweep(
      sweep, name: recipe.name,
      runs: try document.sweepRuns(vocabulary, checksPaths: false).enumerated().map { index, run in
        PlannedSweep.Run(
          run, name: "long-\(run.arm)-\(run.seed)", steps: recipe.plannedSteps,
          folder: index == 0 ? "runs/016-pose" : nil, isDone: index == 0,
          records: index == 0 ? records(through: 120) : [])
      })
  }

  /// A table in which every arm is a little worse than the one before.
  static func table(arms: [String], runs: [String]) -> SweepTable {
    SweepTable(
      arms: arms,
      results: runs.enumerated().map { index, arm in
        let place = arms.firstIndex(of: arm) ?? 0
        let right = Proportion(48 - 16 * place - index % 2, of: 50)
        return (
          arm,
          [
            .needle(
              NeedleRecord(
                step: 200, task: "keyed", length: 4096, depth: 0, correct: right.correct,
                trials: 50, score: right.score, low: right.low, high: right.high)),
            .done(
              DoneRecord(
                status: "done", path: "", seconds: 71, tokens: 3_192_800, flops: 1.4e14,
                final: [NamedNumber("loss.4096", 1.9 + 0.1 * Double(place) + 0.01 * Double(index))]
              )),
          ]
        )
      })
  }

  /// A sweep of two arms by two seeds in every state: whole, in work, waiting.
  static func sweeping() throws -> WorkbenchState {
    var state = try state()
    _ = state.reduce(.set(path: "name", value: "long"))
    for line in ["stages.0.rope.base=160k,500k", "seeds=1,2"] {
      _ = state.reduce(.vary)
      _ = state.press(.control("u"))
      for key in line { _ = state.press(.character(key)) }
      _ = state.press(.enter)
    }
    _ = state.received(sweep: Result { try sweep(state.recipe.document) })
    guard case .begin(let id)? = state.advanceQueue(at: 0).first else { return state }
    state.began(id, StartedRun(NoRun(), folder: "runs/017-longrecipe", trained: 256))
    _ = state.receive(records(through: 60), state: .training)
    state.received(table: table(arms: state.queue.sweepArms, runs: ["base_160k"]))
    return state
  }

  /// The same when all is over: one run failed, the others are whole.
  static func swept() throws -> WorkbenchState {
    var state = try sweeping()
    _ = state.receive(records(through: 120), state: .finished)
    for (index, ending) in [RunState.finished, .failed("no room on the disk")].enumerated() {
      guard case .begin(let id)? = state.advanceQueue(at: 0).first else { return state }
      state.began(id, StartedRun(NoRun(), folder: "runs/02\(index)", trained: 256))
      _ = state.receive(records(through: 120), state: ending)
    }
    state.received(
      table: table(arms: state.queue.sweepArms, runs: ["base_160k", "base_160k", "base_500k"]))
    return state
  }

  /// The workbench on the recipe, planned, with no run.
  static func state() throws -> WorkbenchState {
    var state = WorkbenchState(try document(), vocabulary: vocabulary)
    state.planned(report, of: state.recipe.document.text)
    state.received(feed: .success(feed), of: state.recipe.document.text)
    _ = state.received(runs: runs)
    state.received(models: models)
    return state
  }

  /// The fields of a recipe that differs from `text` in some of them.
  static func fields(_ changes: [(path: String, value: String)] = []) -> [RecipeField] {
    let document = try? changes.reduce(document()) { try $0.setting($1.path, to: $1.value) }
    return (try? document?.fields(vocabulary)) ?? []
  }

  /// A run of `runs`, read back: 016 has higher losses and other settings than 017; 014 has no step.
  static func past(_ path: String) -> PastRun? {
    guard let summary = runs.first(where: { $0.path == path }) else { return nil }
    var history = RunHistory()
    let isOther = path.contains("016")
    for record in path.contains("014") ? [] : records(through: isOther ? 150 : 120) {
      if case .step(var step) = record, isOther {
        step.loss += 0.1
        history.apply(.step(step))
      } else {
        history.apply(record)
      }
    }
    return PastRun(summary: summary, history: history, trained: 256, target: 4096)
  }

  static let runs: [RunSummary] = [
    RunSummary(
      path: "runs/017-longrecipe", name: "017-longrecipe-256-to-4k", when: "21 Nov 12:41",
      status: "running", steps: 120, tokens: 1_915_680, loss: 1.92, needle: Proportion(49, of: 100),
      seconds: 41, base: "/home/me/runs/016-pose/step-000000000150.h5", fields: fields()),
    RunSummary(
      path: "runs/016-pose", name: "016-pose", when: "21 Nov 11:02", status: "done", steps: 200,
      tokens: 3_192_800, loss: 1.99, needle: Proportion(86, of: 100), seconds: 71,
      checkpoints: ["runs/016-pose/step-000000000200.h5", "runs/016-pose/step-000000000150.h5"],
      base: "runs/base-256.h5",
      fields: fields([
        ("stages.0.rope.base", "500k"), ("stages.0.optimizer.rate", "2e-3"),
        ("stages.0.mix.stories", "0.5"), ("stages.0.mix.code", "0.2"),
      ])),
    RunSummary(
      path: "runs/014-base-500k", name: "014-base-500k", when: "20 Nov 18:30", status: "failed",
      steps: 12, tokens: 191_568, loss: nil, needle: nil, seconds: 4,
      failure: "runs/014-base-500k/records.jsonl: no room on the disk. Free 38.0 MiB."),
  ]

  /// A deterministic wobble in -1...1.
  static func wobble(_ step: Int) -> Double {
    Double((step &* 7919 &+ 13) % 101) / 50 - 1
  }

  /// The records of a run up to a step.
  static func records(through last: Int) -> [RunRecord] {
    var records: [RunRecord] = [
      .plan(
        PlanRecord(
          stages: 2, tokens: 3_192_800, flops: 1.4e14, peakBytes: 310 << 20, diskBytes: 60 << 20,
          seconds: nil)),
      .stage(StageRecord(step: 0, stage: 0, name: "extend", steps: 200, text: "")),
    ]
    for step in 1...max(1, last) where step <= last {
      let base = 1.6 + 3.2 / (1 + Double(step) / 18)
      let loss = base + 0.25 * wobble(step) + (step == 93 ? 1.8 : 0)
      records.append(
        .step(
          StepRecord(
            step: step, stage: 0, loss: loss,
            learningRate: step < 20 ? 5e-5 * Double(step) : 1e-3 * (1.05 - Double(step) / 200),
            gradientNorm: 0.8 + 0.2 * wobble(step * 3) + (step == 93 ? 3 : 0),
            tokens: step * 15_964,
            tokensPerSecond: 46_000 + 900 * wobble(step * 5), seconds: Double(step) * 0.347,
            waitSeconds: 0.001,
            lossBySource: [
              NamedNumber("stories", loss + 0.1), NamedNumber("code", loss - 0.7),
              NamedNumber("pages", loss + 0.4), NamedNumber("questions", loss * 0.5),
            ])))
      if step % 10 == 0 { records.append(ledger(step: step)) }
      if step % 25 == 0 {
        records += needle(step: step, cells: step == 100 && last == 100 ? 34 : 70)
      }
      if step % 50 == 0 {
        records.append(
          .checkpoint(
            CheckpointRecord(step: step, path: "step-\(step).h5", bytes: 38 << 20)))
      }
      if step == 60 {
        records.append(
          .edit(EditRecord(step: 60, path: "learning_rate", old: "0.001", new: "8e-4")))
      }
    }
    return records
  }

  /// What the four sources gave by a step; the pages are short of the tokens asked for.
  static func ledger(step: Int) -> RunRecord {
    let shares = [
      ("stories", 0.404, 0), ("code", 0.301, 0), ("pages", 0.092, 3), ("questions", 0.203, 0),
    ]
    let sources = shares.map { name, share, epochs in
      LedgerRecord.Source(
        name: name, askedTokens: share * Double(step * 15_964),
        tokens: Int(share * Double(step * 15_964)), epochs: epochs, croppedTokens: step * 21)
    }
    let replay = sources.map { source in
      LedgerRecord.Source(
        name: source.name, askedTokens: source.askedTokens / 10, tokens: source.tokens / 10,
        epochs: 0, croppedTokens: 7)
    }
    return .ledger(LedgerRecord(step: step, stage: 0, sources: sources, replay: replay))
  }

  static let lengths = [256, 512, 1024, 1536, 2048, 3072, 4096]

  /// The first `cells` cells of the evaluation at a step: recall grows with training and falls with
  /// length.
  static func needle(step: Int, cells: Int) -> [RunRecord] {
    var records: [RunRecord] = []
    for length in lengths {
      for row in 0..<10 {
        let reach = 0.2 + 1.1 * Double(step) / 150 - 0.25 * Double(length) / 4096
        let share = length == 256 ? 1 : min(1, max(0, reach + 0.1 * wobble(row * 31 + length)))
        let trials = 10
        let correct = Int((share * Double(trials)).rounded())
        let proportion = Proportion(correct, of: trials)
        let answers = (0..<trials).map { index in
          NeedleAnswer(
            key: "mill", expected: "\(5526 + index)",
            answered: index < correct ? "\(5526 + index)" : "garden",
            logProbability: index < correct ? -0.05 : -2.5,
            excerpt: "In the mill by the river the miller kept the number \(5526 + index) "
              + "under a stone, and nobody asked.")
        }
        records.append(
          .needle(
            NeedleRecord(
              step: step, task: "keyed", length: length, depth: Double(row) / 9, correct: correct,
              trials: trials, score: proportion.score, low: proportion.low, high: proportion.high,
              answers: answers)))
      }
    }
    return Array(records.prefix(cells))
  }

  /// A run that trains and stands at a step.
  static func running(through step: Int) throws -> WorkbenchState {
    var state = try state()
    state.started(name: "017-longrecipe-256-to-4k")
    _ = state.receive(records(through: step), state: .training)
    return state
  }
}

/// A run that says nothing of itself: tests tell the state what it would have said.
final class NoRun: RunControl {
  func send(_ command: RunCommand) {}
  func drain() -> [RunRecord] { [] }
  var state: RunState { .training }
  func onNews(_ wake: @escaping @Sendable () -> Void) {}
}
