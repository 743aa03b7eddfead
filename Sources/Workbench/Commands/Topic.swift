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
      "queue",
      [
        "R while a run trains puts the recipe, as it stands, into the queue of 5 Runs. Its runs follow "
          + "one another; one that fails does not stop the rest. Stopping a run holds the queue until "
          + "space lets it go on.",
        "In the queue's pane x takes a run out, + and - move one that waits, r lets one that was stopped "
          + "go on, enter opens one that is over. D leaves the screen and trains all of it; leaving by q asks.",
      ]),
    Topic(
      "sweep",
      [
        "v on 1 Recipe varies a field: stages.0.rope.base=100k,1M, and every combination of such "
          + "fields is an arm. seeds=1,2, minutes=30 and abandon=.5 set seeds, the time after which no "
          + "run begins, and the share of the best arm's right answers below which an arm is given up. "
          + "A field without values, or sweep= alone, takes it away.",
        "S starts the sweep, as needlepoint sweep does: runs that are whole are not trained again, "
          + "those that were stopped go on. 5 Runs has the table: mean over the seeds, standard error, "
          + "and a star where an arm is clearly other than the first. m or enter there marks one run "
          + "of each arm for the overlay, E writes the table.",
      ]),
    Topic(
      "lineage",
      [
        "The tree on 5 Runs has every run below the checkpoint that it started from, with its older "
          + "checkpoints and merge stages; the newest checkpoint is the run itself.",
        "b makes the checkpoint under the cursor the base of the recipe. m marks two of them, and M "
          + "writes their average beside the runs; the first one gives the rotary angles.",
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
          + "pictures of the run. needlepoint draw does the same from a shell. The table of a sweep is "
          + "written as .md and .csv beside the runs."
      ]),
    Topic(
      "live edits",
      [
        "While a run trains, e types a learning rate and the weights of the mix can be moved on "
          + "1 Recipe. Each edit holds from the next step on and is a record of the run; u writes "
          + "its inverse as a new record.",
        "What is trained stays trained: to go back, branch from a checkpoint in the lineage of 5 Runs.",
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
        "5 Runs lists what was trained. / filters, m marks runs to compare, enter opens one.",
        "tab goes to the queue, to sweeps, and to the tree of checkpoints, where b branches.",
      ]),
    Page(
      screen: .recipe,
      lines: [
        "? lists the keys of a screen, : finds every command, field, run and help topic by name.",
        "E draws the chart or map in focus into files. q leaves; it asks before anything is lost.",
      ]),
  ]
}
