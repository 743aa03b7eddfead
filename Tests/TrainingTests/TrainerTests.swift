import Corpora
import Kernels
import Models
import Records
import Support
import Tensors
import Testing
import Training

/// The step: averaging, accumulation, clipping, refusal, saving.
@Suite struct TrainerTests {
  @Test(arguments: LossSettings.Average.allCases, [1.0, 4.0])
  func halvesOfABatchGiveTheStepOfTheWhole(_ average: LossSettings.Average, weight: Double) throws {
    let whole = try TrainingCase.trainer()
    let parts = try TrainingCase.trainer()
    let settings = LossSettings(average: average, answerWeight: weight, count: 40)
    for number in 0..<3 {
      let batch = TrainingCase.batch(number)
      let first = whole.step([batch], learningRate: 1e-3, loss: settings)
      let second = parts.step(
        [TrainingCase.rows(batch, 0..<1), TrainingCase.rows(batch, 1..<4)], learningRate: 1e-3,
        loss: settings)
      #expect(abs(first.loss - second.loss) < 1e-5)
      #expect(abs(first.gradientNorm - second.gradientNorm) < 1e-5)
      #expect(first.validTokens == second.validTokens)
    }
    let worst =
      zip(TrainingCase.parameters(whole), TrainingCase.parameters(parts))
      .map { abs($0 - $1) }.max() ?? 1
    #expect(worst < 1e-5)
  }

  @Test func weightsAreWhatTheAverageSays() {
    let batch = TrainingCase.batch(1)
    let isTarget = batch.targets.map { $0 >= 0 }
    let isAnswer = batch.roles.map { $0 == .answer }
    let fixed = LossSettings(average: .fixed, answerWeight: 4, count: 80).weights([batch])[0]
    let answers = LossSettings(isOnAnswersOnly: true).weights([batch, batch])
    let count = Float(isAnswer.count { $0 })
    for index in fixed.indices {
      let wanted: Float = isTarget[index] ? (isAnswer[index] ? 0.05 : 0.0125) : 0
      #expect(fixed[index] == wanted)
      #expect(abs(answers[1][index] - (isAnswer[index] ? 0.5 / count : 0)) < 1e-7)
    }
  }

  /// The exact part of ProLong's claim on instruction tuning (arXiv:2410.02660, appendix A.3): by rows
  /// a short answer counts as much as a long one, by tokens as much less as it is shorter.
  @Test func averagesByRowsAndTokensDifferAsTheDefinitionSays() {
    var batch = Batch(rows: 2, length: 12, sourceNames: ["stories"])
    let answers = [2, 10]
    for row in 0..<2 {
      for token in 0..<12 {
        let isAnswer = token < answers[row]
        batch.tokens.append(1)
        batch.targets.append(isAnswer ? 1 : -1)
        batch.roles.append(isAnswer ? .answer : .ignored)
      }
    }
    func share(_ average: LossSettings.Average) -> [Float] {
      let weights = LossSettings(average: average, isOnAnswersOnly: true).weights([batch])[0]
      return [weights[..<12].reduce(0, +), weights[12...].reduce(0, +)]
    }
    #expect(zip(share(.rows), [0.5, 0.5]).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(zip(share(.tokens), [2.0 / 12, 10.0 / 12]).allSatisfy { abs($0 - Float($1)) < 1e-6 })
  }

  @Test func aStepWithoutAnythingToLearnChangesNothing() throws {
    let trainer = try TrainingCase.trainer()
    var batch = TrainingCase.batch(1)
    for index in batch.roles.indices where batch.roles[index] == .answer {
      batch.roles[index] = .text
    }
    let before = TrainingCase.parameters(trainer)
    let outcome = trainer.step(
      [batch], learningRate: 1e-2, loss: LossSettings(isOnAnswersOnly: true))
    #expect(outcome.skipped && outcome.validTokens == 0)
    #expect(TrainingCase.parameters(trainer) == before)
  }

  @Test func aRestoredTrainerGoesOnWithTheSameBits() throws {
    let straight = try TrainingCase.trainer()
    let before = try TrainingCase.trainer()
    for number in 0..<3 {
      _ = straight.step([TrainingCase.batch(number)], learningRate: 1e-2)
      _ = before.step([TrainingCase.batch(number)], learningRate: 1e-2)
    }
    let after = try TrainingCase.trainer()
    try after.restore(
      before.transformer.weights, moments: before.moments, updates: before.updates)
    for number in 3..<6 {
      let first = straight.step([TrainingCase.batch(number)], learningRate: 1e-2)
      let second = after.step([TrainingCase.batch(number)], learningRate: 1e-2)
      #expect(first == second)
    }
    #expect(TrainingCase.parameters(straight) == TrainingCase.parameters(after))
    #expect(after.updates == 6)
  }

