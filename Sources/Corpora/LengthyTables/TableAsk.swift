import Support

/// A question about a table, in terms of titles, keys and values.
enum TableAsk: Sendable, Equatable {
  case cell(column: String, key: String)
  case row(key: String)
  case reverse(column: String, value: String)
  case cells(column: String, keys: [String])

  case count(column: String, value: String)
  case sum(column: String, keys: [String])
  case difference(column: String, more: String, less: String)
  case compare(column: String, first: String, second: String)
  case argmax(filter: String, value: String, column: String)
  case hop(column: String, link: String, key: String)

  case rows
  case distinct(column: String)
  case largest(column: String)
  case smallest(column: String)
  case total(column: String)
  case mean(column: String)
  case frequent(column: String)
  case sorted(column: String)
}

/// What family a question is of, which decides the form of its answer.
enum TableFamily: CaseIterable, Sendable {
  /// Values as they stand in the table.
  case retrieval
  /// Lines of working that name the rows used, then the value.
  case reasoning
  /// A value over the whole table.
  case overview
}

/// A question with its answer and the rows that tell it.
struct TableQuestion: Sendable {
  let kind: String
  let ask: TableAsk
  /// Lines of working before the answer: row key and what is read from it.
  var steps: [(key: String, read: String)] = []
  let answer: String
  /// True when the answer is a bare value.
  var isBare = false
  /// Numbers of the rows that tell the answer.
  let gold: [Int]
}

/// Makes questions about a table; nil where the table has nothing to ask of the kind drawn.
struct TableAsker {
  /// Most rows that a working may name.
  private static let mostSteps = 12
  /// Rows that share the name of a key that is asked about, itself among them.
  private static let namesakes = 4

  let table: SyntheticTable
  let dialect: any TableDialect
  /// The rows whose keys may be asked about: each has three others of its name as decoys, or, in a
  /// table too small for that, as many as any.
  private let askable: [Int]

  init(table: SyntheticTable, dialect: any TableDialect) {
    self.table = table
    self.dialect = dialect
    var rowsOfName: [Int: Int] = [:]
    for row in table.rows { rowsOfName[row[0].number, default: 0] += 1 }
    let wanted = min(Self.namesakes, rowsOfName.values.max() ?? 0)
    askable = table.rows.indices.filter { row in
      rowsOfName[table.rows[row][0].number, default: 0] >= wanted
    }
  }

  func question(_ family: TableFamily, _ random: inout RandomStream) -> TableQuestion? {
    switch family {
    case .retrieval: retrieval(&random)
    case .reasoning: reasoning(&random)
    case .overview: overview(&random)
    }
  }

  // MARK: retrieval

  private func retrieval(_ random: inout RandomStream) -> TableQuestion? {
    guard let column = column(&random, { $0 != .key }) else { return nil }
    let title = table.columns[column].title
    let row = random.pick(askable)
    switch random.below(4) {
    case 0:
      return TableQuestion(
        kind: "cell", ask: .cell(column: title, key: key(row)), answer: text(row, column),
        isBare: true, gold: [row])
    case 1:
      return TableQuestion(
        kind: "row", ask: .row(key: key(row)),
        answer: table.rows[row].dropFirst().map(\.text).joined(separator: dialect.marks.list),
        isBare: true, gold: [row])
    case 2:
      let value = text(row, column)
      guard table.rows.count(where: { $0[column].text == value }) == 1 else { return nil }
      return TableQuestion(
        kind: "reverse", ask: .reverse(column: title, value: value), answer: key(row),
        isBare: true, gold: [row])
    default:
      guard let rows = rows(random.integer(in: 2...4), &random) else { return nil }
      return TableQuestion(
        kind: "cells", ask: .cells(column: title, keys: rows.map(key)),
        answer: rows.map { text($0, column) }.joined(separator: dialect.marks.list), isBare: true,
        gold: rows)
    }
  }

  // MARK: reasoning

  private func reasoning(_ random: inout RandomStream) -> TableQuestion? {
    switch random.below(6) {
    case 0: count(&random)
    case 1: sum(&random)
    case 2: difference(&random)
    case 3: compare(&random)
    case 4: argmax(&random)
    default: hop(&random)
    }
  }

  /// Rows that share a value of a column, few enough to be named.
  private func filtered(
    _ random: inout RandomStream
  ) -> (title: String, value: String, rows: [Int])? {
    guard
      let column = column(&random, { $0 == .category || $0 == .city || $0 == .person })
    else { return nil }
    let value = text(random.below(table.rows.count), column)
    let rows = table.rows.indices.filter { text($0, column) == value }
    guard rows.count <= Self.mostSteps else { return nil }
    return (table.columns[column].title, value, rows)
  }

  private func count(_ random: inout RandomStream) -> TableQuestion? {
    guard let (title, value, rows) = filtered(&random) else { return nil }
    return TableQuestion(
      kind: "count", ask: .count(column: title, value: value),
      steps: rows.map { (key($0), value) }, answer: dialect.number(rows.count), gold: rows)
  }

  private func sum(_ random: inout RandomStream) -> TableQuestion? {
    guard let column = column(&random, \.isNumber),
      let rows = rows(random.integer(in: 2...4), &random)
    else { return nil }
    let sum = rows.reduce(0) { $0 + number($1, column) }
    return TableQuestion(
      kind: "sum", ask: .sum(column: table.columns[column].title, keys: rows.map(key)),
      steps: rows.map { (key($0), text($0, column)) }, answer: written(sum, column), gold: rows)
  }

