import Corpora
import Foundation
import Records

extension TrainingRun {
  /// When the ledger of a stage is told.
  enum LedgerTime {
    /// After some steps: as a record.
    case interval
    /// At the end of the stage of that name: as a record, and in words.
    case end(of: String)
  }

  /// Steps between two records of the ledger: a screen follows it, and the log stays small.
  private static let ledgerInterval = 10

  /// Tells what the sources of a stage gave so far.
  func tellLedger(_ feed: StageFeed, at time: LedgerTime) {
    switch time {
    case .interval:
      guard progress.stageStep % Self.ledgerInterval == 0 else { return }
      post(.ledger(record(feed)))
    case .end(let name):
      post(.ledger(record(feed)))
      tell("stage \(name) fed", feed.stream.ledger)
      if let replay = feed.replay, replay.ledger.tokens > 0 {
        tell("stage \(name) replayed", replay.ledger)
      }
    }
  }

  private func record(_ feed: StageFeed) -> LedgerRecord {
    LedgerRecord(
      step: progress.step, stage: progress.stage,
      sources: feed.stream.ledger.entries.map(LedgerRecord.Source.init),
      replay: feed.replay?.ledger.entries.map(LedgerRecord.Source.init) ?? [])
  }

  private func tell(_ what: String, _ ledger: TokenLedger) {
    let asked = ledger.entries.reduce(0) { $0 + $1.askedTokens }
    func percent(_ tokens: Double, of all: Double) -> String {
      String(format: "%.2f", all > 0 ? 100 * tokens / all : 0)
    }
    let sentences = ledger.entries.map { entry in
      "\(entry.name) \(percent(Double(entry.tokens), of: Double(ledger.tokens))) % of "
        + "\(percent(entry.askedTokens, of: asked)) % asked, \(entry.tokens) tokens, "
        + "\(entry.epochs) times to its end, \(entry.croppedTokens) tokens cropped"
    }
    post(
      .notice(
        NoticeRecord(level: .info, text: what + " " + sentences.joined(separator: "; "))))
  }

  /// Warns of sources that may not be repeated and begin again with this step.
  ///
  /// A run that trains is not given up for it. It is told once: what was told before follows from where
  /// the streams stood, so a resumed run does not tell it again.
  func tellRepeats(_ sources: Set<String>) {
    for source in sources.sorted() {
      warn(
        "step \(progress.step): \(source) came to its end and is read again, which it may not be. "
          + "Set `repeat: true` for the source if that is meant, lower its weight, or give more "
          + "data.")
    }
  }
}

extension LedgerRecord.Source {
  /// What an entry of the stream's ledger says.
  fileprivate init(_ entry: TokenLedger.Entry) {
    self.init(
      name: entry.name, askedTokens: entry.askedTokens, tokens: entry.tokens, epochs: entry.epochs,
      croppedTokens: entry.croppedTokens, leftOutTokens: entry.leftOutTokens)
  }
}
