import TestSupport
import Testing

/// One binary for every x86-64 processor, and sources that arm64 compiles.
@Suite struct PortabilityTests {
  @Test func whatOnlyX86HasStandsBehindItsGuard() throws {
    let files = PackageFolder.files(in: "Sources/CKernels", endings: [".c", ".h"])
    #expect(files.count > 10)
    var guarded = 0
    for file in files {
      let text = try PackageFolder.text(file)
      let foreign = text.firstMatch(of: /immintrin|_mm[0-9]*_|__builtin_(ia32|cpu)|target\("/)
      guard let foreign else { continue }
      guarded += 1
      let guards = text.firstMatch(of: /#if defined\(__x86_64__\)/)
      let start = try #require(guards, "\(file) has no guard").range.lowerBound
      #expect(start < foreign.range.lowerBound, "\(file) names x86 before its guard")
    }
    #expect(guarded >= 4)
  }

  @Test func noFlagTiesTheBuildToAProcessor() throws {
    for file in ["Package.swift", "Makefile", "scripts/prepare"] {
      let lines = try PackageFolder.text(file).split(separator: "\n")
      for line in lines where !line.contains("//") {
        #expect(!line.contains("-march") && !line.contains("-mcpu") && !line.contains("-mavx"))
      }
    }
  }

  @Test func onlyTheDispatcherAsksTheProcessorWhatItCan() throws {
    let files = PackageFolder.files(in: "Sources", endings: [".c", ".h", ".swift"])
    for file in files where !file.hasSuffix("ck_dispatch.c") {
      #expect(try !PackageFolder.text(file).contains("__builtin_cpu_supports"), "\(file)")
    }
  }
}
