import Foundation
import Tensors

/// The numbered checkpoints of one run folder.
struct CheckpointFolder: Sendable {
  let path: String
  let files: FileSystem

  /// `step-<12 digits>.h5` in the folder.
  func file(step: Int) -> String {
    let digits = String(step)
    return "\(path)/step-\(String(repeating: "0", count: max(12 - digits.count, 0)))\(digits).h5"
  }

  /// Steps of the checkpoint files, newest first, whether they are valid or not.
  var steps: [Int] {
    files.names(in: path).compactMap { Self.step($0, suffix: ".h5") }.sorted(by: >)
  }

  /// Reads the newest checkpoint that passes all checks.
  ///
  /// - Returns: contents, path, and a sentence for every newer one that was passed over.
  /// - Throws: `StoreError.noCheckpoint` with the reasons when none passes; `newerFormat`, `shape` and
  ///   `tensor` at once, since an older file would only hide that program and recipe do not fit.
  func newest(
    expecting layout: TensorLayout?, moments: Bool
  ) throws(StoreError) -> (contents: CheckpointContents, path: String, notices: [String]) {
    var reasons: [String] = []
    for step in steps {
      let candidate = file(step: step)
      do throws(StoreError) {
        let contents = try Checkpoint.read(
          candidate, expecting: layout, moments: moments, files: files)
        return (contents, candidate, reasons)
      } catch {
        switch error {
        case .newerFormat, .shape, .tensor: throw error
        default: reasons.append(error.description)
        }
      }
    }
    throw .noCheckpoint(folder: path, reasons: reasons)
  }

  /// Removes what a dead trainer left half done: temporary files, and seals without their file.
  ///
  /// The caller holds the folder's lock, so every temporary file is an orphan.
  func sweep() {
    let names = files.names(in: path)
    for name in names where name.contains(AtomicFile.temporaryMark) {
      files.removeQuietly("\(path)/\(name)")
    }
    for name in names {
      guard let step = Self.step(name, suffix: ".seal"), !files.exists(file(step: step)) else {
        continue
      }
      files.removeQuietly("\(path)/\(name)")
    }
  }

  /// Removes old checkpoints after one was committed.
  ///
  /// - Parameters:
  ///   - keep: how many to keep; at least 2.
  ///   - committed: the step that was just verified; it always stays. Files of later steps are not
  ///     counted: the run fell back behind them and will replace them.
  func prune(keep: Int, committed: Int) {
    for step in steps.filter({ $0 <= committed }).dropFirst(max(keep, 2)) where step != committed {
      let old = file(step: step)
      // The file goes first: a seal alone is swept, a file alone would only be a riddle.
      files.removeQuietly(old)
      files.removeQuietly(Seal.path(for: old))
    }
  }

  private static func step(_ name: String, suffix: String) -> Int? {
    guard name.hasPrefix("step-"), name.hasSuffix(suffix) else { return nil }
    let digits = name.dropFirst(5).dropLast(suffix.count)
    return digits.count >= 12 && digits.allSatisfy(\.isNumber) ? Int(digits) : nil
  }
}
