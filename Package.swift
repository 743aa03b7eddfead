// swift-tools-version: 6.1
// Needlepoint: layers from the bottom up, one row each. Tests/ArchitectureTests holds the same table
// against the import lines of Sources, so a row here is a decision, not a convenience.

import PackageDescription

let swiftSettings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// One library target: its name and the targets it may import.
func layer(_ name: String, _ imports: [String], packages: [Target.Dependency] = []) -> Target {
  .target(
    name: name,
    dependencies: imports.map { .target(name: $0) } + packages,
    swiftSettings: swiftSettings)
}

let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

// Layer 0: C libraries of the system, and our own loops.
let layer0: [Target] = [
  .target(name: "CNCurses", linkerSettings: [.linkedLibrary("ncursesw")]),
  .systemLibrary(name: "CHDF5", pkgConfig: "hdf5-serial", providers: [.apt(["libhdf5-dev"])]),
  .systemLibrary(name: "COneDNN", providers: [.apt(["libdnnl-dev"])]),
  .systemLibrary(name: "COpenBLAS", providers: [.apt(["libopenblas-dev"])]),
  .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
  .systemLibrary(name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),
  .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
  .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
  // -O3 also in debug builds: tests of kernels stay quick. No -march: one binary, every x86-64 and arm64.
  // No arithmetic on untyped pointers: it once moved by bytes what was meant in numbers.
  .target(name: "CKernels", cSettings: [.unsafeFlags(["-O3", "-Werror=gnu-pointer-arith"])]),
]

let layers: [Target] = [
  // 1
  layer("Support", []),
  // 2
  layer("Tensors", ["Support"]),
  layer("Records", ["Support"]),
  layer("Recipes", ["Support"], packages: [yams]),
  layer("Positions", ["Support"]),
  layer("Corpora", ["CPCRE2", "CZlib", "Support"]),
  layer("HDF5", ["CHDF5", "Support"]),
  layer("Terminal", ["CNCurses", "Support"]),
  // 3
  layer("Kernels", ["Tensors", "CKernels", "COneDNN", "COpenBLAS", "Support"]),
  layer("RunStore", ["HDF5", "CCrypto", "Records", "Tensors", "Support"]),
  layer("Queues", ["Records", "Recipes", "Support"]),
  layer("Pictures", ["CPNG", "Records", "Terminal", "Support"]),
  // 4
  layer("Models", ["Kernels", "Positions", "Tensors", "Support"]),
  layer("Panes", ["Queues", "Terminal", "Records", "Recipes", "Positions", "Support"]),
  // 5
  layer("Training", ["Models", "Kernels", "Corpora", "Records", "Tensors", "Support"]),
  layer("Evaluation", ["Models", "Kernels", "Positions", "Corpora", "Records", "Support"]),
  layer("Interchange", ["Models", "Positions", "Corpora", "RunStore", "Tensors", "Support"]),
  // 6
  layer(
    "Runs",
    [
      "Training", "Evaluation", "Interchange", "RunStore", "Queues", "Pictures", "Recipes",
      "Positions", "Corpora", "Models", "Kernels", "Tensors", "Records", "Support",
    ]),
  // 7
  layer("Workbench", ["Panes", "Queues", "Terminal", "Records", "Recipes", "Support"]),
]

let program = Target.executableTarget(
  name: "needlepoint",
  dependencies: [
    "Workbench", "Runs", "Training", "Evaluation", "Interchange", "Pictures", "RunStore", "Queues",
    "Recipes", "Positions", "Corpora", "Panes", "Terminal", "Models", "Kernels", "Tensors",
    "Records",
    "Support", arguments, logging,
  ],
  swiftSettings: swiftSettings)

/// One test target; tests may look at every layer below theirs.
func tests(
  _ name: String, _ imports: [String], exclude: [String] = [], resources: [Resource] = []
) -> Target {
  .testTarget(
    name: name,
    dependencies: imports.map { .target(name: $0) },
    exclude: exclude,
    resources: resources,
    swiftSettings: swiftSettings)
}

let testTargets: [Target] = [
  .target(
    name: "TestSupport", dependencies: ["Support"], path: "Tests/TestSupport",
    swiftSettings: swiftSettings),
  .target(
    name: "ModelTestSupport",
    dependencies: ["Models", "Kernels", "Tensors", "TestSupport", "Support"],
    path: "Tests/ModelTestSupport", swiftSettings: swiftSettings),
  tests("ArchitectureTests", ["TestSupport", "Support"]),
  tests("SupportTests", ["Support", "TestSupport"]),
  tests("TensorsTests", ["Tensors", "TestSupport"]),
  tests("RecordsTests", ["Records", "TestSupport", "Support"]),
  tests("RecipesTests", ["Recipes", "TestSupport", "Support"]),
  tests(
    "PositionsTests", ["Positions", "TestSupport", "Support"], resources: [.copy("Golden")]),
  tests("CorporaTests", ["Corpora", "TestSupport", "Support"], exclude: ["Golden"]),
  tests("StoreTests", ["HDF5", "RunStore", "Records", "Tensors", "TestSupport", "Support"]),
  tests("TerminalTests", ["Terminal", "TestSupport", "Support"]),
  tests("KernelsTests", ["Kernels", "Tensors", "TestSupport", "Support"]),
  tests("QueuesTests", ["Queues", "Records", "Recipes", "TestSupport", "Support"]),
  tests(
    "PanesTests",
    ["Panes", "Terminal", "Records", "Recipes", "Positions", "TestSupport", "Support"]),
  tests("PicturesTests", ["Pictures", "Records", "TestSupport", "Support"]),
  tests(
    "ModelsTests",
    ["Models", "Kernels", "Positions", "Tensors", "ModelTestSupport", "TestSupport", "Support"],
    exclude: ["Golden"]),
  tests(
    "TrainingTests",
    [
      "Training", "Models", "Kernels", "Corpora", "Records", "Tensors", "ModelTestSupport",
      "TestSupport", "Support",
    ]),
  tests(
    "EvaluationTests",
    ["Evaluation", "Models", "Kernels", "Corpora", "Records", "TestSupport", "Support"]),
  tests(
    "InterchangeTests",
    [
      "Interchange", "Models", "Kernels", "Positions", "Corpora", "Tensors", "TestSupport",
      "Support",
    ],
    exclude: ["Golden"]),
  tests(
    "RunsTests",
    [
      "Workbench", "Runs", "Training", "Evaluation", "RunStore", "Queues", "Recipes", "Positions",
      "Corpora", "Models", "Kernels", "Tensors", "Records", "TestSupport", "Support",
    ]),
  tests(
    "WorkbenchTests",
    ["Workbench", "Panes", "Queues", "Terminal", "Records", "Recipes", "TestSupport", "Support"],
    exclude: ["Golden"]),
  tests("ScenarioTests", ["RunStore", "Records", "Tensors", "Terminal", "TestSupport", "Support"]),
]

let package = Package(
  name: "needlepoint",
  products: [.executable(name: "needlepoint", targets: ["needlepoint"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: layer0 + layers + [program] + testTargets)
