/// One setting of a kind: the single declaration that recipe validation, `describe` and the
/// workbench's form are made from.
public struct Setting: Sendable, Equatable {
  /// Type and valid range of a setting.
  public enum Form: Sendable, Equatable {
    /// A whole number, such as a count of layers.
    case integer(ClosedRange<Int>)
    /// A number of tokens; `4k` is 4,096 and `2^12` too (binary prefixes).
    case size(ClosedRange<Int>)
    /// A real number; `10k` is 10,000 and `3M` is 3,000,000 (decimal prefixes).
    case real(ClosedRange<Double>)
    /// true or false.
    case flag
    /// Free text.
    case text
    /// One of a list of words.
    case choice([String])
    /// A path, relative to the recipe's file when it exists there.
    case path
    /// Several sizes in tokens.
    case sizes(ClosedRange<Int>)
    /// Several real numbers.
    case reals(ClosedRange<Double>)
    /// Several of a list of words, each once.
    case words([String])
  }

  /// When a change takes effect, told by the engine and shown by the workbench.
  public enum Applies: String, Sendable, Equatable {
    case nextStep = "next step"
    case nextStage = "next stage"
    case newRun = "new run"
  }

  /// The key in the recipe, snake_case.
  public let key: String
  /// Type and range.
  public let form: Form
  /// The value when the recipe is silent; nil when it is required, or derived (see `help`).
  public let defaultValue: SettingsValue?
  /// True when the recipe must give it.
  public let isRequired: Bool
  /// What it does, with its unit, in one sentence.
  public let help: String
  /// Paper and section it comes from; empty for our own.
  public let source: String
  /// When a change takes effect.
  public let applies: Applies

  /// Declares a setting with a default; a nil default means that it is derived when absent.
  public init(
    _ key: String, _ form: Form, default value: SettingsValue?, help: String, source: String = "",
    applies: Applies = .newRun
  ) {
    self.init(
      key: key, form: form, defaultValue: value, isRequired: false, help: help, source: source,
      applies: applies)
  }

  /// Declares a setting that a recipe must give.
  public init(
    required key: String, _ form: Form, help: String, source: String = "",
    applies: Applies = .newRun
  ) {
    self.init(
      key: key, form: form, defaultValue: nil, isRequired: true, help: help, source: source,
      applies: applies)
  }

  private init(
    key: String, form: Form, defaultValue: SettingsValue?, isRequired: Bool, help: String,
    source: String, applies: Applies
  ) {
    self.key = key
    self.form = form
    self.defaultValue = defaultValue
    self.isRequired = isRequired
    self.help = help
    self.source = source
    self.applies = applies
  }
}

/// A checked value of a setting.
public enum SettingsValue: Sendable, Equatable {
  case integer(Int)
  case real(Double)
  case flag(Bool)
  case text(String)
  case integers([Int])
  case reals([Double])
  case texts([String])
}

/// The checked settings of one component; what the recipe leaves out has its declared default.
public struct SettingsValues: Sendable, Equatable {
  /// Values by key.
  public private(set) var values: [String: SettingsValue]

  /// Given values over the defaults of a declaration.
  public init(_ given: [String: SettingsValue], declared: [Setting]) {
    values = [:]
    for setting in declared { values[setting.key] = setting.defaultValue }
    values.merge(given) { _, new in new }
  }

  /// A whole number or size; nil when absent.
  public func integer(_ key: String) -> Int? {
    switch values[key] {
    case .integer(let value): value
    case .real(let value): Int(exactly: value)
    default: nil
    }
  }

  /// A real number; whole numbers count too; nil when absent.
  public func real(_ key: String) -> Double? {
    switch values[key] {
    case .real(let value): value
    case .integer(let value): Double(value)
    default: nil
    }
  }

  /// A truth value; nil when absent.
  public func flag(_ key: String) -> Bool? {
    if case .flag(let value) = values[key] { value } else { nil }
  }

  /// A text, choice or path; nil when absent.
  public func text(_ key: String) -> String? {
    if case .text(let value) = values[key] { value } else { nil }
  }

  /// Several whole numbers; nil when absent.
  public func integers(_ key: String) -> [Int]? {
    if case .integers(let value) = values[key] { value } else { nil }
  }

  /// Several words; nil when absent.
  public func texts(_ key: String) -> [String]? {
    if case .texts(let values) = values[key] { values } else { nil }
  }

  /// Several real numbers; nil when absent.
  public func reals(_ key: String) -> [Double]? {
    switch values[key] {
    case .reals(let value): value
    case .integers(let value): value.map(Double.init)
    default: nil
    }
  }
}