  @Test func anotherModelsStateIsRefused() throws {
    let trainer = try TrainingCase.trainer()
    var shape = TrainingCase.shape
    shape.feedForward = 25
    let other = ParameterSet(layout: shape.parameterLayout)
    #expect(throws: UserError.self) {
      try trainer.restore(ModelWeights(parameters: other), moments: nil, updates: 0)
    }
  }

  @Test func aLossThatIsNotFiniteChangesNothing() throws {
    let trainer = try TrainingCase.trainer()
    _ = trainer.step([TrainingCase.batch(0)], learningRate: 1e-2)
    let broken = trainer.transformer.parameters["final_norm"]
    let kept = broken?[0] ?? 0
    broken?[0] = .infinity
    func moments() -> [Float] { trainer.moments.map { Array($0.first.buffer) } ?? [] }
    let before = moments()
    #expect(before.contains { $0 != 0 })
    let outcome = trainer.step([TrainingCase.batch(1)], learningRate: 1e-2)
    #expect(outcome.skipped)
    #expect(moments() == before)
    #expect(trainer.updates == 1)
    broken?[0] = kept
    #expect(!trainer.step([TrainingCase.batch(1)], learningRate: 1e-2).skipped)
  }

  @Test func aBatchWithoutTargetsIsSkippedWithoutNaN() throws {
    let trainer = try TrainingCase.trainer()
    var batch = TrainingCase.batch(0)
    batch.targets = batch.targets.map { _ in -1 }
    let before = TrainingCase.parameters(trainer)
    let outcome = trainer.step([batch], learningRate: 1)
    #expect(outcome.skipped && outcome.loss == 0 && outcome.gradientNorm == 0)
    #expect(TrainingCase.parameters(trainer) == before)
  }

  @Test func lossesAreReportedByRoleAndSourceUnweighted() throws {
    let trainer = try TrainingCase.trainer()
    let batch = TrainingCase.batch(0)
    let losses = trainer.transformer.losses(ModelInput(batch), targets: batch.targets)
    let outcome = trainer.step(
      [batch], learningRate: 0, loss: LossSettings(answerWeight: 10))
    func mean(_ include: (Int) -> Bool) -> Double {
      let chosen = losses.indices.filter { batch.targets[$0] >= 0 && include($0) }
      return chosen.reduce(0) { $0 + Double(losses[$1]) } / Double(chosen.count)
    }
    #expect(abs(outcome.loss - mean { _ in true }) < 1e-5)
    #expect(outcome.lossBySource.map(\.name) == ["stories", "tables"])
    #expect(outcome.lossByRole.map(\.name) == ["text", "answer"])
    #expect(abs(outcome.lossBySource[1].value - mean { batch.sources[$0] == 1 }) < 1e-5)
    #expect(abs(outcome.lossByRole[1].value - mean { batch.roles[$0] == .answer }) < 1e-5)
    #expect(outcome.lossByPosition.isEmpty)
  }

  @Test func lossesAreReportedByPositionIds() throws {
    let trainer = try TrainingCase.trainer()
    var batch = TrainingCase.batch(0)
    // The ends of buckets: 0 and 255 to 256, 256 to 512, 1,023 and 1,024 apart.
    let ids: [Int32] = [0, 255, 256, 1_023, 1_024]
    batch.positions = batch.positions.indices.map { ids[$0 % ids.count] }
    let losses = trainer.transformer.losses(ModelInput(batch), targets: batch.targets)
    let outcome = trainer.step([batch], learningRate: 0)
    #expect(
      outcome.lossByPosition.map(\.name) == ["ids to 256", "ids to 512", "ids to 1k", "ids to 2k"])
    let chosen = losses.indices.filter { batch.targets[$0] >= 0 && batch.positions[$0] <= 255 }
    let mean = chosen.reduce(0) { $0 + Double(losses[$1]) } / Double(chosen.count)
    #expect(abs(outcome.lossByPosition[0].value - mean) < 1e-5)
  }

  @Test func trainingOnOneBatchLearnsIt() throws {
    let trainer = try TrainingCase.trainer()
    let batch = TrainingCase.batch(0)
    let first = trainer.step([batch], learningRate: 1e-2).loss
    for _ in 0..<150 { _ = trainer.step([batch], learningRate: 1e-2) }
    let last = trainer.step([batch], learningRate: 1e-2).loss
    #expect(abs(first - 3.4) < 0.2)
    #expect(last < 0.2)
  }

  @Test(arguments: MatmulPrecision.allCases, MatmulBackend.allCases.filter(\.isAvailable))
  func trainingTwiceGivesTheSameBits(_ precision: MatmulPrecision, backend: MatmulBackend) throws {
    let results = try [1, 2, 2].map { threads in
      let pool = ThreadPool(threads: threads, backend: backend)
      let trainer = try TrainingCase.trainer(pool: pool, precision: precision)
      for step in 0..<4 {
        _ = trainer.step([TrainingCase.batch(step, length: 80)], learningRate: 1e-2)
      }
      return TrainingCase.parameters(trainer)
    }
    #expect(results[0].allSatisfy { $0.isFinite })
    #expect(results[1] == results[2])
    #expect(results[0] == results[1])
  }
}
