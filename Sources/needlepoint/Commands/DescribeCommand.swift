import ArgumentParser
import Foundation
import Interchange
import Recipes
import Runs
import Support

/// `needlepoint describe [KIND]`: every kind that a recipe may name, and every format.
struct DescribeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "describe", abstract: "List every kind and format by name, with its settings.",
    discussion: """
      Sizes in tokens take binary prefixes (4k is 4,096), other numbers decimal ones (10k is \
      10,000); both take powers such as 2^12.
      """)

  @Argument(help: "A kind or a slot; all of them when absent.")
  var name: String?

  @Flag(help: "JSON lines on stdout and nothing else.")
  var json = false

  func run() throws {
    let vocabulary = RecipeVocabulary.needlepoint
    var all: [(slot: String, kind: KindDescription)] = []
    for slot in RecipeVocabulary.Slot.allCases {
      all += vocabulary[slot].map { (slot.rawValue, $0) }
    }
    all += exportFormats.descriptions.map { (exportFormats.slot, $0) }
    let shown = all.filter { name == nil || $0.kind.name == name || $0.slot == name }
    guard !shown.isEmpty else {
      let known = all.map(\.kind.name)
      throw UserError(
        "describe", "no kind \"\(name ?? "")\"",
        remedy: Suggestion.sentence(for: name ?? "", among: known))
    }
    for (slot, kind) in shown {
      print(json ? Self.line(slot, kind) : Self.page(slot, kind, detailed: name != nil))
    }
  }

  private static func page(_ slot: String, _ kind: KindDescription, detailed: Bool) -> String {
    var lines = ["\(slot): \(kind.name)  \(kind.summary)"]
    if detailed, !kind.source.isEmpty { lines.append("  from \(kind.source)") }
    for setting in kind.settings {
      let fallback =
        setting.isRequired ? "required" : setting.defaultValue.map { "default \($0.text)" } ?? ""
      lines.append("  \(setting.key)  \(setting.form.text)  \(fallback)  \(setting.help)")
      if detailed, !setting.source.isEmpty { lines.append("      from \(setting.source)") }
    }
    return lines.joined(separator: "\n")
  }

  private static func line(_ slot: String, _ kind: KindDescription) -> String {
    JSONValue.object([
      ("event", .text("kind")), ("slot", .text(slot)), ("name", .text(kind.name)),
      ("summary", .text(kind.summary)), ("source", .text(kind.source)),
      (
        "settings",
        .list(
          kind.settings.map { setting in
            .object([
              ("key", .text(setting.key)), ("form", .text(setting.form.text)),
              ("required", .bool(setting.isRequired)),
              ("default", setting.defaultValue.map { .text($0.text) } ?? .null),
              ("help", .text(setting.help)), ("source", .text(setting.source)),
              ("applies", .text(setting.applies.rawValue)),
            ])
          })
      ),
    ]).line
  }
}

extension Setting.Form {
  /// Type and range in words.
  fileprivate var text: String {
    switch self {
    case .integer(let range): "whole number in \(range.lowerBound)...\(range.upperBound)"
    case .size(let range): "tokens in \(range.lowerBound)...\(range.upperBound)"
    case .real(let range): "number in \(range.lowerBound)...\(range.upperBound)"
    case .flag: "true or false"
    case .text: "text"
    case .choice(let words): words.joined(separator: " | ")
    case .path: "path"
    case .sizes: "list of tokens"
    case .reals: "list of numbers"
    case .words(let words): "list of " + words.joined(separator: " | ")
    }
  }
}

extension SettingsValue {
  /// The value as a recipe writes it.
  fileprivate var text: String {
    switch self {
    case .integer(let value): "\(value)"
    case .real(let value): Quantity.text(value)
    case .flag(let value): "\(value)"
    case .text(let value): value
    case .integers(let values): "[\(values.map(String.init).joined(separator: ", "))]"
    case .reals(let values): "[\(values.map(Quantity.text).joined(separator: ", "))]"
    case .texts(let values): "[\(values.joined(separator: ", "))]"
    }
  }
}
