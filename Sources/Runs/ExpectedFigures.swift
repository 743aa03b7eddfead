import Foundation
public import Records
import Support

/// What an experiment's run should end with, `expected.json` in its folder.
///
/// Runs of other machines, precisions and numbers of threads sum in another order, so that a figure is held
/// within a tolerance; the experiment's README says what the figures were made with.
public struct ExpectedFigures: Sendable, Equatable {
  /// One figure of the run's end.
  public struct Figure: Sendable, Equatable {
    /// Its name, such as `needle.keyed.4096`.
    public let metric: String
    /// What it should be.
    public let value: Double
    /// By how much it may differ, at most.
    public let tolerance: Double
  }

  /// A figure held against a run.
  public struct Check: Sendable, Equatable {
    /// What was expected.
    public let figure: Figure
    /// What the run ended with; nil when it has no such figure.
    public let found: Double?

    /// True when the run's figure is there and near enough.
    public var isWithin: Bool {
      found.map { abs($0 - figure.value) <= figure.tolerance } ?? false
    }
  }

  /// The name of the file.
  public static let fileName = "expected.json"

  /// The figures.
  public let figures: [Figure]

  /// Reads the file of an experiment's folder.
  ///
  /// - Throws: `UserError` when it is missing or a figure lacks a number.
  public init(experiment folder: String) throws {
    let path = (folder as NSString).appendingPathComponent(Self.fileName)
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw UserError(
        path, "no readable file",
        remedy: "Name an experiment's folder that has one; needlepoint run needs none.")
    }
    try self.init(text, path: path)
  }

  /// Reads the text of such a file: an object of metrics, each with `value` and `tolerance`.
  package init(_ text: String, path: String) throws {
    let json = try JSONValue(text, file: path)
    guard let pairs = json["figures"]?.objectValue, !pairs.isEmpty else {
      throw UserError(
        "\(path): figures", "no object of figures found",
        remedy: #"Write {"figures": {"loss.256": {"value": 1.77, "tolerance": 0.03}}}."#)
    }
    figures = try pairs.map { metric, value in
      guard let number = value["value"]?.numberValue, number.isFinite,
        let tolerance = value["tolerance"]?.numberValue, tolerance.isFinite, tolerance >= 0
      else {
        throw UserError(
          "\(path): figures.\(metric)", "value and tolerance are needed, \(value.line) found",
          remedy: #"Write {"value": 1.77, "tolerance": 0.03}."#)
      }
      return Figure(metric: metric, value: number, tolerance: tolerance)
    }
  }

  /// Holds the figures against the end of a run.
  public func checks(_ done: DoneRecord) -> [Check] {
    figures.map { figure in
      Check(figure: figure, found: done.final.first { $0.name == figure.metric }?.value)
    }
  }
}
