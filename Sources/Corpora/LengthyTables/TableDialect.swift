import Support

/// How tables and questions about them are worded.
protocol TableDialect: Sendable {
  /// The title of the first column.
  var keyTitle: String { get }
  /// The other columns that a table may have.
  var columns: [TableColumn] { get }
  /// Words of categories.
  var categoryWords: [String] { get }
  /// Marks and separators of the answers.
  var marks: TableMarks { get }

  func key(name: Int, number: Int) -> String
  func number(_ value: Int) -> String
  func decimal(hundredths: Int) -> String
  func date(month: Int, day: Int) -> String
  /// A code that is unique by its row's number.
  func code(row: Int, _ random: inout RandomStream) -> String
  /// The question in words, with everything that stands before its answer.
  func prompt(_ ask: TableAsk) -> String
  /// One line of a table in a layout.
  func line(_ layout: TableLayout, _ columns: [TableColumn], _ cells: [TableCell]) -> String
  /// The lines before the rows, and between them when it is repeated; empty when there are none.
  func header(_ layout: TableLayout, _ columns: [TableColumn]) -> String
}

/// What stands around answers.
struct TableMarks: Sendable {
  /// Between two values of an answer.
  let list: String
  /// Between a row's key and what is read from it.
  let step: String
  /// After each line of working.
  let stepEnd: String
  /// Before the value that ends a working.
  let answer: String
  /// After an answer.
  let turnEnd: String
  let yes: String
  let no: String
}

/// How a table is written.
enum TableLayout: CaseIterable, Sendable {
  /// Cells between bars.
  case pipes
  /// Values parted by commas.
  case commas
  /// Values parted by tabs.
  case tabs
  /// One JSON object a line.
  case json
  /// One `key: value` record a line.
  case records
}

/// Tables in the words of the miniature world.
///
/// It has no word for most terms of tables: `>` is the largest, `<` the smallest, `+` the sum and `=`
/// the mean. A tab has no token; `=` stands for it.
struct WorldTableDialect: TableDialect {
  let keyTitle = "name"
  let columns = [
    TableColumn(title: "who", type: .person), TableColumn(title: "place", type: .city),
    TableColumn(title: "home", type: .city), TableColumn(title: "object", type: .category),
    TableColumn(title: "magic", type: .code), TableColumn(title: "next", type: .link),
    TableColumn(title: "day", type: .date),
    TableColumn(title: "year", type: .integer(below: 10_000)),
    TableColumn(title: "count", type: .integer(below: 100)),
    TableColumn(title: "number", type: .integer(below: 10_000)),
    TableColumn(title: "page", type: .integer(below: 100)),
  ]
  var categoryWords: [String] { WorldWords.objects }
  let marks = TableMarks(
    list: " , ", step: " : ", stepEnd: " . ", answer: "that is ", turnEnd: " . ", yes: "found",
    no: "lost")

  func key(name: Int, number: Int) -> String {
    WorldWords.names[name] + " " + WorldVocabulary.chunks[number]
  }

  /// Digits in pairs: a single one has no token.
  func number(_ value: Int) -> String {
    let digits = String(value)
    return digits.count % 2 == 0 ? digits : "0" + digits
  }

  func decimal(hundredths: Int) -> String { number(hundredths) }

  func date(month: Int, day: Int) -> String {
    WorldVocabulary.chunks[month] + WorldVocabulary.chunks[day]
  }

  /// An adjective and a number of the row.
  func code(row: Int, _ random: inout RandomStream) -> String {
    random.pick(WorldWords.adjectives) + " " + (row < 100 ? "00" : "") + number(row)
  }

  func line(_ layout: TableLayout, _ columns: [TableColumn], _ cells: [TableCell]) -> String {
    let texts = cells.map(\.text)
    let pairs = zip(columns, texts).map { "\($0.title) : \($1)" }.joined(separator: " , ")
    return switch layout {
    case .pipes: "| " + texts.joined(separator: " | ") + " | \n"
    case .commas: texts.joined(separator: " , ") + " \n"
    case .tabs: texts.joined(separator: " = ") + " \n"
    case .json: "{ " + pairs + " }\n"
    case .records: pairs + " \n"
    }
  }

  func header(_ layout: TableLayout, _ columns: [TableColumn]) -> String {
    switch layout {
    case .pipes, .commas, .tabs:
      line(layout, columns, columns.map { TableCell(text: $0.title) })
    case .json, .records: ""
    }
  }

  func prompt(_ ask: TableAsk) -> String {
    "question : " + question(ask) + " "
  }

