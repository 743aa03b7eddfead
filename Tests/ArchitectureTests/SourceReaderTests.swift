import Testing

@Suite struct SourceReaderTests {
  @Test func importsAreFoundInEverySpelling() {
    let text = """
      // import Comment
      import Plain
      public import Shown
      @preconcurrency import Old
      @_spi(Inner) package import Hidden
      import struct Part.Thing
      #if canImport(Glibc)
        import Glibc
      #endif
      let text = "import Nothing"
      """
    let expected: Set = ["Plain", "Shown", "Old", "Hidden", "Part", "Glibc"]
    #expect(SourceReader.imports(text) == expected)
  }

  @Test func kindsAreFoundThroughRefinedProtocolsAndExtensions() {
    let texts = [
      "public protocol Transform: CatalogKind { }", "struct A: Transform, Sendable {",
      "extension B: CatalogKind {", "final class C<T>: Base,\n  Transform\n{", "struct D: Other {",
      "// struct E: CatalogKind {",
    ]
    #expect(SourceReader.types(conformingTo: "CatalogKind", in: texts) == ["A", "B", "C"])
  }

  @Test func cataloguesAreReadLineByLine() {
    let text = """
      public let transforms = Catalog<any Transform>(
        "rope",
        [
          A.self, // the plain one
          Outer.B.self,
          // C.self,
        ])
      let others = Catalog("pack", [D.self]) as Catalog<any Pack>
      """
    #expect(SourceReader.catalogued(text) == ["A", "Outer.B", "D"])
  }

  @Test func rowsOfTheManifestAreRead() {
    let text = """
      layer("Low", []),
      layer(
        "High", [
          "Low", "CThing", // why
        ]),
      .executableTarget(
        name: "tool", dependencies: ["High", arguments])
      """
    let expected: [String: Set<String>] = ["Low": [], "High": ["Low", "CThing"], "tool": ["High"]]
    #expect(SourceReader.layers(text) == expected)
  }
}
