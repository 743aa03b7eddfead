import Support

/// One trial of a needle cell: what the text said and what the model answered.
public struct NeedleAnswer: Sendable, Equatable {
  /// The key that was asked for.
  public var key: String
  /// The value in the text.
  public var expected: String
  /// The model's answer.
  public var answered: String
  /// Natural logarithm of the probability that the model gave the expected value.
  public var logProbability: Double
  /// The words around the needle, for the drill-down.
  public var excerpt: String
  /// Share of its attention that each layer and head gives the needle where it foretells the answer,
  /// [layer][head]; empty when unknown.
  public var attention: [[Double]]

  /// Whether the answer is right.
  public var isCorrect: Bool { expected == answered }

  /// A trial of these values.
  public init(
    key: String, expected: String, answered: String, logProbability: Double, excerpt: String,
    attention: [[Double]] = []
  ) {
    self.key = key
    self.expected = expected
    self.answered = answered
    self.logProbability = logProbability
    self.excerpt = excerpt
    self.attention = attention
  }

  init?(_ value: JSONValue) {
    guard let key = value["key"]?.textValue, let expected = value["expected"]?.textValue,
      let answered = value["answered"]?.textValue
    else { return nil }
    let layers = value["attention"]?.listValue ?? []
    self.init(
      key: key, expected: expected, answered: answered,
      logProbability: value["log_probability"]?.numberValue ?? .nan,
      excerpt: value["excerpt"]?.textValue ?? "",
      attention: layers.map { ($0.listValue ?? []).map { $0.numberValue ?? .nan } })
  }

  var json: JSONValue {
    var pairs: [(key: String, value: JSONValue)] = [
      ("key", .text(key)), ("expected", .text(expected)), ("answered", .text(answered)),
      ("log_probability", .number(logProbability)), ("excerpt", .text(excerpt)),
    ]
    if !attention.isEmpty {
      let layers = attention.map { JSONValue.list($0.map(JSONValue.number)) }
      pairs.append((key: "attention", value: .list(layers)))
    }
    return .object(pairs)
  }
}

/// One cell of a needle heatmap.
public struct NeedleRecord: Sendable, Equatable {
  /// Step of the evaluation; nil outside training.
  public var step: Int?
  /// `keyed` or `single`.
  public var task: String
  /// Context length, in tokens.
  public var length: Int
  /// Place of the needle, 0 (start) to 1 (end).
  public var depth: Double
  /// Trials answered right.
  public var correct: Int
  /// Trials made.
  public var trials: Int
  /// Correct by trials.
  public var score: Double
  /// Lower end of the 95 % Wilson interval.
  public var low: Double
  /// Upper end of the 95 % Wilson interval.
  public var high: Double
  /// What was expected and answered, trial by trial.
  public var answers: [NeedleAnswer]

  /// A record of these values.
  public init(
    step: Int?,
    task: String,
    length: Int,
    depth: Double,
    correct: Int,
    trials: Int,
    score: Double,
    low: Double,
    high: Double,
    answers: [NeedleAnswer] = []
  ) {
    self.step = step
    self.task = task
    self.length = length
    self.depth = depth
    self.correct = correct
    self.trials = trials
    self.score = score
    self.low = low
    self.high = high
    self.answers = answers
  }
}

extension NeedleRecord: RecordFields {
  static var event: String { "needle" }

  var pairs: [(key: String, value: JSONValue)] {
    [
      ("step", .optional(step)),
      ("task", .text(task)),
      ("length", .integer(length)),
      ("depth", .number(depth)),
      ("correct", .integer(correct)),
      ("trials", .integer(trials)),
      ("score", .number(score)),
      ("low", .number(low)),
      ("high", .number(high)),
      ("answers", .list(answers.map(\.json))),
    ]
  }

  init?(_ reader: FieldReader) {
    guard
      let task = reader.text("task"),
      let length = reader.integer("length"),
      let depth = reader.number("depth"),
      let correct = reader.integer("correct"),
      let trials = reader.integer("trials"),
      let score = reader.number("score"),
      let low = reader.number("low"),
      let high = reader.number("high")
    else { return nil }
    self.init(
      step: reader.integer("step"),
      task: task,
      length: length,
      depth: depth,
      correct: correct,
      trials: trials,
      score: score,
      low: low,
      high: high,
      answers: reader.value("answers")?.listValue?.compactMap(NeedleAnswer.init) ?? [])
  }
}

/// One figure of an evaluation.
public struct EvaluationRecord: Sendable, Equatable {
  /// Step of the evaluation; nil outside training.
  public var step: Int?
  /// The task, such as `loss`.
  public var task: String
  /// What is measured, with its unit.
  public var metric: String
  /// The figure.
  public var value: Double
  /// Lower end of the 95 % interval.
  public var low: Double
  /// Upper end of the 95 % interval.
  public var high: Double
  /// Number of samples.
  public var samples: Int

  /// A record of these values.
  public init(
    step: Int?,
    task: String,
    metric: String,
    value: Double,
    low: Double,
    high: Double,
    samples: Int
  ) {
    self.step = step
    self.task = task
    self.metric = metric
    self.value = value
    self.low = low
    self.high = high
    self.samples = samples
  }
}

extension EvaluationRecord: RecordFields {
  static var event: String { "evaluation" }

  var pairs: [(key: String, value: JSONValue)] {
    [
      ("step", .optional(step)),
      ("task", .text(task)),
      ("metric", .text(metric)),
      ("value", .number(value)),
      ("low", .number(low)),
      ("high", .number(high)),
      ("samples", .integer(samples)),
    ]
  }

  init?(_ reader: FieldReader) {
    guard
      let task = reader.text("task"),
      let metric = reader.text("metric"),
      let value = reader.number("value"),
      let low = reader.number("low"),
      let high = reader.number("high"),
      let samples = reader.integer("samples")
    else { return nil }
    self.init(
      step: reader.integer("step"),
      task: task,
      metric: metric,
      value: value,
      low: low,
      high: high,
      samples: samples)
  }
}
