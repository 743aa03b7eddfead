import Foundation
import Kernels
import Panes
import Recipes
import RunStore
import Runs
import Support

/// The checkpoints that lie beside the run folders: bases and products of merges.
///
/// Belongs to the one thread that asks.
final class ModelShelf {
  private let folder: String
  private var known: [String: (date: Date, file: ModelFile)] = [:]

  /// The shelf of a folder, which need not exist.
  init(_ folder: String) {
    self.folder = folder
  }

  /// Its checkpoints, by name; those that cannot be read are left out.
  func files() -> [ModelFile] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.sorted().filter { $0.hasSuffix(".h5") }.compactMap { file("\(folder)/\($0)") }
  }

  /// What is known of a file; one that has not changed is not read again.
  private func file(_ path: String) -> ModelFile? {
    let facts = try? FileManager.default.attributesOfItem(atPath: path)
    guard let date = facts?[.modificationDate] as? Date else { return nil }
    if let before = known[path], before.date == date { return before.file }
    guard let origin = try? Checkpoint.origin(path) else { return nil }
    let merged = MergedModel(json: origin.state)
    let file = ModelFile(
      path: path, step: origin.step, parents: merged.map { [$0.first, $0.second] } ?? [],
      weight: merged?.weight)
    known[path] = (date, file)
    return file
  }

  /// Writes the average of two checkpoints beside the run folders, named by them.
  ///
  /// - Returns: its path.
  /// - Throws: `UserError` or `StoreError` when they cannot be merged.
  func merge(_ first: String, _ second: String, weight: Double) throws -> String {
    // One thread: a run may be training.
    try MergedModel.write(
      first, second, weight: weight,
      to: { merged in
        let parents = [merged.first, merged.second].map(Self.word).joined(separator: "-")
        return Self.free("\(folder)/merge-\(parents)-\(Quantity.text(weight))", ending: ".h5")
      }, pool: ThreadPool(threads: 1))
  }

  /// The name of a checkpoint as part of another one's: run and step, or the file's.
  private static func word(_ path: String) -> String {
    let parts = path.split(separator: "/").map(String.init)
    let file = parts.last.map { $0.hasSuffix(".h5") ? String($0.dropLast(3)) : $0 } ?? path
    guard file.hasPrefix("step-"), let step = Int(file.dropFirst(5)), parts.count > 1 else {
      return file
    }
    let run = parts[parts.count - 2]
    return ((try? RunReader(String(path.dropLast(file.count + 4))).manifest().experiment) ?? run)
      + "-\(step)"
  }

  /// The first path of this name, or of this name and a number, that is not taken.
  private static func free(_ path: String, ending: String) -> String {
    var number = 1
    while true {
      let name = path + (number == 1 ? "" : "-\(number)") + ending
      if !FileManager.default.fileExists(atPath: name) { return name }
      number += 1
    }
  }
}
