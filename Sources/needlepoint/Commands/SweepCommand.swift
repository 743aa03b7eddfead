import ArgumentParser
import Foundation
import Recipes
import Runs
import Support

/// `needlepoint sweep RECIPE`: trains variants of a recipe and compares them.
struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Train variants of a recipe, several seeds each, and compare them.",
    discussion: """
      The variants stand in the recipe's group sweep: arms with a name and the fields they set, or \
      vary with a list of values for each field (every combination is an arm); --vary adds a field. \
      Runs that are whole already are not trained again, and those that were stopped go on. The table \
      has the mean over seeds with its standard error; a star marks what differs from the first arm by \
      more than two standard errors of the difference.
      """)

  @Argument(help: "Recipe file or experiment folder.")
  var recipe: String

  @Option(
    help: ArgumentHelp("Varies a field of the recipe.", valueName: "path=value,value"))
  var vary: [String] = []

  @Option(
    help: ArgumentHelp("Changes a field in all arms by its key path.", valueName: "path=value"))
  var set: [String] = []

  @Option(help: "Seeds of each arm, instead of the recipe's.")
  var seeds: SeedList?

  @Option(help: "Runs at a time; they share the threads.")
  var jobs = 1

  @Option(help: "Folder in which the run folders are made.")
  var out = "checkpoints"

  @Option(
    help: ArgumentHelp("Also writes the table there.", valueName: "file.md|.csv"))
  var table: String?

  @OptionGroup var shared: SharedOptions

  mutating func validate() throws {
    if !(1...64).contains(jobs) {
      throw UserError("--jobs", "\(jobs) is not in 1...64", remedy: "Leave it out for one.")
    }
    if let seed = Sweep.repeatedSeed(seeds?.values ?? []) {
      throw UserError(
        "--seeds", "every seed once is needed, \(seed) found again",
        remedy: "Leave it out the second time.")
    }
    guard let table, !["md", "csv"].contains((table as NSString).pathExtension) else { return }
    throw UserError(
      "--table", "the ending .md or .csv is needed, \"\(table)\" found", remedy: "Rename the file.")
  }

  func run() throws {
    var document = try RecipeLocation.document(recipe)
    for change in set { document = try document.applying(change) }
    for field in vary { document = try document.varying(field) }
    shared.sayLibraryProblem()
    let runner = try QueueRunner(
      document, parent: out, jobs: jobs, threads: shared.threads, seeds: seeds?.values)
    throw ExitCode(try QueueReporter(runner, options: shared, file: table).follow())
  }
}

/// A list of seeds, such as `1,2,3`.
struct SeedList: ExpressibleByArgument {
  let values: [Int]

  init?(argument: String) {
    let parts = argument.split(separator: ",").map { Int($0.trimmingCharacters(in: .whitespaces)) }
    guard !parts.isEmpty, parts.allSatisfy({ ($0 ?? -1) >= 0 }) else { return nil }
    values = parts.compactMap(\.self)
  }
}
