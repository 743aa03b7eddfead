import Foundation
import Recipes
import Records
import Runs
import Support
import TestSupport
import Testing

/// Sources in a whole run: their end, their packing, their ledger, and text that is skipped.
struct SourceRunTests {
  /// No plan can tell how long a stage lasts that a skill ends: it goes on, and says so once.
  @Test func aSourceThatBeginsAgainIsToldOnce() throws {
    let place = try TemporaryFolder()
    let path = try DataMethodTests.path(place, rows: 7)
    let text = DataMethodTests.rows.replacing("PATH", with: path).replacing(
      "steps: 4", with: "advance: { on: loss, below: 0, max_steps: 9, at_limit: go_on }")
    let run = try TrainingRun(RunCase.document(text), parent: place.path)
    let stopped = Follower(run) { record in
      if case .step(let step) = record, step.step == 6 { [.stop] } else { [] }
    }
    // The eighth row is the first one again.
    #expect(stopped.notices.count == 1)
    let notice = try #require(stopped.notices.first)
    #expect(notice.hasPrefix("step 4: rows came to its end and is read again"))
    #expect(notice.contains("repeat: true"))
    let resumed = Follower(try TrainingRun.resume(run.folder))
    #expect(resumed.run.state == .finished && resumed.notices.isEmpty)
    let again = text.replacing("order: file", with: "order: file, repeat: true")
    let repeating = Follower(
      try TrainingRun(RunCase.document(again), parent: place.file("again")))
    #expect(repeating.steps.count == 9 && repeating.notices.isEmpty)
  }

