import Recipes

/// What tells runs of one name apart: the seed, else when they began, else the end of their folder's name.
enum RunNames {
  /// The words that each run needs beside its name, by folder; runs whose name is their own need none.
  static func tails(of runs: [RunSummary]) -> [String: String] {
    var tails: [String: String] = [:]
    for alike in Dictionary(grouping: runs, by: \.name).values where alike.count > 1 {
      let ways: [(RunSummary) -> String] = [
        { run in run.fields.first { $0.path == "seed" }.map { "seed \($0.text)" } ?? "" },
        // Without the year of `2026-11-21 11:02`.
        { $0.when.count == 16 ? String($0.when.dropFirst(5)) : $0.when },
        { tail(ofFolder: $0.path) },
      ]
      let way = ways.first { Set(alike.map($0)).count == alike.count } ?? \.path
      for run in alike { tails[run.path] = way(run) }
    }
    return tails
  }

  /// When the run of a folder began, as in `11:02:05` of `pose-20261121T110205Z-ab12cd34`; the end of another
  /// name.
  static func tail(ofFolder path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let stamp = name.split(separator: "-").map(Array.init).last { part in
      part.count == 16 && part[8] == "T" && part[15] == "Z"
    }
    guard let stamp else { return String(name.suffix(8)) }
    let clock = stamp[9..<15].map(String.init)
    return "\(clock[0])\(clock[1]):\(clock[2])\(clock[3]):\(clock[4])\(clock[5])"
  }
}
