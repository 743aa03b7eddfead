import CHDF5

/// An open dataset of plain numbers.
public struct HDF5Dataset: ~Copyable {
  /// Name of the file, for error sentences.
  public let file: String
  /// Its path in the file.
  public let path: String
  /// Sizes of its axes.
  public let shape: [Int]
  /// Kind of its numbers.
  public let element: HDF5Element
  let handle: HDF5Handle

  /// Number of numbers.
  public var count: Int { shape.reduce(1, *) }

  init(
    file: String, path: String, shape: [Int], element: HDF5Element, handle: consuming HDF5Handle
  ) {
    self.file = file
    self.path = path
    self.shape = shape
    self.element = element
    self.handle = handle
  }

  /// Reads all numbers; the library checks the Fletcher32 sum of every chunk on the way.
  ///
  /// - Parameter memory: room for exactly the dataset's numbers.
  /// - Throws: `HDF5Error.type` for another kind of number, `HDF5Error.shape` for another count,
  ///   `HDF5Error.refused` for damaged data.
  public func read<N: HDF5Number>(into memory: UnsafeMutableBufferPointer<N>) throws(HDF5Error) {
    guard N.element == element else {
      throw .type(file: file, object: path, expected: N.element.rawValue)
    }
    guard memory.count == count else {
      throw .shape(file: file, object: path, found: shape, expected: [memory.count])
    }
    guard count > 0 else { return }
    _ = try HDF5Library.call("read", file, path) { [id = handle.id, element] in
      H5Dread(
        id, element.native, chdf5_all(), chdf5_all(), chdf5_default(), memory.baseAddress)
    }
  }

