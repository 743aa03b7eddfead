/// Numbers in 4 bits: one of 16 quantiles of the normal distribution, times the largest magnitude of
/// their block, which is quantised too (NF4 with double quantisation).
///
/// A block is 64 neighbours. Its scale, less the mean of all scales, stands in a signed byte by the
/// largest such difference of 256 blocks: 4.127 bits a number in all. The paper takes 8-bit floats for
/// the scales; integers are off by at most 1/254 of the largest difference.
///
/// Bytes of n numbers, little endian: the mean, float32; a float32 for each 256 blocks; a signed byte
/// for each block; two numbers in a byte, the first in its low half.
///
/// - SeeAlso: QLoRA (arXiv:2305.14314), section 3 and appendix E for the quantiles.
public enum NormalFloat {
  /// Name of the format in files.
  public static let element = "nf4"
  /// Numbers that share a scale.
  public static let block = 64
  /// Scales that share a scale.
  static let group = 256

  /// The 16 values of a code; the middle one is 0, so that zeros stay zeros.
  public static let levels: [Float] = [
    -1, -0.696_192_800_998_687_7, -0.525_073_051_452_636_7, -0.394_917_488_098_144_53,
    -0.284_441_381_692_886_35, -0.184_773_430_228_233_34, -0.091_050_036_251_544_95, 0,
    0.079_580_299_556_255_34, 0.160_930_201_411_247_25, 0.246_112_301_945_686_34,
    0.337_915_241_718_292_24, 0.440_709_829_330_444_34, 0.562_617_003_917_694_1,
    0.722_956_836_223_602_3, 1,
  ]

  /// Bytes of so many numbers.
  public static func byteCount(_ count: Int) -> Int {
    let blocks = blockCount(count, block)
    return 4 + 4 * blockCount(blocks, group) + blocks + (count + 1) / 2
  }

  /// Packs numbers: each becomes the nearest level times its block's largest magnitude.
  ///
  /// - Parameter values: numbers; with one that is not finite all of them are lost.
  /// - Returns: `byteCount(values.count)` bytes.
  public static func pack(_ values: UnsafeBufferPointer<Float>) -> [UInt8] {
    let count = values.count
    let scales = stride(from: 0, to: count, by: block).map { start in
      values[start..<min(count, start + block)].reduce(Float(0)) { max($0, abs($1)) }
    }
    let total = scales.reduce(0.0) { $0 + Double($1) }
    let mean = scales.isEmpty ? 0 : Float(total / Double(scales.count))
    var bytes: [UInt8] = []
    bytes.reserveCapacity(byteCount(count))
    append(mean, to: &bytes)
    var small: [UInt8] = []
    for start in stride(from: 0, to: scales.count, by: group) {
      let differences = scales[start..<min(scales.count, start + group)].map { $0 - mean }
      let largest = differences.reduce(Float(0)) { max($0, abs($1)) }
      append(largest, to: &bytes)
      small += differences.map { difference in
        let share = (difference / largest * 127).rounded(.toNearestOrEven)
        // Neither 0 / 0 nor what comes of a weight that is not finite is a number.
        return UInt8(bitPattern: share.isFinite ? Int8(share) : 0)
      }
    }
    bytes += small
    for index in stride(from: 0, to: count, by: 2) {
      let low = code(values[index], scales[index / block])
      let high = index + 1 < count ? code(values[index + 1], scales[(index + 1) / block]) : 0
      bytes.append(low | high << 4)
    }
    return bytes
  }

  /// Unpacks numbers.
  ///
  /// - Parameters:
  ///   - bytes: of `pack`.
  ///   - y: written, shape [count].
  ///   - count: numbers.
  ///   - pool: threads.
  public static func unpack(
    _ bytes: UnsafeRawBufferPointer, into y: UnsafeMutablePointer<Float>, count: Int,
    pool: ThreadPool
  ) {
    precondition(
      bytes.count == byteCount(count), "\(bytes.count) bytes for \(count) numbers of 4 bits")
    guard count > 0, let base = bytes.baseAddress else { return }
    let blocks = blockCount(count, block)
    let groups = blockCount(blocks, group)
    let mean = float(base)
    let small = base + 4 + 4 * groups
    let codes = (small + blocks).assumingMemoryBound(to: UInt8.self)
    pool.run(groups) { group in
      let largest = float(base + 4 + 4 * group)
      var table = [Float](repeating: 0, count: levels.count)
      table.withUnsafeMutableBufferPointer { table in
        for index in group * Self.group..<min(blocks, (group + 1) * Self.group) {
          let share = Float(small.load(fromByteOffset: index, as: Int8.self))
          let scale = share / 127 * largest + mean
          for code in levels.indices { table[code] = levels[code] * scale }
          let end = min(count, (index + 1) * block)
          for place in index * block..<end {
            let pair = codes[place >> 1]
            y[place] = table[Int(place & 1 == 0 ? pair & 15 : pair >> 4)]
          }
        }
      }
    }
  }

  /// The level nearest to a number's share of its block's largest magnitude; the lower one on a tie.
  private static func code(_ value: Float, _ scale: Float) -> UInt8 {
    guard scale > 0 else { return 7 }
    let share = value / scale
    return UInt8(borders.count { $0 < share })
  }

  /// Half-way between neighbouring levels.
  private static let borders: [Float] = zip(levels, levels.dropFirst()).map { ($0 + $1) / 2 }

  private static func append(_ value: Float, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
  }

  private static func float(_ place: UnsafeRawPointer) -> Float {
    Float(bitPattern: UInt32(littleEndian: place.loadUnaligned(as: UInt32.self)))
  }
}
