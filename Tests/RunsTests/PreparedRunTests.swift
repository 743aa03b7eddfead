import Kernels
import Models
import Positions
import Records
import Recipes
import RunStore
import Runs
import Support
import Tensors
import TestSupport
import Testing

/// All faults of a recipe come out before a step runs and before anything is written.
struct PreparedRunTests {
  private static let faults: [(old: String, new: String, sentence: String)] = [
    ("tokenizer: world", "tokenizer: bytes", "world"),
    ("head_width: 16", "head_width: 10", "head_width"),
    ("steps: 4", "steps: 4\n    rope: { kind: yarn, factor: 0.5 }", "factor"),
    ("repeat: 0.5", "lost: 0.5", "no such source"),
    ("mix: { repeat: 0.5", "mix: { prose: 0.5, repeat: 0.5", "prose"),
  ]

  @Test(arguments: faults.indices)
  func aFaultIsToldAndNothingIsWritten(_ index: Int) throws {
    let fault = Self.faults[index]
    let place = try TemporaryFolder()
    let text = RunCase.small.replacing(fault.old, with: fault.new)
    let error = #expect(throws: (any Error).self) {
      try TrainingRun(RunCase.document(text), parent: place.path)
    }
    let sentence = "\(try #require(error))"
    #expect(sentence.contains(fault.sentence), "\(sentence)")
    #expect(place.names.isEmpty)
  }

  /// A finished run of `small`, and its last checkpoint.
  private static func checkpoint(
    _ place: TemporaryFolder
  ) throws -> (folder: String, contents: CheckpointContents) {
    let run = try TrainingRun(RunCase.document(RunCase.small), parent: place.path)
    _ = Follower(run)
    return (run.folder, try RunReader(run.folder).newestCheckpoint().contents)
  }

  private static func starting(from base: String, _ more: String = "") -> String {
    RunCase.small.split(separator: "\n").filter {
      !$0.hasPrefix("model:") && !$0.hasPrefix("tokenizer:")
    }.joined(separator: "\n") + "\nbase: \"\(base)\"" + more
  }

  @Test func aRunFolderIsABase() throws {
    let place = try TemporaryFolder()
    let folder = try Self.checkpoint(place).folder
    let run = try TrainingRun(RunCase.document(Self.starting(from: folder)), parent: place.path)
    #expect(Follower(run).run.state == .finished)
  }

  @Test func aBaseThatDoesNotFitIsRefused() throws {
    let place = try TemporaryFolder()
    let contents = try Self.checkpoint(place).contents
    var other = contents
    other.tokenizer = try Self.bytes()
    try Checkpoint.write(other, to: place.file("tokenizer.h5"))
    other = contents
    other.modelShape = contents.modelShape.replacing("\"width\":32", with: "\"width\":48")
    try Checkpoint.write(other, to: place.file("shape.h5"))
    other.modelShape = "[]"
    try Checkpoint.write(other, to: place.file("text.h5"))
    try Checkpoint.write(contents, to: place.file("good.h5"))
    let cases: [(base: String, more: String, sentence: String)] = [
      ("tokenizer.h5", "", "tokens, the model"),
      ("shape.h5", "", "the tensors are not those of the model it describes"),
      ("text.h5", "", "the description of the model is not readable"),
      ("good.h5", "\ntokenizer: bytes", "bytes found, the base reads world"),
    ]
    for (base, more, sentence) in cases {
      let text = Self.starting(from: place.file(base), more)
      let error = #expect(throws: (any Error).self) {
        try TrainingRun(RunCase.document(text), parent: place.file("runs"))
      }
      #expect(
        "\(try #require(error))".contains(sentence), "\(base): \(error.map { "\($0)" } ?? "")")
    }
    #expect(!place.names.contains { $0.hasPrefix("runs/") })
  }

  /// A recipe of a byte-level model on a text in a folder.
  private static func prose(_ place: TemporaryFolder, _ more: String = "") throws -> String {
    let text = RunCase.small.replacing("tokenizer: world", with: "tokenizer: bytes")
      .replacing("mix: { repeat: 0.5, stories: 0.5 }", with: "mix: { prose: 1 }")
    let line = "One line of prose after the other. "
    try place.write(String(repeating: line, count: 400), to: "prose.txt")
    let path = place.file("prose.txt")
    return text + "\nsources: { prose: { kind: text, path: \"\(path)\" } }" + more
  }

  @Test func needlesThatDoNotFitIntoALengthAreToldBeforeTheRun() throws {
    let place = try TemporaryFolder()
    let text = try Self.prose(
      place, "\nevaluate:\n  - { kind: needle, lengths: [4k, 64], depths: 2 }")
    let error = #expect(throws: UserError.self) {
      try TrainingRun(RunCase.document(text), parent: place.file("runs"))
    }
    #expect(error?.place.hasSuffix(": evaluate.0") == true)
    #expect(error?.finding.contains("64 found") == true)
  }

  private static func bytes() throws -> String {
    let place = try TemporaryFolder()
    let run = try TrainingRun(RunCase.document(prose(place)), parent: place.path)
    _ = Follower(run)
    return try RunReader(run.folder).newestCheckpoint().contents.tokenizer
  }

  @Test func mergingWithAnotherShapeIsRefusedBeforeTheRun() throws {
    let place = try TemporaryFolder()
    var contents = try Self.checkpoint(place).contents
    let small = LlamaShape(vocabulary: 8, width: 16, layers: 1, heads: 1, feedForward: 16)
    contents.parameters = .init(layout: small.parameterLayout)
    contents.moments = nil
    try Checkpoint.write(contents, to: place.file("other.h5"))
    let text = RunCase.small + "\n  - { kind: merge, with: \"\(place.file("other.h5"))\" }"
    let error = #expect(throws: UserError.self) {
      try TrainingRun(RunCase.document(text), parent: place.file("runs"))
    }
    #expect(error?.finding == "its tensors have other names or shapes than this model's")
  }

  @Test func aNumberFormatThatTheProcessorLacksIsToldAndFloat32IsUsed() throws {
    var notices: [String] = []
    let recipe = try RunCase.document(RunCase.small + "\nprecision: bfloat16")
      .recipe(.needlepoint, checksPaths: true)
    let prepared = try PreparedRun(recipe, pool: ThreadPool(threads: 1)) { notices.append($0) }
    let isAvailable = MatmulPrecision.bfloat16.isAvailable
    #expect(prepared.transformer.precision == (isAvailable ? .bfloat16 : .float32))
    #expect(notices.count == (isAvailable ? 0 : 1))
    #expect(notices.allSatisfy { $0.contains("float32 is used") })
  }

  @Test func aRunWithoutStepsEvaluatesAndSaves() throws {
    let place = try TemporaryFolder()
    let text =
      RunCase.small.replacing("steps: 4", with: "steps: 0\n    rope: { kind: yarn }")
      + "\nevaluate:\n  - { kind: loss, sequence: 32, tokens: 64 }"
    let run = try TrainingRun(RunCase.document(text), parent: place.path)
    let follower = Follower(run)
    #expect(run.state == .finished)
    #expect(follower.steps.isEmpty)
    #expect(run.plan.tokens == 0 && run.plan.flops == 0)
    let found = try RunReader(run.folder).newestCheckpoint().contents
    #expect(found.step == 0 && found.stage == 1)
    let model = try ModelDescription(json: found.modelShape, path: "")
    #expect(model.ropeKind == "yarn")
    // It was not trained on the target.
    #expect(model.shape.trainedContext == 32)
  }

  @Test func startTokensAreKeptWithTheModel() throws {
    let place = try TemporaryFolder()
    let rope = "rope: { kind: longrope, start_tokens: 4 }"
    let text = RunCase.small.replacing("steps: 4", with: "steps: 0\n    \(rope)")
    let run = try TrainingRun(RunCase.document(text), parent: place.path)
    _ = Follower(run)
    let found = try RunReader(run.folder).newestCheckpoint().contents
    let model = try ModelDescription(json: found.modelShape, path: "")
    #expect(model.rotary.startTokens == 4 && model.ropeKind == "longrope")
    // Files of models without them are as they were.
    let plain = ModelDescription(shape: model.shape)
    #expect(try !plain.json.contains("start"))
    #expect(try ModelDescription(json: plain.json, path: "") == plain)
  }

  @Test func theForecastIsWhatTheRunTakes() throws {
    let place = try TemporaryFolder()
    let text = RunCase.small.replacing(
      "steps: 4",
      with: "steps: 5\n    pack: { mask: none }\n    replay: { share: 0.4, sequence: 16 }")
    let run = try TrainingRun(RunCase.document(text), parent: place.path)
    guard case .done(let done) = Follower(run).records.last else {
      Issue.record("no end")
      return
    }
    #expect(run.plan.tokens == done.tokens)
    // The plan counts whole squares, the run the pairs below the diagonal and inside documents.
    #expect(abs(run.plan.flops / done.flops - 1) < 0.03)
    let bytes = try place.names.reduce(0) { try $0 + place.bytes($1).count }
    #expect(run.plan.diskBytes >= bytes)
  }

  @Test(arguments: [0.0, 0.5, 1.0])
  func replayTakesItsShareOfTheSteps(_ share: Double) throws {
    let place = try TemporaryFolder()
    let text = RunCase.small.replacing(
      "steps: 4", with: "steps: 6\n    replay: { share: \(share), sequence: 16 }"
    ).replacing("tokens_per_step: 64", with: "tokens_per_step: 60")
    let run = try TrainingRun(RunCase.document(text), parent: place.path)
    let follower = Follower(run)
    var before = 0
    let tokens = follower.steps.map { step in
      defer { before = step.tokens }
      return step.tokens - before
    }
    // One row of 32 tokens fits into 60, or three of 16.
    let short = Int((6 * share).rounded())
    #expect(tokens.count { $0 == 48 } == short)
    #expect(tokens.count { $0 == 32 } == 6 - short)
    #expect(run.plan.tokens == tokens.reduce(0, +))
    #expect(run.state == .finished)
  }
}
