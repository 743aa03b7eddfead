import Support

// Commands and states as lines, for a screen in another process.

extension RunCommand {
  /// The command as one JSON object on one line.
  public var jsonLine: String {
    let pairs: [(key: String, value: JSONValue)] =
      switch self {
      case .pause: [("command", .text("pause"))]
      case .resume: [("command", .text("resume"))]
      case .step: [("command", .text("step"))]
      case .stop: [("command", .text("stop"))]
      case .abandon: [("command", .text("abandon"))]
      case .checkpoint: [("command", .text("checkpoint"))]
      case .evaluate: [("command", .text("evaluate"))]
      case .setLearningRate(let rate):
        [("command", .text("set_learning_rate")), ("rate", .number(rate))]
      case .scaleLearningRate(let factor):
        [("command", .text("scale_learning_rate")), ("factor", .number(factor))]
      case .setWeight(let source, let weight):
        [
          ("command", .text("set_weight")), ("source", .text(source)), ("weight", .number(weight)),
        ]
      case .set(let path, let value):
        [("command", .text("set")), ("path", .text(path)), ("value", .text(value))]
      }
    return JSONValue.object(pairs).line
  }

  /// Reads what `jsonLine` wrote; nil for anything else.
  public init?(jsonLine: String) {
    guard let value = try? JSONValue(parsing: jsonLine), let name = value["command"]?.textValue
    else { return nil }
    switch name {
    case "pause": self = .pause
    case "resume": self = .resume
    case "step": self = .step
    case "stop": self = .stop
    case "abandon": self = .abandon
    case "checkpoint": self = .checkpoint
    case "evaluate": self = .evaluate
    case "set_learning_rate":
      guard let rate = value["rate"]?.numberValue else { return nil }
      self = .setLearningRate(rate)
    case "scale_learning_rate":
      guard let factor = value["factor"]?.numberValue else { return nil }
      self = .scaleLearningRate(factor)
    case "set_weight":
      guard let source = value["source"]?.textValue, let weight = value["weight"]?.numberValue
      else { return nil }
      self = .setWeight(source: source, weight: weight)
    case "set":
      guard let path = value["path"]?.textValue, let text = value["value"]?.textValue
      else { return nil }
      self = .set(path: path, value: text)
    default: return nil
    }
  }
}

extension RunState {
  private static let words: [(state: RunState, word: String)] = [
    (.preparing, "preparing"), (.training, "training"), (.evaluating, "evaluating"),
    (.paused, "paused"), (.stopping, "stopping"), (.finished, "finished"), (.stopped, "stopped"),
  ]

  /// The state as one JSON object on one line.
  public var jsonLine: String {
    if case .failed(let reason) = self {
      return JSONValue.object([("state", .text("failed")), ("reason", .text(reason))]).line
    }
    let word = Self.words.first { $0.state == self }?.word ?? ""
    return JSONValue.object([("state", .text(word))]).line
  }

  /// Reads what `jsonLine` wrote; nil for anything else.
  public init?(jsonLine: String) {
    guard let value = try? JSONValue(parsing: jsonLine), let word = value["state"]?.textValue
    else { return nil }
    if word == "failed" {
      self = .failed(value["reason"]?.textValue ?? "")
      return
    }
    guard let known = Self.words.first(where: { $0.word == word }) else { return nil }
    self = known.state
  }
}
