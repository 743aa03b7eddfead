import TestSupport
import Testing

@Suite struct LayerTests {
  @Test func theTableItselfPointsDownwardsOnly() {
    for module in Module.all {
      for name in module.imports {
        let layer = Module.all.first { $0.name == name }?.layer
        #expect(layer.map { $0 < module.layer } == true, "\(module.name) imports \(name)")
      }
    }
  }

  @Test func cLibrariesAreImportedByOneModuleEach() {
    for library in Module.all where library.layer == 0 {
      let users = Module.all.filter { $0.imports.contains(library.name) }.map(\.name)
      #expect(users.count == 1, "\(library.name) is imported by \(users)")
    }
  }

  @Test func everyFolderOfSourcesIsARowAndEveryRowAFolder() {
    #expect(PackageFolder.folders(in: "Sources").sorted() == Module.all.map(\.name).sorted())
  }

  @Test(arguments: Module.all.filter { $0.layer > 0 })
  func sourcesImportOnlyWhatTheTableAllows(module: Module) throws {
    var allowed = module.imports.union(module.packages).union(Module.system)
    if module.hasFoundation { allowed.formUnion(Module.foundation) }
    let files = PackageFolder.files(in: "Sources/" + module.name, endings: [".swift"])
    #expect(!files.isEmpty)
    for file in files {
      let extra = SourceReader.imports(try PackageFolder.text(file)).subtracting(allowed)
      #expect(extra.isEmpty, "\(file) imports \(extra.sorted())")
    }
  }

  @Test func packageManifestAndTableAgree() throws {
    let rows = SourceReader.layers(try PackageFolder.text("Package.swift"))
    let table = Module.all.filter { $0.layer > 0 }
    #expect(rows.keys.sorted() == table.map(\.name).sorted())
    for module in table {
      #expect(rows[module.name] == module.imports, "\(module.name) in Package.swift")
    }
  }
}
