public import Support

/// Settings given as `key=value` texts, outside of a recipe.
public enum SettingsText {
  /// Reads assignments against a declaration.
  ///
  /// - Parameters:
  ///   - assignments: each `key=value`, in the recipe's grammar.
  ///   - declared: the settings that exist.
  /// - Returns: the given values by key.
  /// - Throws: `UserError` for an unknown key or a value that does not fit.
  public static func values(
    _ assignments: [String], declared: [Setting]
  ) throws -> [String: SettingsValue] {
    var values: [String: SettingsValue] = [:]
    for assignment in assignments {
      let parts = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let key = String(parts[0])
      guard let setting = declared.first(where: { $0.key == key }) else {
        throw UserError(
          "--set \(key)", "no such setting",
          remedy: Suggestion.sentence(for: key, among: declared.map(\.key)))
      }
      guard parts.count == 2 else {
        throw UserError("--set \(key)", "no value found", remedy: "Write \(key)=value.")
      }
      do {
        let node = try RecipeParser.parse(String(parts[1]), file: "--set \(key)")
        values[key] = try SettingReader.read(node, setting.form)
      } catch let mismatch as SettingReader.Mismatch {
        throw UserError("--set \(key)", mismatch.finding, remedy: mismatch.remedy)
      }
    }
    return values
  }
}
