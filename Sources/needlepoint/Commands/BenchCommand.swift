import ArgumentParser

/// `needlepoint bench`: speed.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure speed.",
    subcommands: [
      BenchStepCommand.self, BenchGemmCommand.self, BenchAttentionCommand.self,
      BenchNeedleCommand.self, BenchScreenCommand.self,
    ])
}
