import Support

/// What a run will take, told before it starts.
public struct PlanRecord: Sendable, Equatable {
  /// Number of stages.
  public var stages: Int
  /// Tokens trained on in all stages.
  public var tokens: Int
  /// Floating point operations of the training.
  public var flops: Double
  /// Predicted peak of resident memory, in bytes.
  public var peakBytes: Int
  /// Bytes that the run folder will take.
  public var diskBytes: Int
  /// Predicted wall time; nil until a speed was measured.
  public var seconds: Double?
  /// What the backward pass computes again: `none`, `selective` or `full`.
  public var recompute: String
  /// Weights of the model; 0 in older logs.
  public var parameters: Int
  /// Weights that the stage with the most of them trains; 0 in older logs.
  public var trained: Int

  /// A record of these values.
  public init(
    stages: Int,
    tokens: Int,
    flops: Double,
    peakBytes: Int,
    diskBytes: Int,
    seconds: Double?,
    recompute: String = "none",
    parameters: Int = 0,
    trained: Int = 0
  ) {
    self.stages = stages
    self.tokens = tokens
    self.flops = flops
    self.peakBytes = peakBytes
    self.diskBytes = diskBytes
    self.seconds = seconds
    self.recompute = recompute
    self.parameters = parameters
    self.trained = trained
  }
}

extension PlanRecord: RecordFields {
  static var event: String { "plan" }

  var pairs: [(key: String, value: JSONValue)] {
    [
      ("stages", .integer(stages)),
      ("tokens", .integer(tokens)),
      ("flops", .number(flops)),
      ("peak_bytes", .integer(peakBytes)),
      ("disk_bytes", .integer(diskBytes)),
      ("seconds", .optional(seconds)),
      ("recompute", .text(recompute)),
      ("parameters", .integer(parameters)),
      ("trained_parameters", .integer(trained)),
    ]
  }

  init?(_ reader: FieldReader) {
    guard
      let stages = reader.integer("stages"),
      let tokens = reader.integer("tokens"),
      let flops = reader.number("flops"),
      let peakBytes = reader.integer("peak_bytes"),
      let diskBytes = reader.integer("disk_bytes")
    else { return nil }
    self.init(
      stages: stages,
      tokens: tokens,
      flops: flops,
      peakBytes: peakBytes,
      diskBytes: diskBytes,
      seconds: reader.number("seconds"),
      recompute: reader.text("recompute") ?? "none",
      parameters: reader.integer("parameters") ?? 0,
      trained: reader.integer("trained_parameters") ?? 0)
  }
}

/// A stage that begins, and the step that it begins at.
public struct StageRecord: Sendable, Equatable {
  /// Optimizer steps done in the whole run.
  public var step: Int
  /// Number of the stage, from 0.
  public var stage: Int
  /// The stage's name.
  public var name: String
  /// Steps planned; nil when it ends on a skill.
  public var steps: Int?
  /// What changed, as a sentence.
  public var text: String

  /// A record of these values.
  public init(
    step: Int,
    stage: Int,
    name: String,
    steps: Int?,
    text: String
  ) {
    self.step = step
    self.stage = stage
    self.name = name
    self.steps = steps
    self.text = text
  }
}

extension StageRecord: RecordFields {
  static var event: String { "stage" }

  var pairs: [(key: String, value: JSONValue)] {
    [
      ("step", .integer(step)),
      ("stage", .integer(stage)),
      ("name", .text(name)),
      ("steps", .optional(steps)),
      ("text", .text(text)),
    ]
  }

  init?(_ reader: FieldReader) {
    guard
      let step = reader.integer("step"),
      let stage = reader.integer("stage"),
      let name = reader.text("name"),
      let text = reader.text("text")
    else { return nil }
    self.init(
      step: step,
      stage: stage,
      name: name,
      steps: reader.integer("steps"),
      text: text)
  }
}

/// One optimizer step.
public struct StepRecord: Sendable, Equatable {
  /// Optimizer steps done in the whole run.
  public var step: Int
  /// Number of the stage, from 0.
  public var stage: Int
  /// Mean loss over the step's targets, in nats.
  public var loss: Double
  /// Learning rate of the step.
  public var learningRate: Double
  /// Global norm of the gradient before clipping.
  public var gradientNorm: Double
  /// Tokens trained on so far.
  public var tokens: Int
  /// Tokens of this step by its wall time.
  public var tokensPerSecond: Double
  /// Training time since the start, without pauses.
  public var seconds: Double
  /// Time of the step in which the engine waited for its batches; nil in logs of older programs.
  public var waitSeconds: Double?
  /// Highest resident memory of the process so far, in bytes; nil in logs of older programs.
  public var peakBytes: Int?
  /// Mean loss of each source in the step, in nats.
  public var lossBySource: [NamedNumber]
  /// Mean loss of each token role in the step, in nats.
  public var lossByRole: [NamedNumber]
  /// Mean loss by position ids in buckets that double, in nats; empty in logs of older programs.
  public var lossByPosition: [NamedNumber]

  /// A record of these values.
  public init(
    step: Int,
    stage: Int,
    loss: Double,
    learningRate: Double,
    gradientNorm: Double,
    tokens: Int,
    tokensPerSecond: Double,
    seconds: Double,
    waitSeconds: Double? = nil,
    peakBytes: Int? = nil,
    lossBySource: [NamedNumber],
    lossByRole: [NamedNumber] = [],
    lossByPosition: [NamedNumber] = []
  ) {
    self.step = step
    self.stage = stage
    self.loss = loss
    self.learningRate = learningRate
    self.gradientNorm = gradientNorm
    self.tokens = tokens
    self.tokensPerSecond = tokensPerSecond
    self.seconds = seconds
    self.waitSeconds = waitSeconds
    self.peakBytes = peakBytes
    self.lossBySource = lossBySource
    self.lossByRole = lossByRole
    self.lossByPosition = lossByPosition
  }
}

extension StepRecord: RecordFields {
  static var event: String { "step" }

  var pairs: [(key: String, value: JSONValue)] {
    [
      ("step", .integer(step)),
      ("stage", .integer(stage)),
      ("loss", .number(loss)),
      ("learning_rate", .number(learningRate)),
      ("gradient_norm", .number(gradientNorm)),
      ("tokens", .integer(tokens)),
      ("tokens_per_second", .number(tokensPerSecond)),
      ("seconds", .number(seconds)),
      ("wait_seconds", .optional(waitSeconds)),
      ("peak_bytes", .optional(peakBytes)),
      ("loss_by_source", lossBySource.json),
      ("loss_by_role", lossByRole.json),
      ("loss_by_position", lossByPosition.json),
    ]
  }

  init?(_ reader: FieldReader) {
    guard
      let step = reader.integer("step"),
      let stage = reader.integer("stage"),
      let loss = reader.number("loss"),
      let learningRate = reader.number("learning_rate"),
      let gradientNorm = reader.number("gradient_norm"),
      let tokens = reader.integer("tokens"),
      let tokensPerSecond = reader.number("tokens_per_second"),
      let seconds = reader.number("seconds")
    else { return nil }
    self.init(
      step: step,
      stage: stage,
      loss: loss,
      learningRate: learningRate,
      gradientNorm: gradientNorm,
      tokens: tokens,
      tokensPerSecond: tokensPerSecond,
      seconds: seconds,
      waitSeconds: reader.number("wait_seconds"),
      peakBytes: reader.integer("peak_bytes"),
      lossBySource: reader.numbers("loss_by_source"),
      lossByRole: reader.numbers("loss_by_role"),
      lossByPosition: reader.numbers("loss_by_position"))
  }
}
