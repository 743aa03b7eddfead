import Support

/// Writes code that uses only what it has defined.
struct CodeWriter {
  private static let operations = WorldVocabulary.tokens(
    "load store merge count find sort send swap join check")
  private static let comparisons = WorldVocabulary.tokens("< >")
  private static let function = WorldVocabulary.token("func")
  private static let binding = WorldVocabulary.token("let")
  private static let condition = WorldVocabulary.tokens("if while")
  private static let result = WorldVocabulary.token("return")
  private static let importing = WorldVocabulary.token("import")
  private static let open = WorldVocabulary.token("(")
  private static let close = WorldVocabulary.token(")")
  private static let comma = WorldVocabulary.token(",")
  private static let equals = WorldVocabulary.token("=")
  private static let plus = WorldVocabulary.token("+")
  private static let end = WorldVocabulary.token(";")
  private static let begin = WorldVocabulary.token("{")
  private static let finish = WorldVocabulary.token("}")

  /// Names of the file's own variables, and those of the function being written.
  private var globals: [Int32]
  private var locals: [Int32] = []
  private var list = SentenceList()
  /// Locals that were known where each open block began; their count is the depth.
  private var scopes: [Int] = []
  private var blockIsEmpty = true

  init(_ random: inout RandomStream) {
    globals = []
    for _ in 0..<3 { globals.append(fresh(&random)) }
  }

  private var depth: Int { scopes.count }

  /// Statements of exactly `tokens` tokens in all; 0, or at least 3.
  mutating func write(tokens: Int, _ random: inout RandomStream) -> SentenceList {
    list = SentenceList()
    while list.tokens.count < tokens {
      // What is open must still be closed, one token each.
      let left = tokens - list.tokens.count - depth
      if left < 24 {
        finishExactly(left, &random)
      } else if depth == 0 {
        openFunction(&random)
      } else {
        statement(&random)
      }
    }
    return list
  }

  private mutating func openFunction(_ random: inout RandomStream) {
    if random.chance(0.25) {
      let name = fresh(&random)
      globals[random.below(globals.count)] = name
      emit([Self.binding, name, Self.equals, random.pick(Self.operations), Self.open, Self.close])
      endStatement()
    }
    locals = []
    for _ in 0..<2 { locals.append(fresh(&random)) }
    emit([Self.function, random.pick(Self.operations), Self.open])
    emit([locals[0], Self.comma, locals[1], Self.close])
    openBlock()
  }

  /// One statement of 4 to 8 tokens, or the begin or end of a block.
  private mutating func statement(_ random: inout RandomStream) {
    switch random.below(7) {
    case 0:
      let value = [random.pick(locals), Self.plus, random.pick(globals)]
      define(value, &random)
    case 1:
      define([random.pick(Self.operations), Self.open, random.pick(locals), Self.close], &random)
    case 2:
      emit([random.pick(Self.operations), Self.open, random.pick(locals), Self.comma])
      emit([random.pick(globals), Self.close])
      endStatement()
    case 3 where depth == 1:
      emit([random.pick(Self.condition), random.pick(locals), random.pick(Self.comparisons)])
      emit([random.pick(globals)])
      openBlock()
    case 4 where depth == 1 && !blockIsEmpty:
      emit([Self.result, random.pick(locals)])
      endStatement()
      closeBlock()
    case 3 where !blockIsEmpty, 4 where !blockIsEmpty:
      closeBlock()
    default:
      assign(locals, &random)
      endStatement()
    }
  }

  private mutating func define(_ value: [Int32], _ random: inout RandomStream) {
    let name = fresh(&random)
    emit([Self.binding, name, Self.equals] + value)
    locals.append(name)
    endStatement()
  }

  /// Fills what is left with statements of 3 to 6 tokens, then closes all blocks.
  private mutating func finishExactly(_ tokens: Int, _ random: inout RandomStream) {
    var left = tokens
    while left > 0 {
      let names = depth > 0 ? locals : globals
      // 3 to 6 make every sum from 3 on; never leave 1 or 2.
      let size = left <= 6 ? left : (left == 7 ? 4 : random.integer(in: 4...min(6, left - 3)))
      switch size {
      case 3: emit([depth > 0 ? Self.result : Self.importing, random.pick(names)])
      case 4: assign(names, &random)
      case 5: emit([random.pick(Self.operations), Self.open, random.pick(names), Self.close])
      default:
        emit([random.pick(names), Self.equals, random.pick(names), Self.plus, random.pick(names)])
      }
      endStatement()
      left -= size
    }
    while depth > 0 { closeBlock() }
  }

  private mutating func emit(_ tokens: [Int32]) { list.append(contentsOf: tokens) }

  private mutating func endStatement() {
    list.append(Self.end)
    list.endSentence()
    blockIsEmpty = false
  }

  private mutating func openBlock() {
    list.append(Self.begin)
    list.endSentence()
    scopes.append(locals.count)
    blockIsEmpty = true
  }

  private mutating func closeBlock() {
    list.append(Self.finish)
    list.endSentence()
    // What a block defines is unknown after it.
    locals.removeLast(locals.count - scopes.removeLast())
    blockIsEmpty = false
  }

  /// One variable from another one.
  private mutating func assign(_ names: [Int32], _ random: inout RandomStream) {
    let first = random.below(names.count)
    let second = (first + 1 + random.below(names.count - 1)) % names.count
    emit([names[first], Self.equals, names[second]])
  }

  /// A name that is not in use.
  private func fresh(_ random: inout RandomStream) -> Int32 {
    while true {
      let name = WorldVocabulary.objects.token(random.below(WorldVocabulary.objects.count))
      if !locals.contains(name), !globals.contains(name) { return name }
    }
  }
}
