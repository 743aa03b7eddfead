import Corpora
import Positions
import Recipes
import Support

extension DataPreview {
  /// The position ids of the first rows of each stage that trains, by every kind of positions.
  ///
  /// The rows are the same under each kind, so that what the kinds do to them can be compared. Kinds have
  /// their defaults, but for the stage's own.
  ///
  /// - Parameters:
  ///   - run: a recipe made ready.
  ///   - rows: how many rows.
  /// - Returns: for each stage by its name, kind by kind, the ids of each row, [T].
  /// - Throws: `UserError` when a source can no longer be read.
  public static func positions(
    _ run: PreparedRun, rows: Int
  ) throws -> [String: [(kind: String, ids: [[Int32]])]] {
    var result: [String: [(kind: String, ids: [[Int32]])]] = [:]
    for stage in run.stages {
      guard let training = stage.training else { continue }
      result[stage.settings.name] = try positions(training, target: run.recipe.target, rows: rows)
    }
    return result
  }

  private static func positions(
    _ training: TrainingWork, target: Int, rows: Int
  ) throws -> [(kind: String, ids: [[Int32]])] {
    let settings = training.settings
    let own = settings.positions
    // Rows that bring their own ids take no others.
    let isGiven = training.stream.sources.contains { $0.source.readyMade?.hasPositions == true }
    let kinds = isGiven ? [own.kind] : indexTransforms.descriptions.map(\.name)
    return try kinds.map { kind in
      let transform = try indexTransforms.make(kind, kind == own.kind ? own.settings.values : [:])
      var stream = training.stream.with(
        positions: StageBuilder.rule(transform, target: max(target, settings.sequence)))
      var ids: [[Int32]] = []
      while ids.count < rows {
        let batch = try stream.next()
        for row in 0..<batch.rows where ids.count < rows {
          ids.append(Array(batch.positions[row * batch.length..<(row + 1) * batch.length]))
        }
      }
      return (kind: kind, ids: ids)
    }
  }
}
