import Terminal
import Testing

@Suite struct KeyDecoderTests {
  private func keys(_ inputs: [KeyDecoder.Input]) -> [Key] {
    var decoder = KeyDecoder()
    return inputs.flatMap { decoder.feed($0) }
  }

  private func typed(_ text: String) -> [KeyDecoder.Input] {
    text.unicodeScalars.map { .character($0.value) }
  }

  @Test func plainAndControlKeysHaveNames() {
    #expect(
      keys(typed("a日 \r\t\u{7F}\u{3}\u{1A}\u{0}")) == [
        .character("a"), .character("日"), .character(" "), .enter, .tab, .backspace, .control("c"),
        .control("z"), .control("@"),
      ])
    #expect(keys(typed("\u{9B}")) == [])
    #expect(keys([.code(Int(KeyDecoder.up))]) == [.up])
  }

  @Test func escapeAloneIsAKeyAndUnknownSequencesAreSwallowed() {
    #expect(keys([.character(27), .nothing]) == [.escape])
    #expect(keys(typed("\u{1B}\u{1B}") + [.nothing]) == [.escape, .escape])
    #expect(keys(typed("\u{1B}x")) == [.escape, .character("x")])
    var decoder = KeyDecoder()
    let found = typed("\u{1B}[99;5uq\u{1B}]11;rgb:0/0/0\u{7}q\u{1B}P1$r0m\u{1B}\\q\u{1B}Ozq")
      .flatMap {
        decoder.feed($0)
      }
    #expect(found == Array(repeating: .character("q"), count: 4))
    #expect(decoder.swallowed == 4)
  }

  @Test func pastesComeWholeEvenInPieces() {
    let begin = KeyDecoder.Input.code(Int(KeyDecoder.pasteBegin))
    let end = KeyDecoder.Input.code(Int(KeyDecoder.pasteEnd))
    let inputs =
      [begin] + typed("q:\r") + [.nothing, .code(Int(KeyDecoder.up))] + typed("\u{3}é") + [end]
    #expect(keys(inputs) == [.paste("q:\n\u{3}é")])
    var decoder = KeyDecoder()
    _ = ([begin] + typed("lost")).flatMap { decoder.feed($0) }
    #expect(decoder.isPasting && decoder.endPaste() == [.paste("lost")] && !decoder.isPasting)
    #expect(decoder.feed(.character(113)) == [.character("q")])
  }

  @Test func mouseReportsHaveNoWidthLimit() {
    func report(_ text: String) -> [Key] {
      keys([.code(Int(KeyDecoder.mouseBegin))] + typed(text))
    }
    #expect(report("0;300;7M") == [.mouse(.init(kind: .press, button: 0, x: 299, y: 6))])
    #expect(report("2;1;1m") == [.mouse(.init(kind: .release, button: 2, x: 0, y: 0))])
    #expect(report("65;9;9M") == [.mouse(.init(kind: .wheelDown, button: 0, x: 8, y: 8))])
    #expect(report("32;9;9M") == [.mouse(.init(kind: .drag, button: 0, x: 8, y: 8))])
    #expect(report("0;0;9M") == [] && report("zz") == [.character("z")])
    #expect(report("99999999999999999999999999;1;1M").allSatisfy { $0 != .escape })
  }

  @Test func anyInputLeavesTheDecoderUsable() {
    var state: UInt64 = 88_172_645_463_325_252
    for _ in 0..<2000 {
      var decoder = KeyDecoder()
      for _ in 0..<40 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        let value = UInt32(state >> 40) % 300
        _ = decoder.feed(
          value == 299 ? .nothing : value > 280 ? .code(4990 + Int(value - 280)) : .character(value)
        )
      }
      _ = decoder.endPaste()
      // A string terminator and a final byte end whatever was open.
      for value in [7, 0x7E, 0x7E, 0x6D] as [UInt32] { _ = decoder.feed(.character(value)) }
      _ = decoder.feed(.nothing)
      #expect(decoder.feed(.character(113)).last == .character("q"))
    }
  }
}
