import Support
import Testing

@Suite struct JSONValueTests {
  @Test func keysKeepTheirOrder() {
    let value = JSONValue.object([("z", .integer(1)), ("a", .list([.null, .bool(true)]))])
    #expect(value.line == "{\"z\":1,\"a\":[null,true]}")
  }

  @Test func noControlCharacterLeavesUnescaped() throws {
    let controls = (0...0x1F).map { $0 } + [0x22, 0x5C] + (0x7F...0x9F).map { $0 }
    for code in controls {
      guard let scalar = Unicode.Scalar(UInt32(code)) else { continue }
      let text = "a\(Character(scalar))b"
      let line = JSONValue.text(text).line
      #expect(line.unicodeScalars.allSatisfy { (0x20...0x7E).contains($0.value) })
      #expect(try JSONValue(parsing: line) == .text(text))
    }
  }

  @Test func numbersThatAreNotFiniteAreWordsAndReadBack() throws {
    let cases: [(Double, String)] = [
      (.nan, "\"nan\""), (.infinity, "\"inf\""), (-.infinity, "\"-inf\""),
    ]
    for (number, line) in cases {
      #expect(JSONValue.number(number).line == line)
      let read = try JSONValue(parsing: line).numberValue
      #expect(read == number || (number.isNaN && read?.isNaN == true))
    }
  }

  @Test(arguments: [0, -0.5, 1e-300, 1.7976931348623157e308, 0.1, 3, 123_456_789.125, 1e15, -2e17])
  func finiteNumbersReadBackExactly(number: Double) throws {
    #expect(try JSONValue(parsing: JSONValue.number(number).line).numberValue == number)
  }

  @Test func textBeyondASCIIStaysReadable() throws {
    #expect(JSONValue.text("ü 漢 🧵").line == "\"ü 漢 🧵\"")
    #expect(try JSONValue(parsing: "{\"a\":\"\\ud83e\\uddf5\"}")["a"]?.textValue == "🧵")
  }

  @Test(arguments: ["", "{", "{\"a\":}", "nul", "{\"a\":1}}", "'a'"])
  func whatIsNoJSONIsRefused(text: String) {
    #expect(throws: (any Error).self) { try JSONValue(parsing: text) }
  }

  @Test func valuesAreReadByTheirTypeOnly() throws {
    let value = try JSONValue(parsing: "{\"i\":4,\"r\":4.5,\"t\":\"x\",\"l\":[1],\"o\":{\"k\":2}}")
    #expect(value["i"]?.integerValue == 4)
    #expect(value["r"]?.integerValue == nil)
    #expect(value["r"]?.numberValue == 4.5)
    #expect(value["t"]?.numberValue == nil)
    #expect(value["l"]?.listValue?.count == 1)
    #expect(value["o"]?["k"]?.integerValue == 2)
    #expect(value["none"] == nil)
    #expect(value["i"]?["k"] == nil)
  }
}
