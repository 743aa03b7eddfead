import Foundation
import Pictures
import Support
import TestSupport
import Testing

@Suite struct PictureFileTests {
  @Test(arguments: PictureFile.endings)
  func everyFormatIsWrittenWholeAndTwiceTheSame(ending: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("old", to: "map" + ending)
    try PictureFile.write(Samples.cliff, to: folder.file("map" + ending))
    let first = try folder.bytes("map" + ending)
    try PictureFile.write(Samples.cliff, to: folder.file("map" + ending))
    #expect(first.count > 500)
    #expect(try folder.bytes("map" + ending) == first)
    #expect(folder.names == ["map" + ending])
  }

  @Test(arguments: [
    ("map.pgn", "Did you mean \".png\"?"), ("map", "found no ending"),
    ("map.docx", "Use one of .csv, .svg, .png, .txt, .json."),
    ("missing/map.csv", "Make it or choose another path."),
  ])
  func whatCannotBeWrittenIsRefusedWithARemedyAndNothingIsLeft(name: String, words: String) throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: UserError.self) {
      try PictureFile.write(Samples.small, to: folder.file(name))
    }
    #expect(error?.description.contains(words) == true)
    #expect(error?.kind == .input)
    #expect(folder.names.isEmpty)
  }

  @Test func aWriteThatFailsIsReportedAsFailedWork() throws {
    // A folder stands where the file should go, which even root cannot overwrite.
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.file("map.csv"), withIntermediateDirectories: true)
    let error = #expect(throws: UserError.self) {
      try PictureFile.write(Samples.small, to: folder.file("map.csv"))
    }
    #expect(error?.kind == .work)
    #expect(error?.description.contains("could not be written") == true)
  }
}
