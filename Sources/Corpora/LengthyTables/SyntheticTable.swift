import Support

/// What a column of a synthetic table holds.
enum ColumnType: Sendable, Equatable {
  /// The unique key of the row, a name with a number.
  case key
  case person
  case city
  /// A day of a year, in the order of the calendar.
  case date
  /// A whole number below the limit.
  case integer(below: Int)
  /// Hundredths, below the limit.
  case decimal(below: Int)
  /// One of a few words.
  case category
  /// A code that no two rows share.
  case code
  /// The key of another row.
  case link

  /// True when values can be added.
  var isNumber: Bool {
    switch self {
    case .integer, .decimal: true
    default: false
    }
  }

  /// True when values have an order.
  var isOrdered: Bool { isNumber || self == .date }
}

/// A column: the word above it and what it holds.
struct TableColumn: Sendable, Equatable {
  let title: String
  let type: ColumnType
}

/// A cell: its text, and its number where the column has an order; a key's is that of its name.
struct TableCell: Sendable, Equatable {
  let text: String
  var number = 0
}

/// A table of rows with a unique key each, in the first column.
struct SyntheticTable: Sendable {
  let columns: [TableColumn]
  private(set) var rows: [[TableCell]] = []

  /// The name that the next rows share, and for how many more.
  private var name = 0
  private var namesakes = 0
  private var keys: Set<Int> = []
  /// The words of each category column.
  private var categories: [[String]]
  private let dialect: any TableDialect
  private let split: CorpusSplit

  /// A table without rows whose columns are drawn: the key and `count` - 1 others.
  init(
    columns count: Int, dialect: any TableDialect, split: CorpusSplit, random: inout RandomStream
  ) {
    let others = random.sortedSample(
      min(count - 1, dialect.columns.count), below: dialect.columns.count)
    columns =
      [TableColumn(title: dialect.keyTitle, type: .key)] + others.map { dialect.columns[$0] }
    self.dialect = dialect
    self.split = split
    categories = []
    for column in columns {
      guard column.type == .category else {
        categories.append([])
        continue
      }
      let words = dialect.categoryWords
      let chosen = random.sortedSample(
        random.integer(in: 3...min(20, words.count)), below: words.count)
      categories.append(chosen.map { words[$0] })
    }
  }

  /// True when the world has hardly a further key of the split.
  var isFull: Bool { keys.count >= (split == .training ? 20_000 : 2_000) }

  /// Adds a row; links are drawn by `link`, when all rows are there.
  mutating func addRow(_ random: inout RandomStream) {
    let key = freshKey(&random)
    rows.append(
      columns.indices.map { index in
        switch columns[index].type {
        case .key:
          TableCell(text: dialect.key(name: key / 100, number: key % 100), number: key / 100)
        case .person: TableCell(text: random.pick(WorldWords.persons))
        case .city: TableCell(text: random.pick(WorldWords.places))
        case .date:
          Self.dateCell(random.below(336), dialect)
        case .integer(let limit):
          Self.numberCell(random.below(limit), columns[index].type, dialect)
        case .decimal(let limit):
          Self.numberCell(random.below(limit), columns[index].type, dialect)
        case .category: TableCell(text: random.pick(categories[index]))
        case .code: TableCell(text: dialect.code(row: rows.count, &random))
        case .link: TableCell(text: "")
        }
      })
  }

  /// A key of the split; several in a row share their name, so that each has decoys.
  private mutating func freshKey(_ random: inout RandomStream) -> Int {
    while true {
      // Now and then also where a name has no further key.
      if namesakes == 0 || random.chance(0.01) {
        name = random.below(WorldWords.names.count)
        namesakes = random.integer(in: 4...6)
      }
      let key = name * 100 + random.below(100)
      guard Self.split(of: key) == split, keys.insert(key).inserted else { continue }
      namesakes -= 1
      return key
    }
  }

  /// Keys of evaluation tables never stand in those of training: a fixed hash decides.
  static func split(of key: Int) -> CorpusSplit {
    StableHash.mix(UInt64(key) ^ 0x7461_626C_6573) % 10 == 0 ? .evaluation : .training
  }

  /// Brings the rows into their last order, and links each to another one.
  mutating func finish(_ random: inout RandomStream) {
    rows.shuffle(using: &random)
    let ordered = columns.indices.filter { columns[$0].type.isOrdered }
    if !ordered.isEmpty, random.chance(0.3) {
      let column = random.pick(ordered)
      let order = rows.indices.sorted {
        (rows[$0][column].number, $0) < (rows[$1][column].number, $1)
      }
      rows = order.map { rows[$0] }
    }
    for column in columns.indices where columns[column].type == .link {
      for row in rows.indices {
        let other = (row + 1 + random.below(max(1, rows.count - 1))) % rows.count
        rows[row][column] = rows[other][0]
      }
    }
  }

  private static func dateCell(_ day: Int, _ dialect: any TableDialect) -> TableCell {
    TableCell(text: dialect.date(month: day / 28 + 1, day: day % 28 + 1), number: day)
  }

  static func numberCell(
    _ number: Int, _ type: ColumnType, _ dialect: any TableDialect
  ) -> TableCell {
    TableCell(text: text(of: number, type, dialect), number: number)
  }

  /// A number as a column of the type shows it.
  static func text(of number: Int, _ type: ColumnType, _ dialect: any TableDialect) -> String {
    if case .decimal = type { dialect.decimal(hundredths: number) } else { dialect.number(number) }
  }
}
