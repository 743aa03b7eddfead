import HDF5

/// The libraries behind the store, for `doctor`.
public enum StoreLibraries {
  /// Version of HDF5.
  public static var hdf5: String { HDF5Library.version }
}
