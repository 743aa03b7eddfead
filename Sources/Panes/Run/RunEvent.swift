/// What an event line is about; decides its mark.
public enum EventMark: Sendable, Equatable, CaseIterable {
  case stage
  case checkpoint
  case evaluation
  case edit
  case notice
  case warning
  case failure
  case finished
}

/// One line of the event list.
public struct RunEvent: Sendable, Equatable {
  /// Step at which it happened.
  public let step: Int
  /// What it is about.
  public let mark: EventMark
  /// One short sentence without a full stop.
  public let text: String

  /// An event of these values.
  public init(step: Int, mark: EventMark, text: String) {
    self.step = step
    self.mark = mark
    self.text = text
  }
}
