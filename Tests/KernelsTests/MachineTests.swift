import Glibc
import Kernels
import Testing

@Suite struct MachineTests {
  @Test func machineDescribesItself() {
    #expect(Machine.coreCount >= 1)
    #expect(Machine.memoryBytes > 1 << 20)
    #expect(!Machine.processorName.isEmpty)
    #expect(Machine.features.first == "portable")
    #expect(!Matmul.backendDescription.isEmpty)
  }

  @Test func portableLoopsAreAlwaysAvailable() {
    #expect(InstructionSet.available.starts(with: [.portablebf16, .portable]))
    #expect(InstructionSet.available.contains(.selected))
  }

  @Test(arguments: InstructionSet.available)
  func exponentialIsWithinTwoUnitsInTheLastPlace(_ set: InstructionSet) {
    let x = (0..<200_003).map { Float($0) * (175 / 200_003) - 87.3 } + [0, -0.0]
    for (value, found) in zip(x, set.exponential(x)) {
      let expected = exp(Double(value))
      let error = abs(Double(found) - expected) / Double(Float(expected).ulp)
      guard error > 2 else { continue }
      Issue.record("e^\(value): \(found) is \(error) ulp off")
      return
    }
    let edges = set.exponential([-1000, 1000, .nan])
    #expect(edges[0] >= 0 && edges[0] < 1.3e-38)
    #expect(edges[1].isFinite && edges[1] > 2e38)
    #expect(edges[2].isNaN)
  }

  @Test(arguments: InstructionSet.available)
  func peakIsMeasured(_ set: InstructionSet) {
    let peak = Machine.peakGFLOPS(threads: 1, instructionSet: set)
    #expect(peak > 0.5)
    #expect(peak < 10_000)
  }
}
