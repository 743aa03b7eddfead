import Support

extension Recipe {
  /// Kinds of `rope` that only choose the base.
  private static let baseKinds: Set<String> = ["none", "abf", "ntk", "dynamic"]

  /// Whether a model whose frequencies one kind has made may get those of another.
  ///
  /// Transforms do not add up: each begins at the base's plain frequencies. So another kind may follow a
  /// change of the base, and only the same kind a real transform.
  ///
  /// - Parameters:
  ///   - kind: of the later stage; `none` keeps what is there.
  ///   - earlier: of the model until then.
  /// - Returns: false when the later one would silently take the place of the earlier one.
  public static func ropeMayFollow(_ kind: String, _ earlier: String) -> Bool {
    kind == "none" || kind == earlier || baseKinds.contains(earlier)
  }
}

extension RecipeReader {
  /// Changes of positions and frequencies that exclude each other.
  func checkPositions(_ stages: [Stage], _ evaluations: [Component]) {
    var earlier = "none"
    for training in stages.compactMap(\.training) {
      let rope = training.rope
      if Recipe.ropeMayFollow(rope.kind, earlier) {
        if rope.kind != "none" { earlier = rope.kind }
      } else {
        reading.fault(
          rope.line, "\(rope.path).kind",
          "\(earlier) of an earlier stage or none is needed, \(rope.kind) found",
          "Transforms do not add up: use \(earlier) in both stages, or leave rope out.")
      }
    }
    let skipping = stages.compactMap(\.training?.positions).first { $0.kind != "plain" }
    guard let skipping else { return }
    for evaluation in evaluations {
      guard let remap = evaluation.settings.text("remap"), remap != "none" else { continue }
      reading.fault(
        evaluation.line, "\(evaluation.path).remap",
        "positions as they are, none, are needed after training with \(skipping.kind), \(remap) found",
        "The model has learnt all distances up to the target: leave remap out, or train with "
          + "positions: plain.")
    }
  }
}
