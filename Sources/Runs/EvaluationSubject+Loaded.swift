import Corpora
public import Evaluation
import Models
import RunStore
import Support

extension EvaluationSubject {
  /// Sources whose held-out rows measure the loss of a model of the miniature world.
  private static let worldSources = [
    Stories.kind.name, Code.kind.name, Pages.kind.name, Tables.kind.name, Questions.kind.name,
  ]

  /// A saved model, measured on the miniature world or on a text.
  ///
  /// - Parameters:
  ///   - loaded: the model.
  ///   - data: file or folder of text: a haystack, and its held-out end for losses; nil for the
  ///     miniature world.
  /// - Throws: `UserError` when the text cannot be read or the model reads no text.
  public init(_ loaded: LoadedModel, data: String?) throws {
    let tokenizer = loaded.tokenizer
    let haystack = try data.map { path in
      guard tokenizer.readsAnyText else {
        throw UserError(
          path, "the model reads words of the miniature world only",
          remedy: "Use a model trained on text, or name no text.")
      }
      return try TextFiles.tokens(path: path, by: tokenizer)
    }
    self.init(
      model: loaded.transformer, tokenizer: tokenizer,
      trainedContext: loaded.firstTrainedContext, haystack: haystack
    ) { length, seed in
      let kinds: [(name: String, source: any SourceKind)]
      if let data {
        kinds = [("text", try TextFiles(SettingsValues(["path": .text(data)], declared: [])))]
      } else if tokenizer is WorldTokenizer {
        kinds = try Self.worldSources.map { ($0, try SourceKinds.catalog.make($0)) }
      } else {
        throw UserError(
          "evaluation", "no text to measure a loss on", remedy: "Name one with --data.")
      }
      let sources = try kinds.map { name, kind in
        WeightedSource(
          name: name, weight: 1,
          source: try kind.open(
            SourceOpening(name: name, split: .evaluation, seed: seed, tokenizer: tokenizer)))
      }
      return try BatchStream(heldOut: sources, length: length, seed: seed, tokenizer: tokenizer)
    }
  }
}

extension LoadedModel {
  /// The context that the model was trained at before its run, which may have extended it.
  public var firstTrainedContext: Int {
    let progress = try? RunProgress(json: contents.state, path: path)
    return progress?.start.shape.trainedContext ?? description.shape.trainedContext
  }
}
