import Corpora
import Positions

/// What a format for other programs cannot tell of a model.
enum Losses {
  /// A sentence for each.
  static func sentences(_ model: PlainModel, element: TensorElement) -> [String] {
    var sentences: [String] = []
    if model.tokenizer is WorldTokenizer {
      sentences.append(
        "The tokenizer is that of the miniature world, which only Needlepoint has and which is not "
          + "here: feed token numbers. Needlepoint itself goes on from the checkpoint, not from this folder."
      )
    }
    if model.rotary.startTokens > 0 {
      sentences.append(
        "The first \(model.rotary.startTokens) positions keep their angles of before the extension "
          + "(start_tokens); here all positions turn alike.")
    }
    if element != .float32 {
      sentences.append(
        "Weights are written as \(element.torchName), rounded to nearest even; Needlepoint keeps float32."
      )
    }
    return sentences
  }

  /// The page that lies beside the model.
  static func text(_ sentences: [String]) -> String {
    let list =
      sentences.isEmpty
      ? "Nothing: sizes, angles, weights and tokenizer are all here.\n"
      : sentences.map { "- \($0)\n" }.joined()
    return """
      # What this folder does not tell

      Made by Needlepoint. Optimizer state, cursors and the recipe stay in the run folder.

      \(list)
      """
  }
}
