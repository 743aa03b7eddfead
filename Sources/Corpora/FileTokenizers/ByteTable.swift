import Support

/// Numbers by a key of bytes, in the order in which they came.
///
/// An open table over one buffer of all keys: looking up makes no string and allocates nothing.
struct ByteTable: Sendable {
  private var bytes: [UInt8] = []
  private var ends: [Int] = []
  private var values: [Int32] = []
  /// The entry of each slot; -1 is free.
  private var slots: [Int32]

  /// A table that grows when more keys come.
  init(capacity: Int = 0) {
    slots = [Int32](repeating: -1, count: Self.slots(for: capacity))
    ends.reserveCapacity(capacity)
    values.reserveCapacity(capacity)
  }

  /// Keys in the table.
  var count: Int { values.count }

  /// The value of a key.
  func value(_ key: UnsafeBufferPointer<UInt8>) -> Int32? {
    let entry = slots[slot(key)]
    return entry < 0 ? nil : values[Int(entry)]
  }

  /// The value of a key.
  func value(_ key: [UInt8]) -> Int32? { key.withUnsafeBufferPointer(value) }

  /// Adds a key; false when it is there already, whose value stays.
  @discardableResult
  mutating func insert(_ key: UnsafeBufferPointer<UInt8>, _ value: Int32) -> Bool {
    if Self.slots(for: values.count + 1) > slots.count { grow() }
    let slot = slot(key)
    guard slots[slot] < 0 else { return false }
    slots[slot] = Int32(values.count)
    bytes.append(contentsOf: key)
    ends.append(bytes.count)
    values.append(value)
    return true
  }

  /// Calls `body` with each key and its value, in the order in which they came.
  func forEach(_ body: (UnsafeBufferPointer<UInt8>, Int32) -> Void) {
    bytes.withUnsafeBufferPointer { bytes in
      for entry in values.indices {
        body(UnsafeBufferPointer(rebasing: bytes[range(entry)]), values[entry])
      }
    }
  }

  /// Takes everything out, and keeps the memory.
  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
    for index in slots.indices { slots[index] = -1 }
  }

  private func range(_ entry: Int) -> Range<Int> {
    (entry == 0 ? 0 : ends[entry - 1])..<ends[entry]
  }

  /// The slot with the key, or the free one for it.
  private func slot(_ key: UnsafeBufferPointer<UInt8>) -> Int {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: ContentHash.of(UnsafeRawBufferPointer(key))) & mask
    while slots[slot] >= 0 {
      let range = range(Int(slots[slot]))
      if range.count == key.count, bytes[range].elementsEqual(key) { break }
      slot = (slot + 1) & mask
    }
    return slot
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: 2 * slots.count)
    bytes.withUnsafeBufferPointer { bytes in
      for entry in values.indices {
        slots[slot(UnsafeBufferPointer(rebasing: bytes[range(entry)]))] = Int32(entry)
      }
    }
  }

  /// A power of two of which at most half is taken.
  private static func slots(for count: Int) -> Int {
    1 << (Int.bitWidth - max(8, 2 * count - 1).leadingZeroBitCount)
  }
}

/// Numbers by a pair of token numbers.
struct PairTable: Sendable {
  private static let free = UInt64.max
  private var keys: [UInt64]
  private var values: [Int32]
  private var count = 0

  /// A table that grows when more pairs come.
  init(capacity: Int) {
    let count = 1 << (Int.bitWidth - max(8, 2 * capacity).leadingZeroBitCount)
    keys = [UInt64](repeating: Self.free, count: count)
    values = [Int32](repeating: 0, count: count)
  }

  /// Sets the value of a pair.
  mutating func set(_ left: Int32, _ right: Int32, _ value: Int32) {
    if 2 * (count + 1) > keys.count { grow() }
    let key = Self.key(left, right)
    let slot = slot(key)
    if keys[slot] == Self.free { count += 1 }
    keys[slot] = key
    values[slot] = value
  }

  private mutating func grow() {
    let old = zip(keys, values)
    keys = [UInt64](repeating: Self.free, count: 2 * keys.count)
    values = [Int32](repeating: 0, count: keys.count)
    for (key, value) in old where key != Self.free {
      let slot = slot(key)
      keys[slot] = key
      values[slot] = value
    }
  }

  /// The value of a pair.
  func value(_ left: Int32, _ right: Int32) -> Int32? {
    let slot = slot(Self.key(left, right))
    return keys[slot] == Self.free ? nil : values[slot]
  }

  private func slot(_ key: UInt64) -> Int {
    let mask = keys.count - 1
    var slot = Int(truncatingIfNeeded: StableHash.mix(key)) & mask
    while keys[slot] != key, keys[slot] != Self.free { slot = (slot + 1) & mask }
    return slot
  }

  private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }
}
