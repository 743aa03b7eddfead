public import Support

/// One event of a run: what is printed with `--json`, kept in `records.jsonl` and drawn on the screen.
public enum RunRecord: Sendable, Equatable {
  case plan(PlanRecord)
  case stage(StageRecord)
  case step(StepRecord)
  case ledger(LedgerRecord)
  case needle(NeedleRecord)
  case evaluation(EvaluationRecord)
  case checkpoint(CheckpointRecord)
  case edit(EditRecord)
  case notice(NoticeRecord)
  case done(DoneRecord)

  /// The value in each case, by what they share.
  private var fields: any RecordFields {
    switch self {
    case .plan(let record): record
    case .stage(let record): record
    case .step(let record): record
    case .ledger(let record): record
    case .needle(let record): record
    case .evaluation(let record): record
    case .checkpoint(let record): record
    case .edit(let record): record
    case .notice(let record): record
    case .done(let record): record
    }
  }

  /// One JSON object on one line, the key `event` first.
  public var jsonLine: String { jsonLine(with: []) }

  /// The same with more keys behind its own, for streams of several runs.
  public func jsonLine(with more: [(key: String, value: JSONValue)]) -> String {
    let record = fields
    return JSONValue.object(
      [("event", .text(type(of: record).event))] + record.pairs + more
    ).line
  }

  /// Reads one line; nil when it is torn, no JSON, or an event of a newer version.
  public init?(jsonLine: String) {
    guard let value = try? JSONValue(parsing: jsonLine), let event = value["event"]?.textValue
    else { return nil }
    func read<R: RecordFields>(_ type: R.Type, _ make: (R) -> RunRecord) -> RunRecord? {
      R(FieldReader(value)).map(make)
    }
    let record: RunRecord? =
      switch event {
      case PlanRecord.event: read(PlanRecord.self) { .plan($0) }
      case StageRecord.event: read(StageRecord.self) { .stage($0) }
      case StepRecord.event: read(StepRecord.self) { .step($0) }
      case LedgerRecord.event: read(LedgerRecord.self) { .ledger($0) }
      case NeedleRecord.event: read(NeedleRecord.self) { .needle($0) }
      case EvaluationRecord.event: read(EvaluationRecord.self) { .evaluation($0) }
      case CheckpointRecord.event: read(CheckpointRecord.self) { .checkpoint($0) }
      case EditRecord.event: read(EditRecord.self) { .edit($0) }
      case NoticeRecord.event: read(NoticeRecord.self) { .notice($0) }
      case DoneRecord.event: read(DoneRecord.self) { .done($0) }
      default: nil
      }
    guard let record else { return nil }
    self = record
  }
}

/// What every record can do: name its event, list its keys in order, read them back.
protocol RecordFields: Sendable, Equatable {
  static var event: String { get }
  var pairs: [(key: String, value: JSONValue)] { get }
  init?(_ reader: FieldReader)
}

/// Reads the keys of one JSON object by type.
struct FieldReader {
  private let object: JSONValue

  init(_ object: JSONValue) {
    self.object = object
  }

  func integer(_ key: String) -> Int? { object[key]?.integerValue }
  func number(_ key: String) -> Double? { object[key]?.numberValue }
  func text(_ key: String) -> String? { object[key]?.textValue }
  func value(_ key: String) -> JSONValue? { object[key] }

  /// An object whose values are numbers, in its order.
  func numbers(_ key: String) -> [NamedNumber] {
    (object[key]?.objectValue ?? []).compactMap { pair in
      pair.value.numberValue.map { NamedNumber(pair.key, $0) }
    }
  }
}

/// A number with the name of what it measures.
public struct NamedNumber: Sendable, Equatable {
  /// What is measured: a source, a metric.
  public let name: String
  /// The number.
  public let value: Double

  /// Names a number.
  public init(_ name: String, _ value: Double) {
    self.name = name
    self.value = value
  }
}

extension [NamedNumber] {
  /// As a JSON object, in order.
  var json: JSONValue { .object(map { ($0.name, .number($0.value)) }) }
}

extension JSONValue {
  /// A number, or null when there is none.
  static func optional(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
  /// A whole number, or null when there is none.
  static func optional(_ value: Int?) -> JSONValue { value.map { .integer($0) } ?? .null }
}
