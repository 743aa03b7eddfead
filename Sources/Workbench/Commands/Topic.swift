import Panes
import Recipes
import Support

/// A page of help: what a kind, a field or a screen is about.
public struct Topic: Sendable, Equatable {
  /// What it is about, as typed after `help`.
  public let name: String
  /// Its paragraphs.
  public let paragraphs: [String]

  /// A page of these paragraphs.
  public init(_ name: String, _ paragraphs: [String]) {
    self.name = name
    self.paragraphs = paragraphs
  }

  /// Every page: of the program first, then one for each kind that a recipe may name, then one for
  /// each warning.
  public static func all(in state: WorkbenchState) -> [Topic] {
    let kinds = RecipeVocabulary.Slot.allCases.flatMap { slot in
      state.recipe.vocabulary[slot].map { Topic(kind: $0, slot: slot) }
    }
    return own + kinds + state.warnings.map(Topic.init)
  }

  /// What the program itself is about.
  static let own = [
    Topic(
      "filter",
      [
        "/ on 5 Runs filters the table. Terms have blanks between them, and all must hold.",
        "A term is a word of the name, or field, operator and value: loss<2, rope~yarn, status=done.",
        "Fields are the columns and the fields of the recipe by the end of their path. "
          + "Operators: = != < <= > >= and ~ for contains. Needle is in per cent.",
      ]),
    Topic(
      "compare",
      [
        "m on 5 Runs marks a run; it keeps its letter and colour on every screen.",
        "Two marks and more are compared: fields that differ, then results where all had spent the "
          + "same tokens, FLOP, steps or time (X). A change is strong when the 95 % intervals do not "
          + "overlap.",
        "o on 3 Train lays the marked runs over the chart; on 4 Needle their evaluations follow "
          + "those of the run on screen.",
      ]),
    Topic(
      "heatmap",
      [
        "A cell is the share of questions answered exactly right at a context length and a depth of "
          + "the needle, 0 % at the start of the text. Intervals are 95 % Wilson intervals.",
        "= holds every other evaluation against the one shown: signed points, on colour only where "
          + "the intervals do not overlap. p plays the evaluations of the run.",
        "enter goes to the trials of the cell: what was asked, wanted and answered, the probability "
          + "of the right answer, and the words around the needle.",
      ]),
    Topic(
      "smoothing",
      [
        "s and S halve and double the half-life of the average, in steps. It is taken over all "
          + "points before anything is drawn, so it looks the same at every zoom.",
        "Behind it stands the raw trace: the smallest to the largest value of each column. A spike "
          + "of one step is seen at every zoom.",
      ]),
    Topic(
      "export",
      [
        "E draws the chart or the heatmap in focus as .svg, .png, .csv and .txt into the folder "
          + "pictures of the run. needlepoint draw does the same from a shell."
      ]),
    Topic(
      "live edits",
      [
        "While a run trains, e types a learning rate and the weights of the mix can be moved on "
          + "1 Recipe. Each edit holds from the next step on and is a record of the run; u writes "
          + "its inverse as a new record.",
        "What is trained stays trained: to go back, resume from a checkpoint.",
      ]),
  ]

  init(kind: KindDescription, slot: RecipeVocabulary.Slot) {
    var paragraphs = [kind.summary]
    if !kind.source.isEmpty { paragraphs.append("From \(kind.source).") }
    paragraphs += kind.settings.map { setting in
      let from = setting.source.isEmpty ? "" : " From \(setting.source)."
      return "\(setting.key): \(setting.help)\(from)"
    }
    self.init("\(slot.rawValue) \(kind.name)", paragraphs)
  }

  init(_ warning: RecipeWarning) {
    let source = warning.source.isEmpty ? [] : ["From \(warning.source)."]
    self.init(
      warning.name, ["\(warning.path): \(warning.text).", warning.reason] + source)
  }

  /// The page of a field: help, range, default, when a change takes effect, and where it comes from.
  init(field: RecipeField, kind: KindDescription?) {
    let setting = field.setting
    var paragraphs = [setting.help]
    if let kind {
      paragraphs.append("\(kind.name): \(kind.summary)")
      if !kind.source.isEmpty { paragraphs.append("From \(kind.source).") }
    }
    if !setting.source.isEmpty { paragraphs.append("From \(setting.source).") }
    let range = SettingsPane.range(setting.form)
    if case .choice(let choices) = setting.form {
      paragraphs.append("One of " + choices.joined(separator: ", ") + ".")
    } else if !range.isEmpty {
      paragraphs.append("Values: \(range).")
    }
    paragraphs.append(
      (field.text.isEmpty ? "Not set" : "Now \(field.text)")
        + (field.isGiven ? ", as the recipe says." : ", the default."))
    paragraphs.append("A change applies: \(setting.applies.rawValue).")
    self.init(field.path, paragraphs)
  }
}

/// The tour of the first start: one page a screen, six in all.
public enum Tour {
  /// A page: the screen that stands behind it, and its words.
  public struct Page: Sendable {
    /// What is shown behind it.
    public let screen: ScreenName
    /// Its sentences.
    public let lines: [String]
  }

  /// The pages in order.
  public static let pages = [
    Page(
      screen: .recipe,
      lines: [
        "1 Recipe says what will be trained. + and - move a weight of the mix, = types a value.",
        "i explains the field under the cursor, u takes an edit back, R starts the training.",
      ]),
    Page(
      screen: .data,
      lines: [
        "2 Data shows the texts that each source feeds, and how many tokens it gets."
      ]),
    Page(
      screen: .train,
      lines: [
        "3 Train shows the run: loss, events, and the needle map filling up. space pauses,",
        "e types a new learning rate, + and - zoom, K stops and keeps a checkpoint.",
      ]),
    Page(
      screen: .needle,
      lines: [
        "4 Needle shows how far into a text the model finds a fact. enter opens a cell's trials,",
        "[ ] goes through the evaluations, = shows the difference of two.",
      ]),
    Page(
      screen: .runs,
      lines: [
        "5 Runs lists what was trained. / filters, m marks runs to compare, enter opens one."
      ]),
    Page(
      screen: .recipe,
      lines: [
        "? lists the keys of a screen, : finds every command, field, run and help topic by name.",
        "E draws the chart or map in focus into files. q leaves; it asks before anything is lost.",
      ]),
  ]
}
