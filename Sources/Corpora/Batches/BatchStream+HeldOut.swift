extension BatchStream {
  /// Rows to measure losses on: one document a row, plain positions, several short rows a batch.
  ///
  /// - Parameters:
  ///   - sources: of the evaluation split, at their beginning.
  ///   - length: tokens of a row.
  ///   - seed: of the order of the sources.
  ///   - tokenizer: the model's.
  /// - Throws: `UserError` when the sources give no rows.
  public init(
    heldOut sources: [WeightedSource], length: Int, seed: UInt64, tokenizer: any Tokenizer
  ) throws {
    let plan = BatchPlan(
      rows: max(1, 8192 / length), length: length, packer: RowPacker(), seed: seed)
    try self.init(sources: sources, plan: plan, tokenizer: tokenizer)
  }
}