  private func question(_ ask: TableAsk) -> String {
    switch ask {
    case .cell(let column, let key): "what is the \(column) of \(key) ?"
    case .row(let key): "what is known about \(key) ?"
    case .reverse(let column, let value): "what name has the \(column) \(value) ?"
    case .cells(let column, let keys):
      "what is the \(column) of \(keys.joined(separator: " , ")) ?"
    case .count(let column, let value): "count every name with the \(column) \(value) ."
    case .sum(let column, let keys): "what is the \(column) of \(keys.joined(separator: " + ")) ?"
    case .difference(let column, let more, let less):
      "what is the \(column) from \(less) to \(more) ?"
    case .compare(let column, let first, let second):
      "what name has the \(column) > , \(first) , \(second) ?"
    case .argmax(let filter, let value, let column):
      "what name with the \(filter) \(value) has the \(column) > ?"
    case .hop(let column, let link, let key): "what is the \(column) of the \(link) of \(key) ?"
    case .rows: "count every name in the table ."
    case .distinct(let column): "count every \(column) in the table once ."
    case .largest(let column): "what is the \(column) > in the table ?"
    case .smallest(let column): "what is the \(column) < in the table ?"
    case .total(let column): "what is the \(column) + in the table ?"
    case .mean(let column): "what is the \(column) = in the table ?"
    case .frequent(let column): "what \(column) has the table many ?"
    case .sorted(let column): "check the sort of the \(column) in the table ."
    }
  }
}

/// Tables as English text.
struct TextTableDialect: TableDialect {
  let keyTitle = "name"
  let columns = [
    TableColumn(title: "person", type: .person), TableColumn(title: "city", type: .city),
    TableColumn(title: "date", type: .date), TableColumn(title: "status", type: .category),
    TableColumn(title: "article", type: .category), TableColumn(title: "code", type: .code),
    TableColumn(title: "parent", type: .link),
    TableColumn(title: "units", type: .integer(below: 1000)),
    TableColumn(title: "rank", type: .integer(below: 100)),
    TableColumn(title: "price", type: .decimal(below: 100_000)),
    TableColumn(title: "weight", type: .decimal(below: 10_000)),
  ]
  var categoryWords: [String] { WorldWords.objects }
  let marks = TableMarks(
    list: "; ", step: ": ", stepEnd: "\n", answer: "Answer: ", turnEnd: "\n", yes: "yes", no: "no")

  func key(name: Int, number: Int) -> String {
    WorldWords.names[name] + "-" + WorldVocabulary.chunks[number]
  }

  func number(_ value: Int) -> String { String(value) }

  func decimal(hundredths: Int) -> String {
    "\(hundredths / 100).\(WorldVocabulary.chunks[hundredths % 100])"
  }

  func date(month: Int, day: Int) -> String {
    "2021-\(WorldVocabulary.chunks[month])-\(WorldVocabulary.chunks[day])"
  }

  func code(row: Int, _ random: inout RandomStream) -> String {
    let letters = Array("ABCDEFGHJKLMNPQRSTUVWXYZ")
    return (0..<3).map { _ in String(random.pick(letters)) }.joined() + String(row)
  }

  func line(_ layout: TableLayout, _ columns: [TableColumn], _ cells: [TableCell]) -> String {
    let texts = cells.map(\.text)
    switch layout {
    case .pipes: return "| " + texts.joined(separator: " | ") + " |\n"
    case .commas: return texts.joined(separator: ",") + "\n"
    case .tabs: return texts.joined(separator: "\t") + "\n"
    case .json:
      let pairs = zip(columns, texts).map { column, text in
        "\"\(column.title)\": " + (column.type.isNumber ? text : "\"\(text)\"")
      }
      return "{" + pairs.joined(separator: ", ") + "}\n"
    case .records:
      return zip(columns, texts).map { "\($0.title): \($1)" }.joined(separator: ", ") + "\n"
    }
  }

  func header(_ layout: TableLayout, _ columns: [TableColumn]) -> String {
    let titles = line(layout, columns, columns.map { TableCell(text: $0.title) })
    return switch layout {
    case .pipes: titles + "|" + String(repeating: "---|", count: columns.count) + "\n"
    case .commas, .tabs: titles
    case .json, .records: ""
    }
  }

  func prompt(_ ask: TableAsk) -> String { "\nQuestion: " + question(ask) + "\n" }

  private func question(_ ask: TableAsk) -> String {
    switch ask {
    case .cell(let column, let key): "What is the \(column) of \(key)?"
    case .row(let key): "What does the whole row of \(key) say?"
    case .reverse(let column, let value): "Which name has the \(column) \(value)?"
    case .cells(let column, let keys):
      "What is the \(column) of \(keys.joined(separator: ", "))?"
    case .count(let column, let value): "How many rows have the \(column) \(value)?"
    case .sum(let column, let keys):
      "What is the sum of \(column) for \(keys.joined(separator: ", "))?"
    case .difference(let column, let more, let less):
      "How much more \(column) has \(more) than \(less)?"
    case .compare(let column, let first, let second):
      "Which has the larger \(column), \(first) or \(second)?"
    case .argmax(let filter, let value, let column):
      "Of the rows with the \(filter) \(value), which has the largest \(column)?"
    case .hop(let column, let link, let key): "What is the \(column) of the \(link) of \(key)?"
    case .rows: "How many rows has the table?"
    case .distinct(let column): "How many different values of \(column) are there?"
    case .largest(let column): "What is the largest \(column)?"
    case .smallest(let column): "What is the smallest \(column)?"
    case .total(let column): "What is the sum of all \(column)?"
    case .mean(let column): "What is the mean of all \(column), rounded down?"
    case .frequent(let column): "Which \(column) is the most frequent?"
    case .sorted(let column): "Is the table sorted by \(column)?"
    }
  }
}
