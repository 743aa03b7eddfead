import Corpora
import Evaluation
import Models
import Positions
public import Recipes
import Support
import Training

extension RecipeVocabulary {
  /// Every kind of this program, from all catalogues.
  public static let needlepoint = RecipeVocabulary([
    .model: [LlamaShape.kind],
    .tokenizer: Tokenizers.catalog.descriptions,
    .pack: Packers.catalog.descriptions,
    .rope: frequencyTransforms.descriptions,
    .positions: indexTransforms.descriptions,
    .select: Selections.catalog.descriptions,
    .train: trainedParts.descriptions,
    .optimizer: optimizers.descriptions,
    .source: SourceKinds.catalog.descriptions,
    .evaluate: evaluationTasks.descriptions,
    .remap: positionRemaps.descriptions,
  ])
}
