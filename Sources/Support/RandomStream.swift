#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A counter-based random stream: Philox 4x32 with ten rounds.
///
/// The state is a key and a counter, so a checkpoint that stores them resumes the very same draws,
/// and streams of different names never overlap. It is the product's only source of randomness.
///
/// - SeeAlso: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011, section 3.3.
public struct RandomStream: RandomNumberGenerator, Sendable, Codable, Equatable {
  private var key: UInt64
  private var counter: UInt64
  private var streamNumber: UInt64
  /// The second half of a block of 128 bits, when only the first was used.
  private var spare: UInt64?

  /// A stream of its own for one purpose.
  ///
  /// - Parameters:
  ///   - seed: the recipe's seed.
  ///   - name: what the stream is for; equal seeds with other names give unrelated draws.
  ///   - index: which of many streams of that name, such as a document number.
  public init(seed: UInt64, name: String, index: UInt64 = 0) {
    key = seed &+ 0x9E37_79B9_7F4A_7C15 &* StableHash.fnv1a(name)
    streamNumber = index
    counter = 0
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    if let value = spare {
      spare = nil
      return value
    }
    let block = Self.philox(key: key, low: counter, high: streamNumber)
    counter &+= 1
    spare = block.1
    return block.0
  }

  /// A uniform number in [0, 1) with 53 random bits.
  public mutating func uniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// A uniform integer in 0 ..< bound, without bias; `bound` is at least 1.
  public mutating func below(_ bound: Int) -> Int {
    Int(next(upperBound: UInt64(max(bound, 1))))
  }

  /// A uniform integer of a closed range.
  public mutating func integer(in range: ClosedRange<Int>) -> Int {
    range.lowerBound + below(range.upperBound - range.lowerBound + 1)
  }

  /// True with the given probability.
  public mutating func chance(_ probability: Double) -> Bool {
    uniform() < probability
  }

  /// A uniformly chosen element; the collection must not be empty.
  public mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[below(elements.count)]
  }

  /// A standard normal number, by Box and Muller; two uniforms for each, so that no state is hidden.
  public mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * Double.pi * uniform())
  }

  /// `count` distinct integers of 0 ..< bound in ascending order (Floyd's method).
  ///
  /// - Complexity: O(count log count).
  public mutating func sortedSample(_ count: Int, below bound: Int) -> [Int] {
    precondition(count <= bound, "sample of \(count) from \(bound)")
    var chosen = Set<Int>(minimumCapacity: count)
    for candidate in (bound - count)..<bound {
      let draw = below(candidate + 1)
      if !chosen.insert(draw).inserted { chosen.insert(candidate) }
    }
    return chosen.sorted()
  }

  private static func philox(key: UInt64, low: UInt64, high: UInt64) -> (UInt64, UInt64) {
    var c0 = UInt32(truncatingIfNeeded: low)
    var c1 = UInt32(truncatingIfNeeded: low >> 32)
    var c2 = UInt32(truncatingIfNeeded: high)
    var c3 = UInt32(truncatingIfNeeded: high >> 32)
    var k0 = UInt32(truncatingIfNeeded: key)
    var k1 = UInt32(truncatingIfNeeded: key >> 32)
    for _ in 0..<10 {
      let product0 = UInt64(0xD251_1F53) * UInt64(c0)
      let product1 = UInt64(0xCD9E_8D57) * UInt64(c2)
      let next0 = UInt32(truncatingIfNeeded: product1 >> 32) ^ c1 ^ k0
      let next2 = UInt32(truncatingIfNeeded: product0 >> 32) ^ c3 ^ k1
      c1 = UInt32(truncatingIfNeeded: product1)
      c3 = UInt32(truncatingIfNeeded: product0)
      c0 = next0
      c2 = next2
      k0 &+= 0x9E37_79B9
      k1 &+= 0xBB67_AE85
    }
    return (UInt64(c0) | UInt64(c1) << 32, UInt64(c2) | UInt64(c3) << 32)
  }
}
