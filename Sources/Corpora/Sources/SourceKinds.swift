public import Support

/// Every kind of source that a recipe may name.
public enum SourceKinds {
  /// The kinds, in the order shown.
  public static let catalog = Catalog<any SourceKind>(
    "sources",
    [
      Stories.self, Code.self, Pages.self, Tables.self, Questions.self, Repeat.self, Recall.self,
      Values.self, Chains.self, Counts.self,
      LengthyTables.self, Conversations.self, TextFiles.self, TextLines.self, ChatLines.self,
      Repositories.self, TokenRows.self,
    ])
}
