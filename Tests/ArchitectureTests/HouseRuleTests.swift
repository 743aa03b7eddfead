import TestSupport
import Testing

@Suite struct HouseRuleTests {
  private static let sources = PackageFolder.files(in: "Sources", endings: [".swift", ".c", ".h"])

  @Test func noSourceFileIsLongerThan400Lines() throws {
    #expect(!Self.sources.isEmpty)
    for file in Self.sources {
      let count =
        try PackageFolder.text(file).split(
          separator: "\n", omittingEmptySubsequences: false
        ).count - 1
      #expect(count <= 400, "\(file) has \(count) lines: is there more than one idea in it?")
    }
  }

  @Test func everyKindStandsInTheCatalogueOfItsModule() throws {
    var kinds = 0
    for module in PackageFolder.folders(in: "Sources") where module != "Support" {
      let texts = try PackageFolder.files(in: "Sources/" + module, endings: [".swift"])
        .map(PackageFolder.text)
      let conforming = SourceReader.types(conformingTo: "CatalogKind", in: texts)
      let listed = texts.flatMap(SourceReader.catalogued)
      #expect(conforming == Set(listed), "kinds and catalogues of \(module) differ")
      #expect(listed.count == Set(listed).count, "a kind of \(module) is listed twice")
      kinds += listed.count
    }
    #expect(kinds > 0)
  }

  @Test func onlyTheProgramEndsTheProcess() throws {
    for file in Self.sources where !file.hasPrefix("Sources/needlepoint/") {
      let text = try PackageFolder.text(file)
      let calls = text.matches(of: /(?m)^(?!\s*\/\/).*(\bexit\(|\bfatalError\()/)
      #expect(calls.count == 0, "\(file) ends the process")
    }
  }

  @Test func everyExperimentHasARecipeAndAnAccount() {
    let folders = PackageFolder.folders(in: "experiments").filter { $0.first?.isNumber == true }
    #expect(!folders.isEmpty)
    for folder in folders {
      for name in ["recipe.yaml", "README.md"] {
        #expect(PackageFolder.has("experiments/\(folder)/\(name)"), "\(folder) has no \(name)")
      }
    }
  }

  @Test func nothingNamesFoldersOutsideOfThePackage() throws {
    // Joined here, so that this file does not name them either.
    let outside = [["/wo", "rk/"], ["sha", "red/"], [".lib", "rary/"], ["/ro", "ot/"]]
      .map { $0.joined() }
    let folders = ["Sources", "Tests", "experiments", "scripts", ".ci"]
    let endings = [
      ".swift", ".c", ".h", ".md", ".yaml", ".json", ".modulemap", ".py", "/run", "/prepare",
    ]
    var files = folders.flatMap { PackageFolder.files(in: $0, endings: endings) }
    files += ["Package.swift", "Makefile", "README.md"]
    for file in files {
      let text = try PackageFolder.text(file)
      for name in outside where text.contains(name) {
        Issue.record("\(file) names \(name)")
      }
    }
  }
}
