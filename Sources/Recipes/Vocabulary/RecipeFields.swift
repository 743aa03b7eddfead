public import Support

/// The settings of the recipe itself; what a kind declares is in its own catalogue.
public enum RecipeFields {
  /// Tokens of a context or a step.
  static let tokens = 1...(1 << 30)

  /// Settings at the top of the recipe.
  public static let top: [Setting] = [
    Setting(
      "name", .text, default: nil, help: "Name of the experiment; the file's name when absent."),
    Setting("summary", .text, default: nil, help: "One sentence: the question it answers."),
    Setting(
      "base", .path, default: nil,
      help: "Checkpoint or model folder to start from; without it `model` is needed."),
    Setting(required: "target", .size(tokens), help: "Context to reach, in tokens."),
    Setting(
      "seed", .integer(0...Int.max), default: .integer(1),
      help: "Seed of every random draw of the run."),
    Setting(
      "precision", .choice(["float32", "bfloat16"]), default: .text("float32"),
      help: "Number format of the training."),
    Setting(
      "threads", .integer(1...1024), default: nil, help: "Threads; all processors when absent."),
  ]

  /// Settings of `checkpoint`.
  public static let checkpoint: [Setting] = [
    Setting(
      "every", .integer(1...1_000_000_000), default: nil,
      help: "Steps between checkpoints; only at the end of each stage when absent."),
    Setting(
      "keep", .integer(1...10_000), default: .integer(3),
      help: "How many checkpoints stay on disk."),
  ]

  /// Settings of `memory`.
  public static let memory: [Setting] = [
    Setting(
      "recompute", .choice(Recipe.Recompute.allCases.map(\.rawValue)), default: .text("auto"),
      help: "Activations that the backward pass computes again instead of keeping them: none; all "
        + "but attention; all; auto: the first that fits into half of the machine's memory.",
      source: "Chen et al., arXiv:1604.06174, section 4")
  ]

  /// Settings of a stage that trains.
  public static let trainStage: [Setting] = [
    Setting(
      "steps", .integer(0...1_000_000_000), default: nil,
      help: "Optimizer steps; one of steps, tokens and advance is needed.", applies: .nextStep),
    Setting(
      "tokens", .size(1...(1 << 50)), default: nil,
      help: "Tokens to train on; the last step is whole.", applies: .nextStep),
    Setting(
      "tokens_per_step", .size(tokens), default: nil,
      help: "Tokens of one optimizer step, at least one row; one row when absent."),
    Setting(
      "sequence", .size(1...(1 << 30)), default: nil,
      help: "Row length in tokens; the target when absent."),
    Setting(
      "moments", .choice(["keep", "reset"]), default: .text("keep"),
      help: "Whether the optimizer's moments go on from the stage before; those of adapters are "
        + "always fresh.", applies: .nextStage),
  ]

  /// Settings of `window`.
  public static let window: [Setting] = [
    Setting(
      "start", .size(1...(1 << 30)), default: .integer(32),
      help: "Tokens that attention sees at the first step, in blocks of the row.",
      source: "SkyLadder (arXiv:2503.15450), section 4", applies: .nextStage),
    Setting(
      "growth", .real(0...1e9), default: .real(0.125), help: "Tokens more at each step.",
      source: "SkyLadder (arXiv:2503.15450), section 4", applies: .nextStage),
    Setting(
      "end", .size(1...(1 << 30)), default: nil, help: "Tokens at most; the row when absent.",
      applies: .nextStage),
  ]

  /// Settings of a stage that averages weights.
  public static let mergeStage: [Setting] = [
    Setting(
      required: "with", .text,
      help: "What to average with: base, the name of an earlier stage, or a checkpoint's path."),
    Setting(
      "weight", .real(-1...2), default: .real(0.5),
      help: "Share of `with`; the rest is the model as trained so far. Below 0 and above 1 the "
        + "weights are extrapolated."),
  ]

