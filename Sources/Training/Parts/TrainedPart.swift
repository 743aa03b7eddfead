public import Models
public import Support

/// Which weights a stage trains.
public protocol TrainedPart: CatalogKind {
  /// The adapters to train; nil when the weights themselves are trained.
  ///
  /// - Parameter shape: the model's sizes.
  /// - Returns: the adapters.
  /// - Throws: `UserError` when the adapters do not fit the model.
  func adapters(for shape: LlamaShape) throws -> AdapterPlan?
  /// True when adapters are merged into the weights at the end of the stage.
  var mergesAtEnd: Bool { get }
}

/// Every part that a recipe's `train` may name.
public let trainedParts = Catalog<any TrainedPart>(
  "train", [FullTraining.self, LowRankAdapters.self, PackedAdapters.self])
