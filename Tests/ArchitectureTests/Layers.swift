/// A module of the program and what it may import.
///
/// The rows, lowest layer first, are the decision that Package.swift and the sources are held
/// against. A new module is one row.
struct Module: Sendable {
  let name: String
  let layer: Int
  /// Modules of lower layers that it may import.
  let imports: Set<String>
  /// May it import Foundation? The hot modules and those that only compute do without.
  var hasFoundation = false
  /// Modules from outside of this package.
  var packages: Set<String> = []

  static let all = [
    Module(name: "CNCurses", layer: 0, imports: []),
    Module(name: "CHDF5", layer: 0, imports: []),
    Module(name: "COneDNN", layer: 0, imports: []),
    Module(name: "COpenBLAS", layer: 0, imports: []),
    Module(name: "CCrypto", layer: 0, imports: []),
    Module(name: "CPCRE2", layer: 0, imports: []),
    Module(name: "CPNG", layer: 0, imports: []),
    Module(name: "CZlib", layer: 0, imports: []),
    Module(name: "CKernels", layer: 0, imports: []),

    Module(name: "Support", layer: 1, imports: [], hasFoundation: true),

    Module(name: "Tensors", layer: 2, imports: ["Support"]),
    Module(name: "Records", layer: 2, imports: ["Support"]),
    Module(
      name: "Recipes", layer: 2, imports: ["Support"], hasFoundation: true, packages: ["Yams"]),
    Module(name: "Positions", layer: 2, imports: ["Support"]),
    Module(
      name: "Corpora", layer: 2, imports: ["CPCRE2", "CZlib", "Support"], hasFoundation: true),
    Module(name: "HDF5", layer: 2, imports: ["CHDF5", "Support"]),
    Module(name: "Terminal", layer: 2, imports: ["CNCurses", "Support"]),

    Module(
      name: "Kernels", layer: 3,
      imports: ["CKernels", "COneDNN", "COpenBLAS", "Support", "Tensors"]),
    Module(
      name: "RunStore", layer: 3, imports: ["CCrypto", "HDF5", "Records", "Support", "Tensors"],
      hasFoundation: true),
    Module(
      name: "Queues", layer: 3, imports: ["Recipes", "Records", "Support"], hasFoundation: true),
    Module(
      name: "Pictures", layer: 3, imports: ["CPNG", "Records", "Support", "Terminal"],
      hasFoundation: true),

    Module(name: "Models", layer: 4, imports: ["Kernels", "Positions", "Support", "Tensors"]),
    Module(
      name: "Panes", layer: 4,
      imports: ["Positions", "Queues", "Recipes", "Records", "Support", "Terminal"]),

    Module(
      name: "Training", layer: 5,
      imports: ["Corpora", "Kernels", "Models", "Records", "Support", "Tensors"]),
    Module(
      name: "Evaluation", layer: 5,
      imports: ["Corpora", "Kernels", "Models", "Positions", "Records", "Support"]),
    Module(
      name: "Interchange", layer: 5,
      imports: ["Corpora", "Models", "Positions", "RunStore", "Support", "Tensors"],
      hasFoundation: true),

    Module(
      name: "Runs", layer: 6,
      imports: [
        "Corpora", "Evaluation", "Interchange", "Kernels", "Models", "Pictures", "Positions",
        "Queues", "Recipes", "Records", "RunStore", "Support", "Tensors", "Training",
      ], hasFoundation: true),

    Module(
      name: "Workbench", layer: 7,
      imports: ["Panes", "Queues", "Recipes", "Records", "Support", "Terminal"],
      hasFoundation: true),

    Module(
      name: "needlepoint", layer: 8,
      imports: [
        "Corpora", "Evaluation", "Interchange", "Kernels", "Models", "Panes", "Pictures",
        "Positions", "Queues",
        "Recipes", "Records", "RunStore", "Runs", "Support", "Tensors", "Terminal", "Training",
        "Workbench",
      ], hasFoundation: true, packages: ["ArgumentParser", "Logging"]),
  ]

  /// Parts of the system that any module may import.
  static let system: Set<String> = ["Darwin", "Glibc", "Musl", "Swift", "Synchronization"]

  /// Names under which Foundation is imported.
  static let foundation: Set<String> = ["Dispatch", "Foundation", "FoundationEssentials"]
}
