import Support

/// How serious a notice is.
public enum NoticeLevel: String, Sendable, Equatable {
  case info
  case warning
  case error
}

/// A checkpoint that was committed.
public struct CheckpointRecord: Sendable, Equatable {
  /// Its step.
  public var step: Int
  /// Its file.
  public var path: String
  /// Its size in bytes.
  public var bytes: Int

  /// A record of these values.
  public init(
    step: Int,
    path: String,
    bytes: Int
  ) {
    self.step = step
    self.path = path
    self.bytes = bytes
  }
}

extension CheckpointRecord: RecordFields {
  static var event: String { "checkpoint" }

  var pairs: [(key: String, value: JSONValue)] {
    [
      ("step", .integer(step)),
      ("path", .text(path)),
      ("bytes", .integer(bytes)),
    ]
  }

  init?(_ reader: FieldReader) {
    guard
      let step = reader.integer("step"),
      let path = reader.text("path"),
      let bytes = reader.integer("bytes")
    else { return nil }
    self.init(
      step: step,
      path: path,
      bytes: bytes)
  }
}

/// A change made by a person while the run trains.
public struct EditRecord: Sendable, Equatable {
  /// The step from which it holds.
  public var step: Int
  /// Key path of the changed setting.
  public var path: String
  /// Value before.
  public var old: String
  /// Value from now on.
  public var new: String

  /// A record of these values.
  public init(
    step: Int,
    path: String,
    old: String,
    new: String
  ) {
    self.step = step
    self.path = path
    self.old = old
    self.new = new
  }
}

extension EditRecord: RecordFields {
  static var event: String { "edit" }

  var pairs: [(key: String, value: JSONValue)] {
    [
      ("step", .integer(step)),
      ("path", .text(path)),
      ("old", .text(old)),
      ("new", .text(new)),
    ]
  }

  init?(_ reader: FieldReader) {
    guard
      let step = reader.integer("step"),
      let path = reader.text("path"),
      let old = reader.text("old"),
      let new = reader.text("new")
    else { return nil }
    self.init(
      step: step,
      path: path,
      old: old,
      new: new)
  }
}

/// Something worth telling.
public struct NoticeRecord: Sendable, Equatable {
  /// How serious it is.
  public var level: NoticeLevel
  /// One sentence.
  public var text: String
  /// The step that a stopped run goes on from; nil in all other notices.
  public var resumedStep: Int?

  /// A record of these values.
  public init(
    level: NoticeLevel,
    text: String,
    resumedStep: Int? = nil
  ) {
    self.level = level
    self.text = text
    self.resumedStep = resumedStep
  }
}

extension NoticeRecord: RecordFields {
  static var event: String { "notice" }

  var pairs: [(key: String, value: JSONValue)] {
    [
      ("level", .text(level.rawValue)),
      ("text", .text(text)),
    ] + (resumedStep.map { [("resumed_step", .integer($0))] } ?? [])
  }

  init?(_ reader: FieldReader) {
    guard
      let level = reader.text("level").flatMap(NoticeLevel.init),
      let text = reader.text("text")
    else { return nil }
    self.init(
      level: level,
      text: text,
      resumedStep: reader.integer("resumed_step"))
  }
}

/// The end of a run.
public struct DoneRecord: Sendable, Equatable {
  /// `done`, `stopped` or `failed`.
  public var status: String
  /// Its last checkpoint.
  public var path: String
  /// Training time.
  public var seconds: Double
  /// Tokens trained on.
  public var tokens: Int
  /// Floating point operations done.
  public var flops: Double
  /// Final metrics by name.
  public var final: [NamedNumber]
  /// Highest resident memory of the process, in bytes; nil in logs of older programs.
  public var peakBytes: Int?

  /// A record of these values.
  public init(
    status: String,
    path: String,
    seconds: Double,
    tokens: Int,
    flops: Double,
    final: [NamedNumber],
    peakBytes: Int? = nil
  ) {
    self.status = status
    self.path = path
    self.seconds = seconds
    self.tokens = tokens
    self.flops = flops
    self.final = final
    self.peakBytes = peakBytes
  }
}

extension DoneRecord: RecordFields {
  static var event: String { "done" }

  var pairs: [(key: String, value: JSONValue)] {
    [
      ("status", .text(status)),
      ("path", .text(path)),
      ("seconds", .number(seconds)),
      ("tokens", .integer(tokens)),
      ("flops", .number(flops)),
      ("final", final.json),
      ("peak_bytes", .optional(peakBytes)),
    ]
  }

  init?(_ reader: FieldReader) {
    guard
      let status = reader.text("status"),
      let path = reader.text("path"),
      let seconds = reader.number("seconds"),
      let tokens = reader.integer("tokens"),
      let flops = reader.number("flops")
    else { return nil }
    self.init(
      status: status,
      path: path,
      seconds: seconds,
      tokens: tokens,
      flops: flops,
      final: reader.numbers("final"),
      peakBytes: reader.integer("peak_bytes"))
  }
}
