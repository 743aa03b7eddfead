import CHDF5
import Synchronization

/// An open HDF5 file: either one built in memory, or one on disk opened for reading.
///
/// Files are never written by the library itself: version 1.10 flushes its metadata in no safe order
/// and damages a file when the disk fills up during close. So a file is built in memory, its bytes
/// are handed over by `withImage`, and written by code that owns its failures. File locking is off, since
/// file systems without locks refuse it and `run.lock` does that work; 1.10 reads every file.
public struct HDF5File: ~Copyable {
  /// The path on disk, or the name given to a file in memory; the place in error sentences.
  public let name: String
  let handle: HDF5Handle

  private static let imageNumber = Atomic<Int>(0)

  /// An empty file in memory.
  ///
  /// - Parameters:
  ///   - name: how error sentences call it.
  ///   - capacity: expected size in bytes; memory grows in steps of it.
  /// - Throws: `HDF5Error.refused` when the library refuses.
  public init(inMemory name: String, capacity: Int = 1 << 20) throws(HDF5Error) {
    let access = try Self.accessProperties(name)
    _ = try HDF5Library.call("choose the memory driver", name, "/") {
      H5Pset_fapl_core(access.id, max(capacity, 1 << 16), false)
    }
    // Two open memory files are told apart by their names alone, so each gets one of its own.
    let number = Self.imageNumber.add(1, ordering: .relaxed).newValue
    let id = try HDF5Library.call("create", name, "/") {
      H5Fcreate("/nowhere/image-\(number)", chdf5_truncate(), chdf5_default(), access.id)
    }
    handle = HDF5Handle(id, closer: H5Fclose)
    self.name = name
  }

  /// Opens a file on disk for reading.
  ///
  /// - Throws: `HDF5Error.refused` when it is missing or no HDF5 file.
  public init(reading path: String) throws(HDF5Error) {
    let access = try Self.accessProperties(path)
    let id = try HDF5Library.call("open", path, "/") {
      H5Fopen(path, chdf5_read_only(), access.id)
    }
    handle = HDF5Handle(id, closer: H5Fclose)
    name = path
  }

  /// Access with every object closed together with its file, no locks, formats that 1.10 reads.
  private static func accessProperties(_ file: String) throws(HDF5Error) -> HDF5Handle {
    let id = try HDF5Library.call("prepare", file, "/") { H5Pcreate(chdf5_class_file_access()) }
    let access = HDF5Handle(id, closer: H5Pclose)
    _ = try HDF5Library.call("prepare", file, "/") { () -> herr_t in
      if H5Pset_fclose_degree(id, H5F_CLOSE_STRONG) < 0 { return -1 }
      if H5Pset_file_locking(id, false, true) < 0 { return -1 }
      // A superblock of version 2 or 3 says in the image that a writer has the file open, so it
      // would not open again; version 0 has no such mark.
      return H5Pset_libver_bounds(id, H5F_LIBVER_EARLIEST, H5F_LIBVER_V110)
    }
    return access
  }

  /// The bytes that the file in memory would have on disk.
  ///
  /// - Throws: `HDF5Error.refused` when the library refuses.
  public func image() throws(HDF5Error) -> [UInt8] {
    try withImage { Array($0) }
  }

  /// Hands over the bytes that the file in memory would have on disk, where they lie.
  ///
  /// - Parameter body: called once; the bytes are valid inside only.
  /// - Returns: what `body` returns.
  /// - Throws: `HDF5Error.refused` when the library refuses.
  public func withImage<R>(_ body: (UnsafeRawBufferPointer) -> R) throws(HDF5Error) -> R {
    let id = handle.id
    _ = try HDF5Library.call("flush", name, "/") { H5Fflush(id, H5F_SCOPE_GLOBAL) }
    // H5Fget_file_image would copy them; without a place to copy to it only counts.
    let count = try HDF5Library.call("measure", name, "/") { H5Fget_file_image(id, nil, 0) }
    var place: UnsafeMutableRawPointer?
    _ = try HDF5Library.call("reach the memory", name, "/") {
      H5Fget_vfd_handle(id, chdf5_default(), &place)
    }
    // The memory driver gives the address of its pointer.
    let start = place?.load(as: UnsafeRawPointer?.self)
    return body(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
  }

  /// Closes the file and everything open in it.
  ///
  /// - Throws: `HDF5Error.refused` when the library reports a failure.
  public consuming func close() throws(HDF5Error) {
    let name = name
    try handle.close(name, "/")
  }

  /// Makes a group; groups above it are made as needed.
  ///
  /// - Throws: `HDF5Error.refused` when it exists or cannot be made.
  public func createGroup(_ path: String) throws(HDF5Error) {
    let links = try intermediateLinks(path)
    let id = try HDF5Library.call("create the group", name, path) { [id = handle.id] in
      H5Gcreate2(id, path, links.id, chdf5_default(), chdf5_default())
    }
    try HDF5Handle(id, closer: H5Gclose).close(name, path)
  }

  /// What a group holds, by name in ascending order; links other than hard ones are left out.
  ///
  /// - Throws: `HDF5Error.refused` when the path is no group.
  public func children(of path: String) throws(HDF5Error) -> [(name: String, isGroup: Bool)] {
    let id = try HDF5Library.call("open the group", name, path) { [id = handle.id] in
      H5Gopen2(id, path, chdf5_default())
    }
    let group = HDF5Handle(id, closer: H5Gclose)
    var info = H5G_info_t()
    _ = try HDF5Library.call("list", name, path) { H5Gget_info(id, &info) }
    var found: [(name: String, isGroup: Bool)] = []
    for index in 0..<info.nlinks {
      var text = [CChar](repeating: 0, count: 1024)
      let length = try HDF5Library.call("list", name, path) {
        chdf5_child_name(id, index, &text, text.count)
      }
      let child = String(
        decoding: text.prefix(min(length, 1023)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
      let kind = try HDF5Library.call("look at", name, path) { chdf5_child_kind(id, child) }
      if kind > 0 { found.append((child, kind == 1)) }
    }
    try group.close(name, path)
    return found
  }

  /// Link properties that make missing groups on the way.
  func intermediateLinks(_ path: String) throws(HDF5Error) -> HDF5Handle {
    let id = try HDF5Library.call("prepare", name, path) { H5Pcreate(chdf5_class_link_create()) }
    let links = HDF5Handle(id, closer: H5Pclose)
    _ = try HDF5Library.call("prepare", name, path) { H5Pset_create_intermediate_group(id, 1) }
    return links
  }
}
