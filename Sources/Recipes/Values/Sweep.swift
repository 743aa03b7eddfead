/// Variants of a recipe that are trained one after another and compared.
public struct Sweep: Sendable, Equatable {
  /// One variant.
  public struct Arm: Sendable, Equatable {
    /// Its name; part of the names of its runs.
    public let name: String
    /// What it changes: key paths and values as a recipe writes them.
    public let changes: [Change]
    /// Line in the recipe; 0 when it was made by a grid or on the command line.
    public let line: Int
  }

  /// A field and its value.
  public struct Change: Sendable, Equatable {
    /// Key path, such as `stages.extend.rope.base`.
    public let path: String
    /// The value as a recipe writes it.
    public let value: String
  }

  /// When an arm is hopeless.
  public struct Abandon: Sendable, Equatable {
    /// Share of the steps after which arms are judged.
    public let after: Double
    /// Share of the best arm's right answers, at the same step, that an arm must reach.
    public let below: Double
  }

  /// Seeds of each arm.
  public var seeds: [Int]
  /// The variants; the first is what the others are compared with.
  public var arms: [Arm]
  /// When arms are given up early; nil for never.
  public var abandon: Abandon?
  /// Wall time after which no further run is begun, in seconds; nil for no limit.
  public var seconds: Double?

  /// The first seed that stands twice in a list, where one run would count twice; nil when all differ.
  public static func repeatedSeed(_ seeds: [Int]) -> Int? {
    var seen = Set<Int>()
    return seeds.first { !seen.insert($0).inserted }
  }

  /// Every combination of the values of some fields, named by the values.
  ///
  /// - Parameter fields: at least one field with at least one value each.
  /// - Returns: the arms; the last field changes fastest.
  public static func grid(_ fields: [(path: String, values: [String])]) -> [Arm] {
    var combinations: [[Change]] = [[]]
    for field in fields {
      combinations = combinations.flatMap { before in
        field.values.map { before + [Change(path: field.path, value: $0)] }
      }
    }
    return combinations.map { changes in
      Arm(name: changes.map(word).joined(separator: "-"), changes: changes, line: 0)
    }
  }

  /// A change as part of a name: the last key and the value, letters and digits only.
  private static func word(_ change: Change) -> String {
    let key = change.path.split(separator: ".").last.map(String.init) ?? ""
    let value = change.value.map { $0.isLetter || $0.isNumber || $0 == "." ? $0 : "_" }
    return key + "_" + String(value)
  }
}
