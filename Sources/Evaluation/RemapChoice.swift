import Models
public import Positions
public import Support

/// The change of positions that an evaluation works under, as a recipe or a command names it.
public struct RemapChoice: Sendable, Equatable {
  /// Name for positions as they are.
  public static let none = "none"

  /// Settings of an evaluation, by prefix `remap`.
  public static let settings = [
    Setting(
      "remap", .choice([none] + positionRemaps.descriptions.map(\.name)), default: .text(none),
      help: "Change of positions at inference; `needlepoint describe remap` tells of each. Slower.",
      applies: .nextStep),
    Setting(
      "remap_window", .size(1...(1 << 24)), default: nil, help: "Its `window`.",
      applies: .nextStep),
    Setting(
      "remap_group", .integer(1...1_000_000), default: nil, help: "Its `group`.",
      applies: .nextStep),
    Setting(
      "remap_chunk", .size(2...(1 << 24)), default: nil, help: "Its `chunk`.",
      applies: .nextStep),
  ]

  private let name: String
  private let given: [String: SettingsValue]

  /// Positions as they are.
  public init() {
    name = Self.none
    given = [:]
  }

  /// Reads the settings of an evaluation.
  ///
  /// - Throws: `UserError` when the kind has no such setting or refuses it.
  public init(_ values: SettingsValues) throws {
    name = values.text("remap") ?? Self.none
    var given: [String: SettingsValue] = [:]
    for setting in Self.settings.dropFirst() {
      given[String(setting.key.dropFirst("remap_".count))] = values.values[setting.key]
    }
    self.given = given
    let kind = positionRemaps.descriptions.first { $0.name == name }
    for key in given.keys.sorted() where kind?.settings.contains(where: { $0.key == key }) != true {
      throw UserError(
        "evaluation", "remap \(name) has no setting \(key)", remedy: "Leave it out.")
    }
    _ = try make()
  }

  /// Ways to count positions; 0 when they stay as they are.
  var regionCount: Int {
    get throws { try make()?.regions(length: 1, trainedContext: 2).count ?? 0 }
  }

  /// The change of positions; nil for none.
  ///
  /// - Throws: `UserError` when the kind refuses its settings.
  public func make() throws -> (any PositionRemap)? {
    name == Self.none ? nil : try positionRemaps.make(name, given)
  }
}

extension Transformer {
  /// Runs `body` under a change of positions.
  func under<Result>(
    _ choice: RemapChoice, trainedContext: Int, _ body: () throws -> Result
  ) throws -> Result {
    let before = remap
    defer { remap = before }
    remap = try choice.make().map { PositionRemapping($0, trainedContext: trainedContext) }
    return try body()
  }
}
