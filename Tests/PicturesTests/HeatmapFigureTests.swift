import Foundation
import Pictures
import TestSupport
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct HeatmapFigureTests {
  @Test(arguments: [Samples.cliff, Samples.small])
  func svgIsWellFormedAndNamesTheIntervalOfEveryCell(map: Heatmap) throws {
    let reader = TitleReader()
    let parser = XMLParser(data: Data(map.svg.utf8))
    parser.delegate = reader
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
    let notes = reader.titles.dropFirst()
    let (columns, rows) = (map.lengths.count, map.depths.count)
    #expect(reader.titles.first == map.title)
    #expect(notes.count == (columns + 1) * (rows + 1))
    #expect(
      notes.contains { $0.hasPrefix("256 tokens, depth 0 %: 10 of 10 right, 100.0 % [72.2, ") })
  }

  @Test func svgSaysWhatTheAxesAreAndWhereTheModelWasTrained() {
    let svg = Samples.cliff.svg
    for words in [
      "Context length (tokens)", "Needle depth (% of the context)", "Right answers (%)",
      "trained on 256", "target 4,096", "stroke-dasharray", "Source: base-256.h5, seed 1.",
    ] { #expect(svg.contains(words), "\(words)") }
  }

  @Test func hostileTextIsEscapedInSVG() {
    let map = Heatmap(
      [Samples.cell(256, 0, 1)], title: "</title><script>\u{7}\u{1B}[31m", source: "\"a\" & b")
    #expect(!map.svg.contains("<script>"))
    #expect(XMLParser(data: Data(map.svg.utf8)).parse())
  }

  @Test func pngHasTheSizeOfTheFigureAndItsColours() throws {
    let bytes = try Samples.cliff.png()
    #expect(Array(bytes.prefix(8)) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    func number(at index: Int) -> Int {
      bytes[index..<index + 4].reduce(0) { $0 << 8 | Int($1) }
    }
    let svg = Samples.cliff.svg
    #expect(svg.contains("viewBox=\"0 0 \(number(at: 16) / 3) \(number(at: 20) / 3)\""))
    #expect(bytes.suffix(8).starts(with: Array("IEND".utf8)))
  }

  @Test(arguments: [0, 1, 3, 40])
  func anyNumberOfColumnsAndRowsIsDrawn(count: Int) throws {
    let cells = (0..<count).flatMap { column in
      (0..<count).map { Samples.cell(1000 * (column + 1), Double($0) / 40, 5) }
    }
    let map = Heatmap(cells, trainedContext: 500, targetContext: 100_000)
    #expect(XMLParser(data: Data(map.svg.utf8)).parse())
    #expect(try map.png().count > 1000)
  }
}

/// Collects the words of all `title` elements, the document's first.
private final class TitleReader: NSObject, XMLParserDelegate {
  var titles: [String] = []
  private var isInside = false

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    isInside = name == "title"
    if isInside { titles.append("") }
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    isInside = false
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) {
    if isInside { titles[titles.count - 1] += text }
  }
}
