import Recipes
public import Records

// By which rules runs follow one another, and when one is given up.

extension RunQueue {
  /// The run that has its turn; sweeps out of time and hopeless runs are passed over for good.
  ///
  /// The caller must answer with `began` or `ended` before it asks again.
  ///
  /// - Parameters:
  ///   - seconds: now, on a clock that goes on without steps.
  ///   - jobs: runs at a time.
  /// - Returns: nil when none may begin now.
  public mutating func next(at seconds: Double, jobs: Int = 1) -> Entry? {
    guard !isHeld, entries.count(where: { $0.state == .running }) < jobs else { return nil }
    for index in entries.indices where entries[index].state == .waiting {
      if let number = entries[index].sweep, !entries[index].isExempt {
        let begun = groups[number].begun ?? seconds
        groups[number].begun = begun
        if let limit = groups[number].sweep.seconds, seconds - begun >= limit {
          entries[index].state = .outOfTime
          continue
        }
        if isHopeless(entries[index]) {
          entries[index].state = .abandoned(step: entries[index].last?.step ?? 0)
          continue
        }
      }
      return entries[index]
    }
    return nil
  }

  /// A run has begun, or goes on, in its folder.
  public mutating func began(_ id: Int, folder: String?, steps: Int) {
    change(id) {
      $0.state = .running
      $0.folder = folder ?? $0.folder
      $0.steps = steps
    }
  }

  /// Takes what a run tells.
  public mutating func take(_ record: RunRecord, of id: Int) { change(id) { $0.take(record) } }

  /// Whether a run in work has just become hopeless and is to be stopped; true once.
  public mutating func givesUp(_ id: Int) -> Bool {
    guard let entry = entry(id), !entry.isGivenUp, isHopeless(entry) else { return false }
    change(id) { $0.isGivenUp = true }
    return true
  }

  /// A run is over, or could not begin.
  public mutating func ended(_ id: Int, _ state: RunState) {
    change(id) { entry in
      switch state {
      case .finished: entry.state = .done
      case .failed(let reason): entry.state = .failed(reason)
      default:
        entry.state = entry.isGivenUp ? .abandoned(step: entry.last?.step ?? 0) : .stopped
      }
    }
  }

  /// Lets none of the waiting runs begin any more.
  public mutating func stopWaiting() {
    for index in entries.indices where entries[index].state == .waiting {
      entries[index].state = .stopped
    }
  }

  mutating func change(_ id: Int, _ body: (inout Entry) -> Void) {
    guard let index = entries.firstIndex(where: { $0.id == id }) else { return }
    body(&entries[index])
  }

  /// Whether a run is far behind the best of the other arms of its sweep at the same step.
  private func isHopeless(_ entry: Entry) -> Bool {
    guard !entry.isExempt, let number = entry.sweep, let rule = groups[number].sweep.abandon,
      let step = entry.answers.lastStep, Double(step) >= rule.after * Double(entry.steps),
      let own = entry.answers.share(at: step)
    else { return false }
    let others = entries.filter { $0.sweep == number && $0.arm != entry.arm }
    guard let best = others.compactMap({ $0.answers.share(at: step) }).max() else { return false }
    return own < rule.below * best
  }
}
