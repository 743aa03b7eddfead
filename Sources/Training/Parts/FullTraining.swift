public import Models
public import Support

/// All weights are trained.
public struct FullTraining: TrainedPart {
  /// `full`.
  public static let kind = KindDescription("full", "All weights are trained.")

  /// Takes no settings.
  public init(_ values: SettingsValues) throws {}

  /// None.
  public func adapters(for shape: LlamaShape) throws -> AdapterPlan? { nil }
  /// Nothing to merge.
  public var mergesAtEnd: Bool { false }
}
