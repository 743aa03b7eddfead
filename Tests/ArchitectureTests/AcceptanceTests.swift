import TestSupport
import Testing

/// What a good release of the workbench must show, each row with the tests that show it.
///
/// A row whose `missing` is not empty is not met as a whole; it says what is left.
@Suite struct AcceptanceTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let claim: String
    let tests: [String]
    var missing = ""
    var testDescription: String { claim }
  }

  static let rows = [
    Row(
      claim: "A person edits, trains, changes the rate live, undoes it, pauses and leaves safely.",
      tests: [
        "aPersonEditsTrainsWatchesAndLeaves", "undoTakesALiveRateBackToItsScheduleAndOnlyOnce",
        "theFooterShowsItsFirstKeysAndTheDoorAt80Columns",
      ]),
    Row(
      claim: "Keys are answered, frames stay small and the screen costs little while it trains.",
      tests: [
        "theScreenIsQuickWhileItTrains", "liveFramesAreAtMostTenASecondWhileKeysAreAnsweredAtOnce",
      ]),
    Row(
      claim: "A long run is drawn exactly, with a spike of one step at every zoom.",
      tests: ["aStepOfOneSpikeIsSeenAtEveryZoomOfALongRun", "columnsHoldEveryPointOnce"]),
    Row(
      claim: "The heatmap is readable in any colours, compares, and leads to a failing prompt.",
      tests: [
        "screenLooksAsItDid", "cellsAreSignedAndOnlyClearOnesAreColoured",
        "anEvaluationOfAMarkedRunIsTheOtherSide", "aTrialsPromptIsThreeKeysAway",
      ]),
    Row(
      claim: "Position ids on the preview equal those the engine trains on.",
      tests: ["theShownRowsAreThoseThatAreTrained", "screenLooksAsItDid"]),
    Row(
      claim: "However it ends, the terminal works and what was committed is whole.",
      tests: [
        "aSignalLeavesAWholeCheckpointAndAWorkingTerminal",
        "aCrashGivesTheTerminalBackAndSaysHowToGoOn",
        "aStoppedProgramGivesTheTerminalBackAndComesBack",
        "controlCAsksAndASecondOneLeavesWhatWasCommitted", "aRunOutlivesItsTerminalAndIsAttachedTo",
      ]),
    Row(
      claim: "Every screen was seen empty, running, finished, failed and wrong, at four sizes.",
      tests: ["screenLooksAsItDid", "terminalsGetTheseColours", "everyFileIsOfAScene"]),
    Row(
      claim: "Every kind of terminal gets a frame, a smaller one, or a sentence.",
      tests: [
        "everyKindOfTerminalShowsTheFrame", "aTerminalThatCannotShowAScreenGetsASentence",
        "aTerminalTooSmallIsNoReasonToEnd", "everySizeIsDrawnWithoutACrash",
        "aStormOfSizesAndKeysLeavesAWholeFrame",
      ]),
    Row(
      claim: "No action is reachable by colour or mouse only; help, footer and palette agree.",
      tests: [
        "footerHelpAndPaletteComeFromTheTable", "thePaletteHasEveryCommandFieldRunAndTopic",
        "withoutColourNothingAsksForColour", "everyFieldExplainsItself",
      ]),
    Row(
      claim: "Two runs are compared: changed fields, results at equal tokens, difference of loss.",
      tests: [
        "onlyFieldsThatDifferAreListed", "resultsAreReadAtTheEqualBudget",
        "runsAreListedFilteredSortedComparedAndDrawn",
      ]),
    Row(
      claim:
        "A slow connection stays usable: small frames, no full repaints; a dead one holds up nothing.",
      tests: [
        "aSlowConnectionStaysUsable", "nothingNewDrawsNoFrame", "theScreenIsQuickWhileItTrains",
        "aFrameWaitsForTheOneBeforeAndShowsTheNewestState",
        "trainingGoesOnAndTheNewestFrameFollows", "theRunIsSavedAndTheProgramEnds",
      ]
    ),
  ]

  @Test(arguments: rows) func theNamedTestsExist(row: Row) throws {
    let texts = try PackageFolder.files(in: "Tests", endings: [".swift"]).map(PackageFolder.text)
    for name in row.tests {
      #expect(texts.contains { $0.contains("func \(name)(") }, "no test is called \(name)")
    }
    #expect(!row.tests.isEmpty || !row.missing.isEmpty, "nothing shows this row")
  }
}
