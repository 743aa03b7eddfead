import Foundation
import Support
import TestSupport
import Testing

/// The whole program, driven from outside as a person or a script does.
///
/// One test at a time: they start trainings and look at clocks.
@Suite(.serialized) struct ScenarioSuite {
  @Test func theProgramIsBuilt() {
    #expect(Program.isBuilt, "build it first: swift build --configuration release")
  }
}

extension CommandResult {
  /// Standard output as JSON lines, each of which must name its event first.
  var events: [JSONValue] {
    get throws {
      try lines.map { line in
        #expect(line.hasPrefix("{\"event\":"), "no event first: \(line.prefix(120))")
        return try JSONValue(parsing: line)
      }
    }
  }
}

extension [JSONValue] {
  /// The lines of one event.
  func named(_ event: String) -> [JSONValue] {
    filter { $0["event"]?.textValue == event }
  }

  /// The names of all events, each once.
  var names: Set<String> { Set(compactMap { $0["event"]?.textValue }) }
}

/// Holds that a command ended as it should, and shows what it said when not.
func expect(
  _ result: CommandResult, status: Int = 0, says: [String] = [],
  at location: SourceLocation = #_sourceLocation
) {
  #expect(
    result.status == status,
    "\(result.isTimedOut ? "out of time; " : "")stdout: \(result.output.suffix(600))\nstderr: \(result.errors.suffix(900))",
    sourceLocation: location)
  for text in says {
    #expect(
      result.errors.contains(text) || result.output.contains(text),
      "\"\(text)\" is missing\nstdout: \(result.output.suffix(600))\nstderr: \(result.errors.suffix(900))",
      sourceLocation: location)
  }
}

/// Holds that a command was refused with a sentence and left nothing behind.
func expectRefusal(
  _ result: CommandResult, status: Int = 2, says: [String],
  at location: SourceLocation = #_sourceLocation
) {
  expect(result, status: status, says: says, at: location)
  #expect(result.output == "", "talk on stdout", sourceLocation: location)
  let sentence = result.errors.trimmingCharacters(in: .whitespacesAndNewlines)
  #expect(sentence.hasSuffix("."), "no sentence: \(sentence)", sourceLocation: location)
  for word in ["Optional(", "Error Domain", "Fatal error", "Swift."] {
    #expect(!sentence.contains(word), "\(sentence)", sourceLocation: location)
  }
}
