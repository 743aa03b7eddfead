public import Support

/// Ready-made rows of token numbers, as another program would feed them.
///
/// `labels` stand at the tokens that they are about, as in Hugging Face's models: the label of a
/// token is what the token before it must predict, and -100 means nothing.
public struct TokenRows: SourceKind {
  /// What `describe` says.
  public static let kind = KindDescription(
    "tokens",
    "Ready-made rows as JSON lines (.jsonl, .gz, .zst): input_ids, and if there are, position_ids "
      + "and labels.",
    settings: [Setting(required: "path", .path, help: "File, or folder of such files.")]
      + ShelfSettings.all)

  /// The label of a token that is no target.
  static let noTarget = -100

  private let path: String
  private let settings: ShelfSettings

  /// Builds it from checked settings.
  public init(_ values: SettingsValues) throws {
    path = try TextFiles.path(values)
    settings = ShelfSettings(values, heldOutInFileOrder: 0)
  }

  /// Opens the source; throws `UserError` with the line when one is no row of this model.
  public func open(_ opening: SourceOpening) throws -> any DocumentSource {
    let shelf = try Shelf(LineList(path), vocabulary: opening.tokenizer.vocabularySize)
    return try ShelfSource(shelf, settings, opening)
  }

  private struct Shelf: DocumentShelf {
    let lines: LineList
    let vocabulary: Int
    private var demands = ReadyMadeRows()
    private var counts: [Int] = []

    init(_ lines: LineList, vocabulary: Int) throws {
      self.lines = lines
      self.vocabulary = vocabulary
      for index in 0..<lines.count {
        let row = try document(index)
        counts.append(row.tokens.count)
        demands.longest = max(demands.longest, row.tokens.count)
        demands.hasPositions = demands.hasPositions || row.positions != nil
        demands.hasLabels =
          demands.hasLabels || row.labels != nil || row.roles.contains(.ignored)
      }
    }

    var place: String { lines.path }
    var count: Int { lines.count }
    var fingerprint: UInt64 { lines.fingerprint }
    var isContinuous: Bool { false }
    var readyMade: ReadyMadeRows? { demands }
    func hash(_ index: Int) -> UInt64 { lines.hash(index) }
    func tokenCount(_ index: Int) -> Int? { counts[index] }

    func document(_ index: Int) throws -> Document {
      let fields = try lines.fields(
        index, [.integers("input_ids"), .integers("position_ids"), .integers("labels")])
      guard let ids = fields.integers["input_ids"], !ids.isEmpty else {
        throw fault(index, "no list \"input_ids\" of token numbers")
      }
      var row = Document(tokens: try numbers(index, "input_ids", ids, below: vocabulary))
      if let positions = fields.integers["position_ids"] {
        try check(index, "position_ids", positions, ids)
        row.positions = try numbers(index, "position_ids", positions, below: 1 << 30)
      }
      if let labels = fields.integers["labels"] {
        try check(index, "labels", labels, ids)
        for place in labels.indices where labels[place] == TokenRows.noTarget {
          row.roles[place] = .ignored
        }
        let told = labels.indices.map {
          labels[$0] == TokenRows.noTarget ? ids[$0] : labels[$0]
        }
        if told != ids { row.labels = try numbers(index, "labels", told, below: vocabulary) }
      }
      return row
    }

    private func check(_ index: Int, _ field: String, _ values: [Int], _ ids: [Int]) throws {
      guard values.count != ids.count else { return }
      throw fault(index, "\(values.count) \(field) for \(ids.count) input_ids")
    }

    private func numbers(
      _ index: Int, _ field: String, _ values: [Int], below limit: Int
    ) throws -> [Int32] {
      try values.enumerated().map { place, value in
        guard value >= 0, value < limit else {
          throw fault(
            index, "element \(place + 1) of \"\(field)\" is not in 0..<\(limit), \(value)")
        }
        return Int32(value)
      }
    }

    private func fault(_ index: Int, _ finding: String) -> UserError {
      UserError(
        lines.place(index), finding + " found",
        remedy: "Each line is a row of this model's tokens: {\"input_ids\": [..]}, with "
          + "position_ids and labels of the same count if any.")
    }
  }
}
