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

  @Test(arguments: [
    (#"{"a":1,"a":2}"#, "twice"), (#"{"a":1,"\u0061":2}"#, "twice"), ("[NaN]", "no value"),
    ("[Infinity]", "no value"), ("[01]", "no value"), ("[1.]", "no digit"),
    ("[1e999]", "too large"),
    (#"["\ud800"]"#, "surrogate"), (#"["\ud800\u0041"]"#, "surrogate"), ("[\"a\nb\"]", "control"),
    (#"["\x"]"#, "escape"), ("[1,]", "no value"), ("{\"a\" 1}", "colon"),
    ("[1 2]", "end of a list"),
  ])
  func faultsSayWhatAndWhere(text: String, finding: String) {
    let fault = #expect(throws: JSONFault.self) { try JSONValue(parsing: text) }
    #expect(fault?.finding.contains(finding) == true, "\(fault?.description ?? "")")
  }

  @Test func nestingHasALimitAndTextsThatLookAlikeAreTwoKeys() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(try JSONValue(parsing: nested(64)).listValue != nil)
    #expect(throws: JSONFault.self) { try JSONValue(parsing: nested(100_000)) }
    let pair = try JSONValue(parsing: "{\"\u{e9}\":1,\"e\u{301}\":2,\"b\":[]}")
    #expect(pair.objectValue?.map(\.key.unicodeScalars.count) == [1, 2, 1])
  }

  @Test func peopleReadItIndented() throws {
    let value = JSONValue.object([
      ("a", .list([.integer(1), .integer(2)])), ("b", .object([("c", .null)])), ("d", .object([])),
      ("e", .list([.object([("f", .bool(true))])])),
    ])
    let expected = """
      {
        "a": [1,2],
        "b": {
          "c": null
        },
        "d": {},
        "e": [
          {
            "f": true
          }
        ]
      }

      """
    #expect(value.indented == expected)
    #expect(try JSONValue(parsing: value.indented) == value)
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
