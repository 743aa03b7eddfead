import CHDF5

/// Kinds of numbers that our datasets hold; nothing of variable length, no compounds, no references.
public enum HDF5Element: String, Sendable, Equatable, CaseIterable {
  case float32
  case float64
  case int32
  case int64
  case uint16
  case uint8

  /// Bytes of one number.
  public var width: Int {
    switch self {
    case .uint8: 1
    case .uint16: 2
    case .float32, .int32: 4
    case .float64, .int64: 8
    }
  }

  /// The library's type for numbers in memory.
  var native: hid_t {
    switch self {
    case .float32: chdf5_native_float32()
    case .float64: chdf5_native_float64()
    case .int32: chdf5_native_int32()
    case .int64: chdf5_native_int64()
    case .uint16: chdf5_native_uint16()
    case .uint8: chdf5_native_uint8()
    }
  }

  /// The library's type for numbers in files: little endian.
  var stored: hid_t {
    switch self {
    case .float32: chdf5_file_float32()
    case .float64: chdf5_file_float64()
    case .int32: chdf5_file_int32()
    case .int64: chdf5_file_int64()
    case .uint16: chdf5_file_uint16()
    case .uint8: chdf5_file_uint8()
    }
  }
}

/// A Swift number with a kind of dataset of its own.
public protocol HDF5Number: Sendable {
  /// The kind of dataset.
  static var element: HDF5Element { get }
}

extension Float: HDF5Number {
  /// Stored as `float32`.
  public static var element: HDF5Element { .float32 }
}

extension Double: HDF5Number {
  /// Stored as `float64`.
  public static var element: HDF5Element { .float64 }
}

extension Int32: HDF5Number {
  /// Stored as `int32`.
  public static var element: HDF5Element { .int32 }
}

extension Int64: HDF5Number {
  /// Stored as `int64`.
  public static var element: HDF5Element { .int64 }
}

extension UInt16: HDF5Number {
  /// Stored as `uint16`.
  public static var element: HDF5Element { .uint16 }
}

extension UInt8: HDF5Number {
  /// Stored as `uint8`.
  public static var element: HDF5Element { .uint8 }
}
