import Foundation
import HDF5
public import Support

/// Why the store could not write or would not read; every case names its file.
public enum StoreError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A call of the operating system failed with this `errno`.
  case io(path: String, operation: FileOperation, code: Int32)
  /// The disk has less room than the save needs, in bytes.
  case noSpace(path: String, needed: Int, available: Int)
  /// No seal lies beside the file, so nobody knows whether it is whole.
  case unsealed(path: String)
  /// The file is not the one that was sealed, or its contents contradict themselves.
  case damaged(path: String, reason: String)
  /// The file was written by a newer version of the program.
  case newerFormat(path: String, found: Int, supported: Int)
  /// A tensor has another shape than the model wants.
  case shape(path: String, dataset: String, found: [Int], expected: [Int])
  /// A tensor that the model wants is missing, or one that it does not know is there.
  case tensor(path: String, dataset: String, isMissing: Bool)
  /// No checkpoint of a run folder can be used; one reason for each that was tried.
  case noCheckpoint(folder: String, reasons: [String])
  /// Another trainer holds the run folder.
  case locked(folder: String, owner: String)
  /// The folder is no run folder.
  case notARun(path: String, missing: String)

  /// The sentence for the screen and the log.
  public var description: String { userError.description }

  /// The same as place, finding and remedy.
  public var userError: UserError {
    switch self {
    case .io(let path, let operation, let code):
      let text = String(cString: strerror(code))
      let remedy = Self.isOutOfSpace(code) ? "Free some space on that disk." : ""
      return UserError(
        path, "cannot \(operation.rawValue), the system says \"\(text)\"", remedy: remedy,
        kind: .work)
    case .noSpace(let path, let needed, let available):
      return UserError(
        path, "the save needs \(mebibytes(needed)) free, \(mebibytes(available)) found",
        remedy: "Free some space on that disk or write to another one.", kind: .work)
    case .unsealed(let path):
      return UserError(
        path, "no seal found beside it",
        remedy: "Copy the .seal file along with the .h5 file, or use another checkpoint.")
    case .damaged(let path, let reason):
      return UserError(
        path, "damaged, \(reason)", remedy: "Use another checkpoint or copy it again.")
    case .newerFormat(let path, let found, let supported):
      return UserError(
        path, "format version \(found) found, up to \(supported) supported",
        remedy: "Use a newer needlepoint.")
    case .shape(let path, let dataset, let found, let expected):
      return UserError(
        path, "\(dataset): shape \(found) found, \(expected) expected",
        remedy: "Use the recipe it was saved with.")
    case .tensor(let path, let dataset, let isMissing):
      return UserError(
        path, "\(dataset): \(isMissing ? "not found" : "not part of this model")",
        remedy: "Use the recipe it was saved with.")
    case .noCheckpoint(let folder, let reasons):
      let found = reasons.isEmpty ? "none was written" : reasons.joined(separator: " ")
      return UserError(
        folder, "no usable checkpoint: \(found)", remedy: "Start the recipe anew.")
    case .locked(let folder, let owner):
      return UserError(
        folder, "already in use by \(owner)",
        remedy: "Stop that trainer first, or attach to it.")
    case .notARun(let path, let missing):
      return UserError(path, "no run folder, \(missing) is missing", remedy: "Name a run folder.")
    }
  }

  /// True for failures that pass when somebody makes room or mends the disk: training may go on
  /// and save again later.
  public var isTransient: Bool {
    switch self {
    case .io, .noSpace: true
    default: false
    }
  }

  private static func isOutOfSpace(_ code: Int32) -> Bool {
    code == ENOSPC || code == EDQUOT || code == EFBIG
  }

  /// What libhdf5 said about a file that should have been whole.
  static func translate(_ error: HDF5Error, path: String) -> StoreError {
    let text = error.description
    let place = "\(path): "
    let reason = text.hasPrefix(place) ? String(text.dropFirst(place.count)) : text
    return .damaged(path: path, reason: reason.hasSuffix(".") ? String(reason.dropLast()) : reason)
  }

  /// Runs reading code and turns what it throws into this error.
  static func translating<R: ~Copyable>(
    _ path: String, _ body: () throws -> R
  ) throws(StoreError) -> R {
    do {
      return try body()
    } catch let error as HDF5Error {
      throw translate(error, path: path)
    } catch let error as StoreError {
      throw error
    } catch {
      throw .damaged(path: path, reason: "\(error)")
    }
  }

  private func mebibytes(_ bytes: Int) -> String { "\((bytes + (1 << 20) - 1) >> 20) MiB" }
}
