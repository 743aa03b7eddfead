import ArgumentParser
import Foundation
import Kernels
import RunStore
import Runs
import Support
import Terminal

/// `needlepoint doctor`: what this machine offers, and what to mend.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Tell what this machine and this terminal offer.")

  @OptionGroup var shared: SharedOptions

  func run() throws {
    let threads = shared.threads ?? Machine.coreCount
    let peak = Machine.peakGFLOPS(threads: threads)
    var facts: [(String, JSONValue)] = [
      ("program", .text("needlepoint \(ProgramVersion.text)")),
      ("toolchain", .text(ProgramVersion.toolchain)),
      ("processor", .text(Machine.processorName)),
      ("cores", .integer(Machine.coreCount)),
      ("memory_mib", .integer(Machine.memoryBytes >> 20)),
      ("features", .text(Machine.features.joined(separator: " "))),
      ("kernels", .text(InstructionSet.selected.rawValue)),
      ("peak_float32_gflops", .number((peak * 10).rounded() / 10)),
      ("matrix_products", .text(Matmul.backendDescription)),
      ("openblas", .text(MatmulBackend.openblas.description)),
      ("onednn", .text(MatmulBackend.onednn.description)),
      ("bfloat16", .text(InstructionSet.hasBFloat16 ? "available" : "not available")),
      ("hdf5", .text(StoreLibraries.hdf5)),
    ]
    var problems: [String] = []
    do {
      let terminal = try TerminalCapabilities.detect()
      facts.append(("terminal", .text(terminal.reasons.joined(separator: "; "))))
    } catch {
      facts.append(("terminal", .text("no screen here: \(error)")))
    }
    if let problem = Matmul.backendProblem { problems.append(problem) }
    if let problem = InstructionSet.environmentProblem { problems.append(problem) }
    if shared.json {
      let object: [(key: String, value: JSONValue)] =
        [("event", .text("doctor"))] + facts.map { (key: $0.0, value: $0.1) }
        + [("problems", .list(problems.map { .text($0) }))]
      print(JSONValue.object(object).line)
    } else {
      let width = facts.map(\.0.count).max() ?? 0
      for (name, value) in facts {
        let text = value.textValue ?? value.line
        print(name.padding(toLength: width + 2, withPad: " ", startingAt: 0) + text)
      }
      for problem in problems { print("problem: \(problem)") }
      if problems.isEmpty { print("nothing to mend") }
    }
  }
}
