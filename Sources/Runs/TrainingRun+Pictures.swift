import Models
import Pictures
import Recipes
import Records

extension TrainingRun {
  /// Leaves the final needle cells as pictures in the run folder: `heatmap.svg` and `heatmap.txt`.
  ///
  /// A picture that cannot be written is told and does not fail the run: the numbers are in the log.
  func drawHeatmap(_ cells: [NeedleRecord]) {
    guard !cells.isEmpty else { return }
    let map = Heatmap(
      cells, source: "\(prepared.recipe.name), seed \(prepared.recipe.seed), step \(progress.step)",
      trainedContext: prepared.description.shape.trainedContext,
      targetContext: prepared.recipe.target)
    for ending in ["svg", "txt"] {
      do {
        try PictureFile.write(map, to: "\(folder)/heatmap.\(ending)")
      } catch {
        warn("\(error)")
      }
    }
  }
}
