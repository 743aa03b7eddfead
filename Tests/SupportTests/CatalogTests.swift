import Support
import Testing

private protocol Shape: Sendable { var corners: Int { get } }

private struct Star: Shape, CatalogKind {
  static let kind = KindDescription(
    "star", "A star.",
    settings: [Setting("corners", .integer(3...9), default: .integer(5), help: "Corners.")])
  let corners: Int
  init(_ values: SettingsValues) throws { corners = values.integer("corners") ?? 0 }
}

private struct Dot: Shape, CatalogKind {
  static let kind = KindDescription("dot", "A dot.")
  var corners: Int { 0 }
  init(_ values: SettingsValues) throws {
    if values.text("colour") == "none" {
      throw UserError("shape.colour", "a dot needs a colour", remedy: "Name one.")
    }
  }
}

@Suite struct CatalogTests {
  private let shapes = Catalog<any Shape>("shape", [Star.self, Dot.self])

  @Test func kindsAreMadeByNameWithDefaultsUnderWhatIsGiven() throws {
    #expect(try shapes.make("star").corners == 5)
    #expect(try shapes.make("star", ["corners": .integer(7)]).corners == 7)
    #expect(shapes.descriptions.map(\.name) == ["star", "dot"])
  }

  @Test func anUnknownKindIsRefusedWithTheNearestName() {
    let error = #expect(throws: UserError.self) { try shapes.make("starr") }
    #expect(
      error?.description
        == "shape.kind: no kind \"starr\". Did you mean \"star\"? Known: star, dot.")
  }

  @Test func aKindMayRefuseWhatDoesNotFit() {
    #expect(throws: UserError.self) { try shapes.make("dot", ["colour": .text("none")]) }
  }

  @Test func valuesAreReadByTheTypesThatFit() {
    let values = SettingsValues(
      ["whole": .integer(3), "real": .real(4), "half": .real(0.5), "many": .integers([1, 2])],
      declared: [])
    #expect(values.integer("real") == 4)
    #expect(values.integer("half") == nil)
    #expect(values.real("whole") == 3)
    #expect(values.reals("many") == [1, 2])
    #expect(values.flag("whole") == nil)
    #expect(values.text("missing") == nil)
  }
}

@Suite struct SuggestionTests {
  @Test(arguments: [
    ("yam", "yarn"), ("liner", "linear"), ("ntk", "ntk"), ("NTK", "ntk"), ("lniear", "linear"),
  ])
  func aSlipFindsItsName(slip: String, name: String) {
    #expect(Suggestion.nearest(to: slip, among: ["linear", "ntk", "yarn"]) == name)
  }

  @Test(arguments: ["", "completely different", "xyz"])
  func whatResemblesNothingGetsTheListOnly(word: String) {
    let known = ["linear", "ntk", "yarn"]
    #expect(Suggestion.nearest(to: word, among: known) == nil)
    #expect(Suggestion.sentence(for: word, among: known) == "Known: linear, ntk, yarn.")
  }

  @Test func nothingKnownSuggestsNothing() {
    #expect(Suggestion.nearest(to: "a", among: []) == nil)
  }
}
