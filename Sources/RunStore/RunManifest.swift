import Support

/// Where and with what a run was made; `manifest.json` of a run folder.
public struct RunManifest: Sendable, Equatable {
  /// Name of the experiment.
  public var experiment: String
  /// Version of the program.
  public var program: String
  /// Commit of the source, when known.
  public var commit: String?
  /// Compiler and its version.
  public var toolchain: String
  /// Versions of the libraries by name, in the order given.
  public var libraries: [(name: String, version: String)]
  /// Name of the processor.
  public var processor: String
  /// Instruction set that the kernels use.
  public var instructionSet: String
  /// Threads that compute.
  public var threads: Int
  /// The recipe's seed.
  public var seed: UInt64
  /// SHA-256 of the resolved recipe in hexadecimal digits.
  public var recipeHash: String
  /// The checkpoint's file that the run started from, with its whole path; nil for a new model and
  /// in older folders.
  public var base: String?
  /// Start in universal time; a run folder sets it.
  public var started = ""

  /// A manifest of these values.
  public init(
    experiment: String,
    program: String,
    commit: String?,
    toolchain: String,
    libraries: [(name: String, version: String)],
    processor: String,
    instructionSet: String,
    threads: Int,
    seed: UInt64,
    recipeHash: String
  ) {
    self.experiment = experiment
    self.program = program
    self.commit = commit
    self.toolchain = toolchain
    self.libraries = libraries
    self.processor = processor
    self.instructionSet = instructionSet
    self.threads = threads
    self.seed = seed
    self.recipeHash = recipeHash
  }

  /// Two manifests are equal when they print the same.
  public static func == (first: RunManifest, second: RunManifest) -> Bool {
    first.json == second.json
  }

  /// The manifest as one JSON object.
  public var json: String {
    JSONValue.object([
      ("experiment", .text(experiment)),
      ("program", .text(program)),
      ("commit", commit.map { .text($0) } ?? .null),
      ("toolchain", .text(toolchain)),
      ("libraries", .object(libraries.map { ($0.name, .text($0.version)) })),
      ("processor", .text(processor)),
      ("instruction_set", .text(instructionSet)),
      ("threads", .integer(threads)),
      // Seeds may exceed what JSON readers keep exactly.
      ("seed", .text(String(seed))),
      ("recipe_sha256", .text(recipeHash)),
      ("base", base.map { .text($0) } ?? .null),
      ("started", .text(started)),
    ]).line
  }

  /// Reads a manifest; keys that are missing come out empty.
  ///
  /// Nil when the text is no JSON object.
  public init?(json: String) {
    guard let value = try? JSONValue(parsing: json), value.objectValue != nil else { return nil }
    func text(_ key: String) -> String { value[key]?.textValue ?? "" }
    self.init(
      experiment: text("experiment"), program: text("program"),
      commit: value["commit"]?.textValue, toolchain: text("toolchain"),
      libraries: (value["libraries"]?.objectValue ?? []).map { ($0.key, $0.value.textValue ?? "") },
      processor: text("processor"), instructionSet: text("instruction_set"),
      threads: value["threads"]?.integerValue ?? 0, seed: UInt64(text("seed")) ?? 0,
      recipeHash: text("recipe_sha256"))
    base = value["base"]?.textValue
    started = text("started")
  }
}
