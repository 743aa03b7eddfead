import Corpora
import Kernels
import ModelTestSupport
import Models
import Support
import Tensors
import TestSupport
import Testing
import Training

/// Steps that train adapters, and steps under a growing window.
struct AdapterTrainingTests {
  private static let plan = AdapterPlan(
    rank: 4, alpha: 8, targets: [.query, .value], norms: true)

  @Test func threeStepsGiveTheAdaptersOfPyTorch() throws {
    let golden = try GoldenAdapters.read()
    let llama = try GoldenLlama()
    let model = try GoldenModel.adapted(golden, pool: ThreadPool(threads: 2))
    let trainer = Trainer(
      model,
      optimizer: try optimizers.make("adamw", ["beta2": .real(0.95), "clip": .real(1)]))
    for step in 0..<golden.steps {
      let (tokens, targets, positions, weights) = llama.batch(step: step)
      var batch = Batch(
        rows: GoldenLlama.rows, length: GoldenLlama.length, sourceNames: ["golden"])
      batch.tokens = tokens
      batch.targets = targets
      batch.positions = positions
      batch.documentStarts = llama.documentStarts
      batch.roles = zip(targets, weights).map { $0 < 0 ? .ignored : $1 > 1 ? .answer : .text }
      batch.sources = tokens.map { _ in 0 }
      _ = trainer.step(
        [batch], learningRate: golden.rate, loss: LossSettings(answerWeight: 4))
    }
    for entry in model.trained.layout.entries {
      let worst = GoldenModel.difference(
        Array(model.trained.view(entry)), golden["after/" + entry.name].map { Float($0) })
      #expect(worst < 1e-3, "\(entry.name): \(worst)")
    }
  }

  @Test(arguments: [false, true])
  func onlyTheAdaptersChange(isPacked: Bool) throws {
    let trainer = try TrainingCase.trainer()
    var plan = Self.plan
    plan.isPacked = isPacked
    trainer.attach(plan, seed: 1)
    let before = trainer.transformer.weights
    let weights = TrainingCase.parameters(trainer)
    let adapters = Array(trainer.transformer.trained.values.buffer)
    for step in 0..<3 { _ = trainer.step([TrainingCase.batch(step)], learningRate: 1e-2) }
    #expect(TrainingCase.parameters(trainer) == weights)
    #expect(trainer.transformer.weights.packed == before.packed)
    #expect(before.packed.isEmpty != isPacked)
    let after = Array(trainer.transformer.trained.values.buffer)
    #expect(zip(after, adapters).contains { $0 != $1 })
    #expect(trainer.moments?.first.count == adapters.count)
  }

  @Test(arguments: [false, true])
  func theSameBitsComeOutAgainAndAfterASave(isPacked: Bool) throws {
    var plan = Self.plan
    plan.isPacked = isPacked
    func trainer() throws -> Trainer {
      let trainer = try TrainingCase.trainer()
      trainer.attach(plan, seed: 1)
      for step in 0..<3 { _ = trainer.step([TrainingCase.batch(step)], learningRate: 1e-2) }
      return trainer
    }
    let straight = try trainer()
    let before = try trainer()
    let after = try TrainingCase.trainer()
    try after.restore(
      before.transformer.weights, plan, moments: before.moments, updates: before.updates)
    for step in 3..<6 {
      let first = straight.step([TrainingCase.batch(step)], learningRate: 1e-2)
      #expect(first == after.step([TrainingCase.batch(step)], learningRate: 1e-2))
    }
    #expect(
      Array(straight.transformer.trained.values.buffer)
        == Array(after.transformer.trained.values.buffer))
  }

  @Test(arguments: [false, true])
  func adaptersLearnABatch(isPacked: Bool) throws {
    let trainer = try TrainingCase.trainer()
    var plan = AdapterPlan(
      rank: 8, alpha: 16, targets: AdapterTarget.allCases, embeddings: true)
    plan.isPacked = isPacked
    trainer.attach(plan, seed: 1)
    let batch = TrainingCase.batch(0)
    let first = trainer.step([batch], learningRate: 1e-2).loss
    for _ in 0..<150 { _ = trainer.step([batch], learningRate: 1e-2) }
    let last = trainer.step([batch], learningRate: 1e-2).loss
    #expect(first > 3 && last < 0.3, "\(first) to \(last)")
  }

  @Test func aResetForgetsTheMoments() throws {
    let kept = try TrainingCase.trainer()
    let reset = try TrainingCase.trainer()
    for trainer in [kept, reset] {
      _ = trainer.step([TrainingCase.batch(0)], learningRate: 1e-2)
    }
    reset.resetMoments()
    #expect(reset.moments == nil && reset.updates == 0)
    for trainer in [kept, reset] {
      _ = trainer.step([TrainingCase.batch(1)], learningRate: 1e-2)
    }
    #expect(reset.updates == 1 && kept.updates == 2)
    #expect(TrainingCase.parameters(kept) != TrainingCase.parameters(reset))
  }
}

/// SkyLadder's window: who sees whom at which step.
struct AttentionWindowTests {
  private static let window = AttentionWindow(start: 3, growth: 0.5, end: 8)

  @Test func itGrowsWithTheStepUpToItsEnd() {
    let sizes = [0, 1, 2, 3, 9, 10, 11, 500].map { Self.window.size(step: $0) }
    #expect(sizes == [3, 3, 4, 4, 7, 8, 8, 8])
    #expect(AttentionWindow(start: 5, growth: 0, end: 9).size(step: 1_000_000) == 5)
  }

  @Test(arguments: [1, 7, 10, 100])
  func itsMeanIsThatOfItsSizes(_ steps: Int) {
    for window in [
      Self.window, AttentionWindow(start: 4, growth: 0, end: 9),
      AttentionWindow(start: 2, growth: 100, end: 64), AttentionWindow(start: 6, growth: 1, end: 6),
    ] {
      let sum = (0..<steps).reduce(0) { $0 + window.size(step: $1) }
      // The mean leaves out that sizes are whole, at most one token.
      #expect(abs(window.meanSize(steps: steps) - Double(sum) / Double(steps)) <= 1)
    }
  }

  @Test(arguments: [0, 4, 500])
  func aTokenSeesItsBlockInsideItsDocument(_ step: Int) {
    var batch = TrainingCase.batch(0, rows: 2, length: 12)
    for index in batch.documentStarts.indices {
      batch.documentStarts[index] = index % 12 < 5 ? 0 : 5
    }
    let cut = Self.window.applied(to: batch, step: step)
    #expect(cut.targets == batch.targets && cut.positions == batch.positions)
    let w = Self.window.size(step: step)
    for index in batch.documentStarts.indices {
      let i = index % 12
      let seen = (0...i).filter { j in
        i / w * w <= j && j >= Int(batch.documentStarts[index])
      }
      #expect(Int(cut.documentStarts[index]) == seen[0])
      #expect(seen == Array(seen[0]...i))
    }
  }
}
