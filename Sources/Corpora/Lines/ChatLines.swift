public import Support

/// JSON lines with a conversation each: a list of messages with role and content.
///
/// Read are `{"role": .., "content": ..}` and ShareGPT's `{"from": .., "value": ..}`. What the assistant
/// says is learnt, with the mark that ends it; everything else is given. A conversation that does not
/// fit into a row is cut there and its rest is lost, as in ProLong's fine-tuning, or it is left out
/// when it is longer than a whole row, as in that of Llama-3 80K.
///
/// - SeeAlso: ProLong (arXiv:2410.02660), appendix A.3.
public struct ChatLines: SourceKind {
  /// What `describe` says.
  public static let kind = KindDescription(
    "chat",
    "Conversations as JSON lines (.jsonl, .gz, .zst), each a list of messages; what the assistant "
      + "says is learnt.",
    source: "ProLong (arXiv:2410.02660), appendix A.3", givesAnyText: true,
    settings: [
      Setting(required: "path", .path, help: "File, or folder of such files."),
      Setting(
        "field", .text, default: .text("messages"), help: "The field that holds the messages."),
      Setting(
        "format", .choice(ChatFormat.allCases.map(\.rawValue)), default: .text("plain"),
        help: "How roles are written: as `User:` and `Assistant:`, or with ChatML's marks."),
      Setting(
        "longer", .choice(["cut", "drop"]), default: .text("cut"),
        help: "What happens to conversations longer than a row: cut there, or left out.",
        applies: .nextStage),
      Setting(
        "loss", .choice(["answers", "all"]), default: .text("answers"),
        help: "What is learnt: what the assistant says, or everything.", applies: .nextStage),
    ] + ShelfSettings.all)

  private let path: String
  private let field: String
  private let format: ChatFormat
  private let isLearntWhole: Bool
  private let dropsLonger: Bool
  private let settings: ShelfSettings

  /// Builds it from checked settings.
  public init(_ values: SettingsValues) throws {
    path = try TextFiles.path(values)
    field = values.text("field") ?? "messages"
    format = values.text("format").flatMap(ChatFormat.init) ?? .plain
    dropsLonger = values.text("longer") == "drop"
    isLearntWhole = values.text("loss") == "all"
    settings = ShelfSettings(values)
  }

  /// Opens the source; throws `UserError` with the line when one is no conversation.
  public func open(_ opening: SourceOpening) throws -> any DocumentSource {
    try opening.demandAnyText(Self.kind.name)
    let shelf = try Shelf(
      lines: LineList(path), field: field, format: format, isLearntWhole: isLearntWhole,
      dropsLonger: dropsLonger, tokenizer: opening.tokenizer)
    return try ShelfSource(shelf, settings, opening)
  }

  private struct Shelf: DocumentShelf {
    let lines: LineList
    let field: String
    let format: ChatFormat
    let isLearntWhole: Bool
    let dropsLonger: Bool
    let tokenizer: any Tokenizer
    /// Tokens of each conversation, where counting does not mean to cut all of them into words.
    private var counts: [Int]?

    /// A shelf of these lines; throws `UserError` with the line when one is no conversation.
    init(
      lines: LineList, field: String, format: ChatFormat, isLearntWhole: Bool, dropsLonger: Bool,
      tokenizer: any Tokenizer
    ) throws {
      self.lines = lines
      self.field = field
      self.format = format
      self.isLearntWhole = isLearntWhole
      self.dropsLonger = dropsLonger
      self.tokenizer = tokenizer
      let bytes = try (0..<lines.count).map { index in
        try messages(index).reduce(0) { sum, message in
          let (before, after) = format.marks(around: message.role)
          return sum + before.utf8.count + message.text.utf8.count + after.utf8.count
        }
      }
      if tokenizer is ByteTokenizer { counts = bytes.map { $0 + 2 } }
    }

    var place: String { lines.path }
    var count: Int { lines.count }
    var fingerprint: UInt64 { lines.fingerprint }
    var isContinuous: Bool { false }
    func hash(_ index: Int) -> UInt64 { lines.hash(index) }
    func tokenCount(_ index: Int) -> Int? { counts?[index] }

    func document(_ index: Int) throws -> Document {
      var writer = ConversationWriter(tokenizer, isLearntWhole: isLearntWhole)
      for message in try messages(index) {
        let (before, after) = format.marks(around: message.role)
        // The format's marks are marks; what a message says stays text.
        let opening = tokenizer.encode(before, [.marks, .continues])
        let text =
          tokenizer.encode(message.text, .continues)
          + tokenizer.encode(after, [.marks, .continues])
        guard message.role == .assistant else {
          writer.give(opening + text)
          continue
        }
        writer.ask(opening, reply: text, kind: "reply", evidence: [], limit: .max)
      }
      return writer.finished()
    }

    func messages(_ index: Int) throws -> [(role: ChatRole, text: String)] {
      let fields = try lines.fields(index, [.messages(field)])
      guard let messages = fields.messages[field], !messages.isEmpty else {
        throw UserError(
          lines.place(index), "no messages in the field \"\(field)\"",
          remedy: "Name the field with `field:`. "
            + Suggestion.sentence(for: field, among: fields.others))
      }
      return try messages.map { message in
        guard let role = ChatRole(named: message.role) else {
          throw UserError(
            lines.place(index), "no role \"\(message.role)\" is known",
            remedy: "Roles are system, user, assistant and tool, or ShareGPT's human and gpt.")
        }
        return (role, message.text)
      }
    }
  }
}

/// Who speaks.
enum ChatRole: String {
  case system, user, assistant, tool

  /// The role by its name in the data, ShareGPT's names included.
  init?(named name: String) {
    switch name {
    case "human": self = .user
    case "gpt", "model": self = .assistant
    case "function", "observation": self = .tool
    default: self.init(rawValue: name)
    }
  }
}

/// How messages are told apart in a text.
enum ChatFormat: String, CaseIterable {
  /// `User:` and `Assistant:`, a line each.
  case plain
  /// Marks of ChatML, as in Qwen's models.
  case chatml

  /// What stands before a message and after it.
  func marks(around role: ChatRole) -> (before: String, after: String) {
    switch self {
    case .plain: (role.rawValue.prefix(1).uppercased() + role.rawValue.dropFirst() + ": ", "\n")
    case .chatml: ("<|im_start|>\(role.rawValue)\n", "<|im_end|>\n")
    }
  }
}
