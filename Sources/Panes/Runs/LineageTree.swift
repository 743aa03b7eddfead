import Recipes
import Support
import Terminal

/// Nodes of a lineage and which of them stands below which.
struct LineageTree {
  private struct Node {
    var row: Lineage.Row
    var children: [Int] = []
    var hasParent = false
  }

  private var nodes: [Node] = []
  /// Nodes of runs by the names of their folders, which no two runs share.
  private var runs: [String: Int] = [:]
  /// Nodes of checkpoints and files with their paths, by folder and file: whole paths and those from
  /// the current folder mean the same there.
  private var files: [String: [(path: String, node: Int)]] = [:]

  mutating func add(_ run: RunSummary, tail: String) {
    let name = run.name + (tail.isEmpty ? "" : " " + tail)
    let resumed = run.resumed.map { "resumed @" + Format.count($0) }.joined(separator: " ")
    let node = append(
      Lineage.Row(
        kind: .run(run.status), title: run.name, tail: tail, note: resumed, step: run.steps,
        loss: run.loss, needle: run.needle, model: run.checkpoint, name: name, run: run.path))
    runs[Self.last(run.path)] = node
    // The newest checkpoint is the run itself.
    if let newest = run.checkpoint { note(newest, node) }
    for path in run.checkpoints.dropFirst().reversed() {
      // What was saved before the first step is the base again.
      guard let step = Self.step(path), step > 0 else { continue }
      let title = "@" + Format.count(step)
      let child = append(
        Lineage.Row(
          kind: .checkpoint, title: title, step: step, model: path, name: "\(name) \(title)",
          run: run.path))
      note(path, child)
      adopt(child, by: node)
    }
    for merge in Self.merges(of: run) {
      adopt(
        append(
          Lineage.Row(
            kind: .merge, title: "merge", note: "\(merge.weight) of \(Self.last(merge.with))",
            run: run.path)),
        by: node)
    }
  }

  mutating func add(_ file: ModelFile) {
    let note = file.parents.count > 1 ? "\(weight(file)) of \(name(of: file.parents[1]))" : ""
    let node = append(
      Lineage.Row(
        kind: file.parents.isEmpty ? .checkpoint : .merge, title: Self.last(file.path), note: note,
        step: file.step, model: file.path, name: Self.last(file.path)))
    self.note(file.path, node)
  }

  /// Puts a run or a file below the checkpoint that it came from; one that is not here gets a row.
  mutating func attach(_ path: String, to parent: String, isRun: Bool) {
    let found = isRun ? runs[Self.last(path)] : file(path)
    guard let child = found, !nodes[child].hasParent else { return }
    let holder = self.node(of: parent) ?? addMissing(parent)
    guard holder != child else { return }
    let step = Self.step(parent)
    if let step, case .run = nodes[holder].row.kind, nodes[holder].row.step != step, isRun {
      let resumed = nodes[child].row.note
      nodes[child].row.note = "from @\(Format.count(step))" + (resumed.isEmpty ? "" : " " + resumed)
    }
    adopt(child, by: holder)
  }

  /// The rows in the order in which the tree is read.
  var rows: [Lineage.Row] {
    var rows: [Lineage.Row] = []
    var seen = Set<Int>()
    func visit(_ index: Int, before: String, branch: String, below: String) {
      // Hand-made files may name one another in a ring.
      guard seen.insert(index).inserted else { return }
      var row = nodes[index].row
      row.tree = before + branch
      rows.append(row)
      let children = nodes[index].children
      for child in children {
        let isLast = child == children.last
        visit(
          child, before: before + below, branch: isLast ? "└─" : "├─",
          below: isLast ? "  " : "│ ")
      }
    }
    let roots = nodes.indices.filter { !nodes[$0].hasParent }
    func isFile(_ index: Int) -> Bool { nodes[index].row.run == nil }
    for index in roots.filter(isFile) + roots + nodes.indices {
      visit(index, before: "", branch: "", below: "")
    }
    return rows
  }

  // MARK: Pieces

  private mutating func append(_ row: Lineage.Row) -> Int {
    nodes.append(Node(row: row))
    return nodes.count - 1
  }

  private mutating func adopt(_ child: Int, by parent: Int) {
    nodes[parent].children.append(child)
    nodes[child].hasParent = true
  }

  private mutating func addMissing(_ path: String) -> Int {
    let node = append(
      Lineage.Row(
        kind: .checkpoint, title: Self.last(path), note: "elsewhere", step: Self.step(path),
        model: path, name: Self.last(path)))
    note(path, node)
    return node
  }

  /// The node of a checkpoint's file or of a run folder; of its run when the file is gone.
  private func node(of path: String) -> Int? {
    file(path) ?? runs[Self.last(path)]
      ?? runs[Self.last(Self.folder(path))]
  }

  private mutating func note(_ path: String, _ node: Int) {
    files[Self.key(path), default: []].append((path, node))
  }

  private func file(_ path: String) -> Int? {
    files[Self.key(path)]?.first { Self.isSame($0.path, path) }?.node
  }

  private func name(of path: String) -> String {
    guard let run = runs[Self.last(Self.folder(path))] ?? runs[Self.last(path)] else {
      return Self.last(path)
    }
    return nodes[run].row.name + (Self.step(path).map { " @" + Format.count($0) } ?? "")
  }

  private func weight(_ file: ModelFile) -> String {
    file.weight.map { Format.fixed($0, 2) } ?? "a part"
  }

  /// The merge stages of a run.
  private static func merges(of run: RunSummary) -> [(with: String, weight: String)] {
    func text(_ path: String) -> String? { run.fields.first { $0.path == path }?.text }
    return run.fields.filter { $0.path.hasSuffix(".kind") && $0.text == "merge" }.map { field in
      let stage = String(field.path.dropLast(5))
      return (text(stage + ".with") ?? "", text(stage + ".weight") ?? "")
    }
  }

  /// `step-000000000200.h5` is 200; nil for other names.
  private static func step(_ path: String) -> Int? {
    let name = last(path)
    guard name.hasPrefix("step-"), name.hasSuffix(".h5") else { return nil }
    return Int(name.dropFirst(5).dropLast(3))
  }

  private static func last(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  private static func key(_ path: String) -> String {
    path.split(separator: "/").suffix(2).joined(separator: "/")
  }

  private static func folder(_ path: String) -> String {
    path.split(separator: "/").dropLast().joined(separator: "/")
  }

  /// Whether two paths mean one file: a whole one and one from the current folder end alike.
  private static func isSame(_ first: String, _ second: String) -> Bool {
    first == second || first.hasSuffix("/" + second) || second.hasSuffix("/" + first)
  }
}
