import CHDF5

/// The only owner of one identifier of the library; closes it once, also on every error path.
struct HDF5Handle: ~Copyable {
  let id: hid_t
  private let closer: @convention(c) (hid_t) -> herr_t

  /// Owns an identifier that was just opened.
  init(_ id: hid_t, closer: @escaping @convention(c) (hid_t) -> herr_t) {
    self.id = id
    self.closer = closer
  }

  deinit {
    HDF5Library.locked { _ = closer(id) }
  }

  /// Closes now and reports a failure, which a deinitializer could not.
  consuming func close(_ file: String, _ object: String) throws(HDF5Error) {
    let (id, closer) = (self.id, self.closer)
    discard self
    _ = try HDF5Library.call("close", file, object) { closer(id) }
  }
}
