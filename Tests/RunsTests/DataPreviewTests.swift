import Kernels
import Models
import Records
import Runs
import TestSupport
import Testing

/// What is shown of a recipe's data against what the engine is fed.
struct DataPreviewTests {
  /// The loss of the first step tells which tokens, ids and borders it was fed.
  @Test(arguments: ["plain", "pit", "pose", "randpos"])
  func theShownRowsAreThoseThatAreTrained(kind: String) throws {
    let place = try TemporaryFolder()
    let document = try RunCase.document(
      RunCase.small.replacing("feed_forward: 64,", with: "feed_forward: 64, init_std: 0.4,")
        .replacing("mix: {", with: "positions: \(kind)\n    pack: documents\n    mix: {"))
    let prepared = try PreparedRun(document)
    let rows = try DataPreview.all(prepared, documents: 2, rows: 2)[0].rows
    let kinds = try #require(try DataPreview.positions(prepared, rows: 2)["learn"])
    #expect(kinds.map(\.kind) == ["plain", "pit", "pose", "randpos"])
    #expect(kinds.first { $0.kind == kind }?.ids == rows.map(\.positions))

    func loss(_ positions: [Int32]) -> Double {
      let input = ModelInput(
        rows: 2, length: 32, tokens: rows.flatMap(\.tokens), positions: positions,
        documentStarts: rows.flatMap(\.documentStarts))
      let targets = rows.flatMap { zip($0.targets, $0.isLearnt).map { $1 ? $0 : -1 } }
      let losses = prepared.transformer.losses(input, targets: targets)
      return losses.reduce(0) { $0 + Double($1) } / Double(targets.count { $0 >= 0 })
    }
    let follower = Follower(try TrainingRun(document, parent: place.path))
    let trained = try #require(follower.steps.first?.loss)
    #expect(abs(loss(rows.flatMap(\.positions)) - trained) < 1e-4)
    let other = kinds.first { ($0.kind == "plain") != (kind == "plain") }?.ids.flatMap { $0 } ?? []
    #expect(abs(loss(other) - trained) > 1e-3, "the ids make no difference")
  }
}
