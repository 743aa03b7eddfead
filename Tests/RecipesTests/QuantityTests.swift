import Recipes
import Testing

struct QuantityTests {
  @Test(arguments: [
    ("4096", 4096), ("4k", 4096), ("4K", 4096), ("1.5k", 1536), ("2^12", 4096), ("3M", 3_145_728),
    ("1G", 1 << 30), ("1_000", 1000), ("0", 0), ("-1", -1), ("1e3", 1000),
    ("9223372036854775807", Int.max),
  ])
  func sizesTakeBinaryPrefixes(_ text: String, _ value: Int) {
    #expect(Quantity.size(text) == value)
  }

  @Test(arguments: [("200", 200), ("10k", 10_000), ("1M", 1_000_000), ("2^10", 1024)])
  func integersTakeDecimalPrefixes(_ text: String, _ value: Int) {
    #expect(Quantity.integer(text) == value)
  }

  @Test(arguments: [
    ("0.5", 0.5), (".5", 0.5), ("1e-3", 0.001), ("1E-3", 0.001), ("160k", 160_000),
    ("3M", 3_000_000), ("2^20", 1_048_576), ("-2", -2), ("48.877e6", 48_877_000),
  ])
  func realsTakeDecimalPrefixes(_ text: String, _ value: Double) {
    #expect(Quantity.real(text) == value)
  }

  @Test(arguments: [
    "", " ", "k", "4 k", "4kk", "4kb", "2^", "^2", "2^2^2", "2^-1", "2^0.5", "2^99999", "1e999",
    "inf", "nan", "-inf", "infinity", "0x10", "1,000", "_1", "1_", "four", "1e", "--1",
    "99999999999999999999999999999999999999999", "true",
  ])
  func otherTextsAreNoNumbers(_ text: String) {
    #expect(Quantity.size(text) == nil)
    #expect(Quantity.integer(text) == nil)
    #expect(Quantity.real(text) == nil)
  }

  @Test(arguments: ["0.3", "1.2k", "1e-3", "99999999999999999999"])
  func brokenOrHugeCountsAreNoWholeNumbers(_ text: String) {
    #expect(Quantity.integer(text) == nil || text == "1.2k")
    #expect(Quantity.size(text) == nil)
  }

  @Test(arguments: [0, 1, -3, 0.1, 1e-3, 1.5e-7, 160_000, 1e15, 1e22, 48.877e6, 1.0 / 3])
  func writtenNumbersReadBackTheSame(_ value: Double) {
    #expect(Quantity.real(Quantity.text(value)) == value)
  }
}