  /// Settings of `loss`.
  public static let loss: [Setting] = [
    Setting(
      "average", .choice(["tokens", "rows", "fixed"]), default: .text("tokens"),
      help: "tokens: all targets of the step alike; rows: each row alike; fixed: their sum over "
        + "`count`.", applies: .nextStage),
    Setting(
      "count", .size(tokens), default: nil,
      help: "Tokens that the step's sum is divided by, for `average: fixed` only; "
        + "tokens_per_step when absent.", applies: .nextStage),
    Setting(
      "on", .choice(["all", "answers"]), default: .text("all"),
      help: "all: every target is learnt; answers: only answers and repeated tokens are.",
      applies: .nextStage),
    Setting(
      "answer_weight", .real(0...1000), default: .real(1),
      help: "Weight of answer tokens; text tokens weigh 1.", applies: .nextStage),
  ]

  /// Settings of `replay`.
  public static let replay: [Setting] = [
    Setting(
      required: "share", .real(0...1),
      help: "Share of the steps that train on ordinary short rows with plain positions.",
      applies: .nextStage),
    Setting(
      "sequence", .size(tokens), default: nil,
      help: "Length of those rows in tokens; the base's trained context when absent.",
      applies: .nextStage),
  ]

  /// Settings of `advance`.
  public static let advance: [Setting] = [
    Setting(
      "on", .choice(["answer", "recall", "loss"]), default: .text("answer"),
      help: "Loss that is watched: of answer tokens, of repeated tokens, or of all."),
    Setting(
      required: "below", .real(0...1000),
      help: "The stage ends when the exponential average falls below this, in nats.",
      applies: .nextStep),
    Setting(
      "average", .real(0...0.999_999), default: .real(0.9),
      help: "Share of the old value in the exponential average.", applies: .nextStep),
    Setting(
      "min_steps", .integer(0...1_000_000_000), default: .integer(0),
      help: "Fewest steps of the stage.", applies: .nextStep),
    Setting(
      required: "max_steps", .integer(1...1_000_000_000), help: "Most steps of the stage.",
      applies: .nextStep),
    Setting(
      "at_limit", .choice(["fail", "go_on"]), default: .text("fail"),
      help: "What reaching max_steps means.", applies: .nextStep),
  ]

  /// Settings of `sweep` beside its arms.
  public static let sweep: [Setting] = [
    Setting(
      "seeds", .sizes(0...Int.max), default: nil, help: "Seeds of each arm; 1, 2 and 3 when absent."
    ),
    Setting(
      "minutes", .real(0...1e6), default: nil,
      help: "Wall time after which no further run is begun; no limit when absent."),
  ]

  /// Settings of `sweep.abandon`.
  public static let abandon: [Setting] = [
    Setting(
      "after", .real(0...1), default: .real(0.5),
      help: "Share of the steps after which an arm is judged."),
    Setting(
      "below", .real(0...1), default: .real(0.5),
      help: "An arm is given up when it has less than this share of the best arm's right answers."),
  ]

  /// A weight of a mix.
  public static let weight = Setting(
    "weight", .real(0...1e9), default: nil,
    help: "Share of the tokens that come from this source, relative to the others.",
    applies: .nextStep)

  /// The name of a stage.
  public static let stageName = Setting(
    "name", .text, default: nil, help: "Name of the stage; stage-1 and so on when absent.")

  /// What a stage does.
  public static let stageKind = Setting(
    "kind", .choice(["train", "merge"]), default: .text("train"),
    help: "train, or merge: average the weights with another checkpoint.")

  /// Groups of a train stage beside its settings and components.
  static let groups = ["mix", "loss", "replay", "window", "advance"]
  /// Components of a train stage, in the order they are written.
  static let stageSlots: [RecipeVocabulary.Slot] = [
    .pack, .rope, .positions, .select, .train, .optimizer,
  ]
  /// Keys of the recipe that are not settings.
  static let topGroups = [
    "model", "tokenizer", "checkpoint", "memory", "defaults", "stages", "evaluate",
    "sources", "sweep",
  ]
}
