import ArgumentParser
import Evaluation
import Foundation
import Kernels
import Logging
import Recipes
import Records
import Support

/// Options that many commands share.
struct SharedOptions: ParsableArguments {
  @Option(help: "Threads of the engine; one for each core when absent.")
  var threads: Int?

  @Flag(help: "No progress and no talk on stderr; errors are still told.")
  var quiet = false

  @Flag(help: "JSON lines on stdout and nothing else.")
  var json = false

  mutating func validate() throws {
    guard let threads, !(1...1024).contains(threads) else { return }
    throw UserError(
      "--threads", "\(threads) is not in 1...1024", remedy: "Leave it out for one a core.")
  }

  /// Tells when matrix products are slower than they need be.
  func sayLibraryProblem() {
    if let problem = Matmul.backendProblem { say(problem) }
  }

  /// Threads for the engine.
  func makePool() -> ThreadPool {
    sayLibraryProblem()
    return ThreadPool(threads: threads ?? Machine.coreCount)
  }

  /// Logs a notice of a run; an error is told by the exit of the program.
  func log(_ notice: NoticeRecord) {
    guard !quiet else { return }
    switch notice.level {
    case .info: Talk.log.info("\(notice.text)")
    case .warning: Talk.log.warning("\(notice.text)")
    case .error: break
    }
  }

  /// Says something that is not a result.
  func say(_ text: String) {
    if !quiet { Talk.say(text) }
  }
}

/// Options of commands that may change positions at inference.
struct RemapOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Change of positions at inference; `needlepoint describe remap` tells of each.",
      valueName: "kind"))
  var remap = RemapChoice.none

  @Option(help: ArgumentHelp("Its setting.", valueName: "window|group|chunk=N"))
  var remapSet: [String] = []

  /// The change that was asked for.
  ///
  /// - Throws: `UserError` when there is no such kind or it refuses.
  func choice() throws -> RemapChoice {
    let settings = ["remap=\(remap)"] + remapSet.map { "remap_\($0)" }
    return try RemapChoice(
      SettingsValues(
        SettingsText.values(settings, declared: RemapChoice.settings), declared: []))
  }
}

/// A list of sizes in tokens, such as `256,1k,4k`.
struct SizeList: ExpressibleByArgument {
  let values: [Int]

  init?(argument: String) {
    let parts = argument.split(separator: ",").map { part in
      TokenCount(argument: part.trimmingCharacters(in: .whitespaces))
    }
    guard !parts.isEmpty, parts.allSatisfy({ $0 != nil }) else { return nil }
    values = parts.compactMap { $0?.value }
  }

  init(_ values: [Int]) { self.values = values }

  var defaultValueDescription: String { values.map(String.init).joined(separator: ",") }
}

/// A number of tokens in the recipe's grammar: `4096`, `4k`, `2^12`.
struct TokenCount: ExpressibleByArgument {
  let value: Int

  init?(argument: String) {
    guard let value = Quantity.size(argument), value > 0 else { return nil }
    self.value = value
  }
}

/// A real number in the recipe's grammar: `10k`, `1e-3`, `3M`.
struct RealNumber: ExpressibleByArgument {
  let value: Double

  init?(argument: String) {
    guard let value = Quantity.real(argument) else { return nil }
    self.value = value
  }
}

extension RealNumber {
  init(_ value: Double) { self.value = value }

  var defaultValueDescription: String { Quantity.text(value) }
}