  /// All numbers as an array.
  ///
  /// - Throws: as `read(into:)`.
  public func array<N: HDF5Number>(of type: N.Type) throws(HDF5Error) -> [N] {
    var failure: HDF5Error?
    let numbers = [N](unsafeUninitializedCapacity: count) { buffer, used in
      do throws(HDF5Error) {
        try read(into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
        used = count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return numbers
  }
}

extension HDF5File {
  /// Bytes of one chunk at most, unless a single row is longer.
  private static var chunkBytes: Int { 1 << 20 }

  /// Makes a dataset, writes all of it and leaves it open for attributes.
  ///
  /// Stored in chunks of whole rows with a Fletcher32 sum each; groups on the way are made.
  ///
  /// - Parameters:
  ///   - path: where it goes, from the root.
  ///   - numbers: the numbers, row-major.
  ///   - shape: sizes of the axes; their product is the count of numbers.
  /// - Returns: the dataset, still open.
  /// - Throws: `HDF5Error.shape` when counts differ, `HDF5Error.refused` when the library refuses.
  @discardableResult
  public func write<N: HDF5Number>(
    _ path: String, _ numbers: UnsafeBufferPointer<N>, shape: [Int]
  ) throws(HDF5Error) -> HDF5Dataset {
    guard numbers.count == shape.reduce(1, *) else {
      throw .shape(file: name, object: path, found: [numbers.count], expected: shape)
    }
    let element = N.element
    var sizes = shape.map { hsize_t($0) }
    let spaceID = try HDF5Library.call("shape", name, path) {
      H5Screate_simple(Int32(sizes.count), &sizes, nil)
    }
    let space = HDF5Handle(spaceID, closer: H5Sclose)
    let links = try intermediateLinks(path)
    let storage = try storageProperties(path, shape: shape, width: element.width)
    let id = try HDF5Library.call("create the dataset", name, path) { [id = handle.id] in
      H5Dcreate2(id, path, element.stored, space.id, links.id, storage.id, chdf5_default())
    }
    let dataset = HDF5Dataset(
      file: name, path: path, shape: shape, element: element,
      handle: HDF5Handle(id, closer: H5Dclose))
    if !numbers.isEmpty {
      _ = try HDF5Library.call("write", name, path) {
        H5Dwrite(
          id, element.native, chdf5_all(), chdf5_all(), chdf5_default(), numbers.baseAddress)
      }
    }
    return dataset
  }

  /// Makes a dataset of one axis from an array.
  ///
  /// - Returns: the dataset, still open.
  /// - Throws: as the form for buffers.
  @discardableResult
  public func write<N: HDF5Number>(
    _ path: String, _ numbers: [N]
  ) throws(HDF5Error) -> HDF5Dataset {
    try HDF5Library.locked { () throws(HDF5Error) -> HDF5Dataset in
      let copy = UnsafeMutableBufferPointer<N>.allocate(capacity: numbers.count)
      _ = copy.initialize(from: numbers)
      defer { copy.deallocate() }
      return try write(path, UnsafeBufferPointer(copy), shape: [numbers.count])
    }
  }

  /// Opens a dataset of plain numbers.
  ///
  /// - Returns: the dataset.
  /// - Throws: `HDF5Error.refused` when there is none, `HDF5Error.type` when it holds other things
  ///   or keeps its numbers outside of this file.
  public func dataset(_ path: String) throws(HDF5Error) -> HDF5Dataset {
    let id = try HDF5Library.call("open the dataset", name, path) { [id = handle.id] in
      H5Dopen2(id, path, chdf5_default())
    }
    let opened = HDF5Handle(id, closer: H5Dclose)
    let element = try storedElement(opened.id, path)
    let shape = try storedShape(opened.id, path)
    try checkStorage(opened.id, path)
    return HDF5Dataset(file: name, path: path, shape: shape, element: element, handle: opened)
  }

  private func storageProperties(
    _ path: String, shape: [Int], width: Int
  ) throws(HDF5Error) -> HDF5Handle {
    let id = try HDF5Library.call("prepare", name, path) { H5Pcreate(chdf5_class_dataset_create()) }
    let storage = HDF5Handle(id, closer: H5Pclose)
    // Without times, equal contents give equal bytes.
    _ = try HDF5Library.call("prepare", name, path) { H5Pset_obj_track_times(id, false) }
    guard let rows = shape.first, shape.allSatisfy({ $0 > 0 }) else { return storage }
    let rowBytes = max(width * shape.dropFirst().reduce(1, *), 1)
    var chunk = shape.map { hsize_t($0) }
    // Chunks of about one size: the library stores the last one in full, rows or not.
    let most = max(1, Self.chunkBytes / rowBytes)
    let chunks = (rows + most - 1) / most
    chunk[0] = hsize_t((rows + chunks - 1) / chunks)
    _ = try HDF5Library.call("prepare", name, path) { () -> herr_t in
      if H5Pset_chunk(id, Int32(chunk.count), &chunk) < 0 { return -1 }
      return H5Pset_fletcher32(id)
    }
    return storage
  }

  private func storedElement(_ dataset: hid_t, _ path: String) throws(HDF5Error) -> HDF5Element {
    let typeID = try HDF5Library.call("read the type", name, path) { H5Dget_type(dataset) }
    let type = HDF5Handle(typeID, closer: H5Tclose)
    for element in HDF5Element.allCases {
      let same = try HDF5Library.call("compare the type", name, path) {
        H5Tequal(type.id, element.stored)
      }
      if same > 0 { return element }
    }
    throw .type(file: name, object: path, expected: "plain little-endian numbers")
  }

  private func storedShape(_ dataset: hid_t, _ path: String) throws(HDF5Error) -> [Int] {
    let spaceID = try HDF5Library.call("read the shape", name, path) { H5Dget_space(dataset) }
    let space = HDF5Handle(spaceID, closer: H5Sclose)
    var sizes = [hsize_t](repeating: 0, count: 32)
    let axes = try HDF5Library.call("read the shape", name, path) {
      H5Sget_simple_extent_dims(space.id, &sizes, nil)
    }
    var product: Int = 1
    for size in sizes.prefix(Int(axes)) {
      let (next, overflow) = product.multipliedReportingOverflow(by: Int(clamping: size))
      guard !overflow, next < 1 << 48 else {
        throw .type(file: name, object: path, expected: "a dataset that fits into memory")
      }
      product = next
    }
    return sizes.prefix(Int(axes)).map { Int($0) }
  }

  private func checkStorage(_ dataset: hid_t, _ path: String) throws(HDF5Error) {
    let id = try HDF5Library.call("read the storage", name, path) { H5Dget_create_plist(dataset) }
    let storage = HDF5Handle(id, closer: H5Pclose)
    let layout = H5Pget_layout(storage.id)
    let outside = H5Pget_external_count(storage.id)
    guard layout == H5D_CHUNKED || layout == H5D_CONTIGUOUS, outside == 0 else {
      throw .type(file: name, object: path, expected: "numbers inside this file")
    }
  }
}