  private func difference(_ random: inout RandomStream) -> TableQuestion? {
    guard let column = column(&random, \.isNumber), let rows = rows(2, &random) else { return nil }
    let order = number(rows[0], column) >= number(rows[1], column) ? rows : rows.reversed()
    let difference = number(order[0], column) - number(order[1], column)
    return TableQuestion(
      kind: "difference",
      ask: .difference(
        column: table.columns[column].title, more: key(order[0]), less: key(order[1])),
      steps: order.map { (key($0), text($0, column)) }, answer: written(difference, column),
      gold: order)
  }

  private func compare(_ random: inout RandomStream) -> TableQuestion? {
    guard let column = column(&random, \.isOrdered), let rows = rows(2, &random),
      number(rows[0], column) != number(rows[1], column)
    else { return nil }
    let larger = number(rows[0], column) > number(rows[1], column) ? rows[0] : rows[1]
    return TableQuestion(
      kind: "compare",
      ask: .compare(
        column: table.columns[column].title, first: key(rows[0]), second: key(rows[1])),
      steps: rows.map { (key($0), text($0, column)) }, answer: key(larger), gold: rows)
  }

  private func argmax(_ random: inout RandomStream) -> TableQuestion? {
    guard let column = column(&random, \.isOrdered),
      let (title, value, rows) = filtered(&random), rows.count > 1,
      let most = rows.map({ number($0, column) }).max()
    else { return nil }
    let best = rows.filter { number($0, column) == most }
    guard best.count == 1 else { return nil }
    return TableQuestion(
      kind: "argmax",
      ask: .argmax(filter: title, value: value, column: table.columns[column].title),
      steps: rows.map { (key($0), text($0, column)) }, answer: key(best[0]), gold: rows)
  }

  private func hop(_ random: inout RandomStream) -> TableQuestion? {
    guard let link = column(&random, { $0 == .link }),
      let column = column(&random, { $0 != .link && $0 != .key })
    else { return nil }
    let row = random.pick(askable)
    guard let other = table.rows.firstIndex(where: { $0[0].text == text(row, link) }) else {
      return nil
    }
    return TableQuestion(
      kind: "hop",
      ask: .hop(
        column: table.columns[column].title, link: table.columns[link].title, key: key(row)),
      steps: [(key(row), key(other)), (key(other), text(other, column))],
      answer: text(other, column), gold: [row, other])
  }

  // MARK: overview

  private func overview(_ random: inout RandomStream) -> TableQuestion? {
    let all = Array(table.rows.indices)
    let kind = random.below(8)
    if kind == 0 {
      return TableQuestion(
        kind: "rows", ask: .rows, answer: dialect.number(all.count), gold: all)
    }
    func isWanted(_ type: ColumnType) -> Bool {
      switch kind {
      case 1: type == .category || type == .city || type == .person
      case 2, 3, 4: type.isOrdered
      case 5, 6: type.isNumber
      default: type == .category
      }
    }
    guard let column = column(&random, isWanted) else { return nil }
    let title = table.columns[column].title
    let numbers = table.rows.map { $0[column].number }
    func row(of number: Int?) -> String? {
      number.flatMap { number in table.rows.first { $0[column].number == number }?[column].text }
    }
    let parts: (kind: String, ask: TableAsk, answer: String?) =
      switch kind {
      case 1:
        (
          "distinct", .distinct(column: title),
          dialect.number(Set(table.rows.map { $0[column].text }).count)
        )
      case 2: ("largest", .largest(column: title), row(of: numbers.max()))
      case 3: ("smallest", .smallest(column: title), row(of: numbers.min()))
      case 4:
        (
          "sorted", .sorted(column: title),
          zip(numbers, numbers.dropFirst()).allSatisfy { $0 <= $1 }
            ? dialect.marks.yes : dialect.marks.no
        )
      case 5: ("total", .total(column: title), written(numbers.reduce(0, +), column))
      case 6: ("mean", .mean(column: title), written(numbers.reduce(0, +) / all.count, column))
      default: ("frequent", .frequent(column: title), mostFrequent(column))
      }
    return parts.answer.map {
      TableQuestion(kind: parts.kind, ask: parts.ask, answer: $0, gold: all)
    }
  }

  /// The value that most rows have; nil when several do.
  private func mostFrequent(_ column: Int) -> String? {
    var counts: [String: Int] = [:]
    for row in table.rows { counts[row[column].text, default: 0] += 1 }
    let most = counts.values.max()
    let best = counts.filter { $0.value == most }
    return best.count == 1 ? best.first?.key : nil
  }

  // MARK: parts

  private func key(_ row: Int) -> String { table.rows[row][0].text }
  private func text(_ row: Int, _ column: Int) -> String { table.rows[row][column].text }
  private func number(_ row: Int, _ column: Int) -> Int { table.rows[row][column].number }

  private func written(_ number: Int, _ column: Int) -> String {
    SyntheticTable.text(of: number, table.columns[column].type, dialect)
  }

  private func column(
    _ random: inout RandomStream, _ isWanted: (ColumnType) -> Bool
  ) -> Int? {
    let columns = table.columns.indices.filter { isWanted(table.columns[$0].type) }
    return columns.isEmpty ? nil : random.pick(columns)
  }

  /// Distinct rows that may be asked about, in random order; nil when there are not so many.
  private func rows(_ count: Int, _ random: inout RandomStream) -> [Int]? {
    guard askable.count >= count else { return nil }
    return random.sortedSample(count, below: askable.count).map { askable[$0] }
      .shuffled(using: &random)
  }
}
