import CHDF5

/// Attributes of fixed size: texts and whole numbers.
extension HDF5File {
  /// Sets a whole number on the object at a path.
  ///
  /// - Throws: `HDF5Error.refused` when the library refuses.
  public func setAttribute(_ key: String, _ value: Int, at path: String = "/") throws(HDF5Error) {
    var number = Int64(value)
    try create(key, path, type: chdf5_file_int64(), memory: chdf5_native_int64(), &number)
  }

  /// Sets a text on the object at a path; stored with its exact length in UTF-8 bytes.
  ///
  /// - Throws: `HDF5Error.refused` when the library refuses.
  public func setAttribute(_ key: String, _ value: String, at path: String = "/") throws(HDF5Error)
  {
    // A type of no bytes is not allowed, so an empty text is one zero byte.
    var bytes = value.isEmpty ? [0] : Array(value.utf8)
    let type = try textType(path, length: bytes.count)
    try create(key, path, type: type.id, memory: type.id, &bytes)
  }

  /// A whole number from the object at a path.
  ///
  /// - Throws: `HDF5Error.refused` when it is missing, `HDF5Error.type` when it is no number.
  public func integerAttribute(_ key: String, at path: String = "/") throws(HDF5Error) -> Int {
    let attribute = try openAttribute(key, path)
    let typeID = try HDF5Library.call("read \(key)", name, path) { H5Aget_type(attribute.id) }
    let type = HDF5Handle(typeID, closer: H5Tclose)
    let isInteger = try HDF5Library.call("read \(key)", name, path) {
      H5Tequal(type.id, chdf5_file_int64())
    }
    guard isInteger > 0, try values(attribute.id, key, path) == 1 else {
      throw .type(file: name, object: "\(path)@\(key)", expected: "one whole number")
    }
    var number: Int64 = 0
    _ = try HDF5Library.call("read \(key)", name, path) {
      H5Aread(attribute.id, chdf5_native_int64(), &number)
    }
    return Int(number)
  }

  /// A text from the object at a path.
  ///
  /// - Throws: `HDF5Error.refused` when it is missing, `HDF5Error.type` when it is no fixed text.
  public func textAttribute(_ key: String, at path: String = "/") throws(HDF5Error) -> String {
    let attribute = try openAttribute(key, path)
    let typeID = try HDF5Library.call("read \(key)", name, path) { H5Aget_type(attribute.id) }
    let type = HDF5Handle(typeID, closer: H5Tclose)
    let size = H5Tget_size(type.id)
    guard H5Tget_class(type.id) == H5T_STRING, H5Tis_variable_str(type.id) == 0, size < 1 << 16,
      try values(attribute.id, key, path) == 1
    else { throw .type(file: name, object: "\(path)@\(key)", expected: "one short text") }
    var bytes = [UInt8](repeating: 0, count: size)
    _ = try HDF5Library.call("read \(key)", name, path) {
      H5Aread(attribute.id, type.id, &bytes)
    }
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }

  private func create(
    _ key: String, _ path: String, type: hid_t, memory: hid_t, _ value: UnsafeRawPointer
  ) throws(HDF5Error) {
    let spaceID = try HDF5Library.call("set \(key)", name, path) { H5Screate(H5S_SCALAR) }
    let space = HDF5Handle(spaceID, closer: H5Sclose)
    let id = try HDF5Library.call("set \(key)", name, path) { [id = handle.id] in
      H5Acreate_by_name(
        id, path, key, type, space.id, chdf5_default(), chdf5_default(), chdf5_default())
    }
    let attribute = HDF5Handle(id, closer: H5Aclose)
    _ = try HDF5Library.call("set \(key)", name, path) { H5Awrite(attribute.id, memory, value) }
  }

  private func openAttribute(_ key: String, _ path: String) throws(HDF5Error) -> HDF5Handle {
    let id = try HDF5Library.call("read \(key)", name, path) { [id = handle.id] in
      H5Aopen_by_name(id, path, key, chdf5_default(), chdf5_default())
    }
    return HDF5Handle(id, closer: H5Aclose)
  }

  private func values(_ attribute: hid_t, _ key: String, _ path: String) throws(HDF5Error) -> Int {
    let spaceID = try HDF5Library.call("read \(key)", name, path) { H5Aget_space(attribute) }
    let space = HDF5Handle(spaceID, closer: H5Sclose)
    return Int(H5Sget_simple_extent_npoints(space.id))
  }

  /// A text type of an exact length, UTF-8, padded with zero bytes.
  private func textType(_ path: String, length: Int) throws(HDF5Error) -> HDF5Handle {
    let id = try HDF5Library.call("prepare a text", name, path) { H5Tcopy(chdf5_c_string()) }
    let type = HDF5Handle(id, closer: H5Tclose)
    _ = try HDF5Library.call("prepare a text", name, path) { () -> herr_t in
      if H5Tset_size(id, length) < 0 { return -1 }
      if H5Tset_strpad(id, H5T_STR_NULLPAD) < 0 { return -1 }
      return H5Tset_cset(id, H5T_CSET_UTF8)
    }
    return type
  }
}