  @Test func tooFewConversationsForAStageAreTold() throws {
    let place = try TemporaryFolder()
    let line =
      "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi NUMBER\"}, "
      + "{\"role\": \"assistant\", \"content\": \"Hello.\"}]}"
    let path = try place.write(
      (0..<20).map { line.replacing("NUMBER", with: "\($0)") }.joined(separator: "\n"),
      to: "chat.jsonl")
    let text = DataMethodTests.rows.replacing("tokenizer: world", with: "tokenizer: bytes")
      .replacing("steps: 4", with: "tokens: 2M").replacing("{ kind: rows }", with: "documents")
      .replacing("{ kind: tokens, path: PATH, order: file }", with: "{ kind: chat, path: \(path) }")
    let error = #expect(throws: UserError.self) {
      try TrainingRun(RunCase.document(text), parent: place.file("runs"))
    }
    #expect(error?.finding.contains("may not be repeated") == true, "\(error as Any)")
    #expect(error?.remedy.contains("repeat: true") == true)
  }

  @Test func aSourceIsPackedByItsOwnRule() throws {
    let place = try TemporaryFolder()
    let path = try place.write(String(repeating: "One day. Another day! ", count: 200), to: "a.txt")
    let text = DataMethodTests.rows.replacing("tokenizer: world", with: "tokenizer: bytes")
      .replacing("{ kind: rows }", with: "documents")
      .replacing(
        "{ kind: tokens, path: PATH, order: file }",
        with: "{ kind: text, path: \(path), pack: { kind: by_length, piece: 16, short: drop } }")
    let run = try TrainingRun(RunCase.document(text), parent: place.path)
    #expect(Follower(run).run.state == .finished)
    let row = try #require(try DataPreview.all(run.prepared, documents: 1, rows: 1)[0].rows.first)
    #expect(row.documentStarts == (0..<32).map { $0 < 16 ? 0 : 16 })
    #expect(row.targets[15] == -1 && row.targets[31] == -1)
    let useless = text.replacing("piece: 16", with: "piece: 24")
    #expect(throws: UserError.self) {
      try TrainingRun(RunCase.document(useless), parent: place.file("runs"))
    }
  }

  /// What ProLong's two long sources and its fine-tuning are published to be.
  @Test func theExampleSaysProLongsMix() throws {
    let path = PackageFolder.file("examples/prolong-512k.yaml")
    let recipe = try RecipeDocument(
      text: String(contentsOfFile: path, encoding: .utf8), file: path
    ).recipe(.needlepoint)
    let stages = recipe.stages.compactMap(\.training)
    func shares(_ stage: Int) -> [String: Double] {
      Dictionary(uniqueKeysWithValues: stages[stage].mix.map { ($0.source, 100 * $0.share) })
    }
    let short = [
      "textbooks": 3.0, "fineweb_edu": 10, "fineweb": 10, "wikipedia": 4, "stackexchange": 4,
      "tulu": 3, "arxiv": 3, "openwebmath": 3,
    ]
    let wanted = [
      short.merging(["repositories_64k": 30, "books_64k": 30]) { $1 },
      short.merging([
        "repositories_512k": 15, "repositories_64k": 15, "books_512k": 5, "books_64k": 25,
      ]) { $1 },
    ]
    for stage in 0..<2 {
      let found = shares(stage)
      #expect(Set(found.keys) == Set(wanted[stage].keys))
      for (name, share) in wanted[stage] {
        #expect(abs((found[name] ?? 0) - share) < 1e-9, "\(name)")
      }
    }
    for (name, piece) in [
      ("repositories_64k", 65_536), ("books_64k", 65_536), ("repositories_512k", nil),
      ("books_512k", nil),
    ] {
      let pack = recipe.source(name)?.pack
      #expect(pack?.kind == "by_length" && pack?.settings.text("short") == "drop")
      #expect(pack?.settings.text("mask") == "document")
      #expect(pack?.settings.integer("piece") == piece, "\(name)")
    }
    #expect(stages[2].resetsMoments && stages[2].loss.isOnAnswersOnly)
    #expect(!stages[1].resetsMoments)
  }

  @Test func theLedgerIsARecordWithTheReplay() throws {
    let place = try TemporaryFolder()
    let text = RunCase.small.replacing(
      "steps: 4", with: "steps: 13\n    replay: { share: 0.5, sequence: 16 }")
    let follower = Follower(try TrainingRun(RunCase.document(text), parent: place.path))
    let ledgers = follower.records.compactMap {
      if case .ledger(let ledger) = $0 { ledger } else { nil }
    }
    #expect(ledgers.map(\.step) == [10, 13])
    let last = try #require(ledgers.last)
    #expect(last.sources.map(\.name) == ["repeat", "stories"])
    #expect(last.replay.map(\.name) == ["repeat", "stories"])
    // Seven steps of 64 tokens, and six of four short rows, of which padding does not count.
    #expect(last.sources.reduce(0) { $0 + $1.tokens } == 7 * 64)
    let replayed = last.replay.reduce(0) { $0 + $1.tokens }
    #expect(replayed > 0 && replayed <= 6 * 64)
    #expect(follower.news.count == 2 && follower.news[1].hasPrefix("stage learn replayed repeat "))
  }

  /// PoSE's text and positions skip at the same token.
  @Test func poseMaySkipTheTextToo() throws {
    let place = try TemporaryFolder()
    let letters = (0..<3_000).map { String(UnicodeScalar(UInt8(97 + $0 % 23))) }.joined()
    let path = try place.write(letters, to: "a.txt")
    let text = DataMethodTests.rows.replacing("tokenizer: world", with: "tokenizer: bytes")
      .replacing("target: 32", with: "target: 256")
      .replacing(
        "{ kind: rows }", with: "documents\n    positions: { kind: pose, text: skipped }"
      )
      .replacing("{ kind: tokens, path: PATH, order: file }", with: "{ kind: text, path: \(path) }")
    let run = try TrainingRun(RunCase.document(text), parent: place.path)
    #expect(Follower(run).run.state == .finished)
    let rows = try DataPreview.all(run.prepared, documents: 8, rows: 8)[0].rows
    var skips = 0
    for row in rows {
      // In the text each letter follows the one before it in the alphabet of 23.
      for index in 1..<32 where row.tokens[index] < 256 && row.tokens[index - 1] < 256 {
        let isNext = (row.tokens[index] - 97) % 23 == (row.tokens[index - 1] - 96) % 23
        if !isNext {
          skips += 1
          #expect(row.positions[index] >= row.positions[index - 1] + 1)
          #expect((1...16).contains(index))
        }
      }
      let jumps = (1..<32).filter { row.positions[$0] != row.positions[$0 - 1] + 1 }
      #expect(jumps.count <= 1)
    }
    // A skip of a multiple of 23 letters does not show.
    #expect(skips >= 5)
    let plain = try TrainingRun(
      RunCase.document(text.replacing(", text: skipped", with: "")), parent: place.file("plain"))
    _ = Follower(plain)
    #expect(
      try DataPreview.all(plain.prepared, documents: 4, rows: 4)[0].rows.allSatisfy { row in
        (2..<32).allSatisfy { (row.tokens[$0] - 97) % 23 == (row.tokens[$0 - 1] - 96) % 23 }
      })
  }
}
