import Foundation
import Records
import RunStore
import Runs
import Support
import Synchronization
import TestSupport
import Testing

/// What goes wrong while a run trains is told in a sentence, and nothing that was saved is lost.
struct FailureTests {
  @Test func threeStepsWithoutAFiniteLossEndTheRun() throws {
    let place = try TemporaryFolder()
    let recipe = RunCase.small.replacing("steps: 4", with: "steps: 9")
    let run = try TrainingRun(RunCase.document(recipe), parent: place.path)
    let follower = Follower(run) { record in
      if case .step(let step) = record, step.step == 1 { [.setLearningRate(1e36)] } else { [] }
    }
    #expect(follower.notices.count { $0.contains("the update was skipped") } == 3)
    #expect(follower.steps.count == 5)
    #expect(
      run.state
        == .failed(
          "step 5: three steps in a row without a finite loss and gradient. "
            + "Lower the learning rate and start again from the last checkpoint."))
    guard case .done(let done) = follower.records.last else {
      Issue.record("a failed run tells its end")
      return
    }
    #expect(done.status == "failed")
    #expect(done.path.hasSuffix("step-000000000000.h5"))
  }

  @Test func aStageThatDoesNotLearnSaysSo() throws {
    let place = try TemporaryFolder()
    let recipe = RunCase.small.replacing(
      "steps: 4", with: "advance: { on: loss, below: 0.01, max_steps: 2 }")
    let run = try TrainingRun(RunCase.document(recipe), parent: place.path)
    let follower = Follower(run)
    #expect(follower.steps.count == 2)
    guard case .failed(let reason) = run.state else {
      Issue.record("the stage should have failed, \(run.state)")
      return
    }
    #expect(reason.hasPrefix("stage learn: the loss loss averages "))
    #expect(reason.contains("after 2 steps, below 0.01 was asked for"))
  }

  /// A disk on which checkpoints cannot be created while `isFull`.
  private final class Disk: Sendable {
    let isFull = Mutex(false)
    let refused = Mutex(0)

    var files: FileSystem {
      FileSystem(piece: 4 << 20) { operation, path in
        guard operation == .create, path.contains("/step-"), self.isFull.withLock({ $0 }) else {
          return nil
        }
        self.refused.withLock { $0 += 1 }
        return .code(ENOSPC)
      }
    }
  }

  private static let everyStep = RunCase.small + "\ncheckpoint: { every: 1, keep: 2 }"

  @Test(arguments: [1, 2])
  func aFullDiskForAWhileCostsNothing(_ steps: Int) throws {
    let place = try TemporaryFolder()
    let disk = Disk()
    let run = try TrainingRun(
      RunCase.document(Self.everyStep), parent: place.path, files: disk.files)
    let follower = Follower(run, paused: { .abandon }) { record in
      if case .step(let step) = record { disk.isFull.withLock { $0 = step.step <= steps } }
      return []
    }
    #expect(run.state == .finished)
    #expect(disk.refused.withLock { $0 } == steps)
    #expect(follower.notices.count { $0.contains("not saved") } == steps)
  }

  @Test func theThirdFailureInARowHoldsTheRunUntilThereIsRoom() throws {
    let place = try TemporaryFolder()
    let disk = Disk()
    let run = try TrainingRun(
      RunCase.document(Self.everyStep), parent: place.path, files: disk.files)
    let follower = Follower(
      run,
      paused: {
        disk.isFull.withLock { $0 = false }
        return .resume
      },
      answer: { record in
        if case .step(let step) = record, step.step == 1 { disk.isFull.withLock { $0 = true } }
        return []
      })
    #expect(run.state == .finished)
    #expect(follower.notices.count { $0.contains("not saved") } == 3)
    let straight = Follower(
      try TrainingRun(RunCase.document(Self.everyStep), parent: place.path))
    #expect(try Outcome(run.folder) == Outcome(straight.run.folder))
  }

  @Test func aDiskThatIsFullFromTheStartIsToldBeforeTheFirstStep() throws {
    let place = try TemporaryFolder()
    let disk = Disk()
    disk.isFull.withLock { $0 = true }
    let run = try TrainingRun(
      RunCase.document(RunCase.small), parent: place.path, files: disk.files)
    let follower = Follower(run)
    #expect(follower.steps.isEmpty)
    guard case .failed(let reason) = run.state else {
      Issue.record("no room, and no failure: \(run.state)")
      return
    }
    #expect(reason.contains("Free some space on that disk."))
  }

  @Test func theLastCheckpointWaitsForRoom() throws {
    let place = try TemporaryFolder()
    let disk = Disk()
    let run = try TrainingRun(
      RunCase.document(RunCase.small), parent: place.path, files: disk.files)
    _ = Follower(
      run,
      paused: {
        disk.isFull.withLock { $0 = false }
        return .resume
      },
      answer: { record in
        if case .step(let step) = record, step.step == 4 { disk.isFull.withLock { $0 = true } }
        return []
      })
    #expect(run.state == .finished)
    #expect(try RunReader(run.folder).newestCheckpoint().contents.step == 4)
  }
}
