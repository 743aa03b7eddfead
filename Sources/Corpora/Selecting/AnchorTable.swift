import Support

/// Which types of tokens are anchors, and the counts that say so.
public struct AnchorTable: Codable, Equatable, Sendable {
  /// A type of token: a class, or one token of the vocabulary.
  public struct Row: Codable, Equatable, Sendable {
    /// The class, or the token's text.
    public let name: String
    /// How often it stands in the samples.
    public let occurrences: Int
    /// How often it was among the most significant tokens.
    public let kept: Int
    /// Whether it is an anchor.
    public let isAnchor: Bool
  }

  /// The types that occur, those kept most often first.
  public let rows: [Row]
  /// For each token of the vocabulary whether it is of an anchor type, [V].
  public let isAnchor: [Bool]
}

/// Impactful token analysis: which types of tokens change their scores most when a model learns a
/// longer context.
///
/// - SeeAlso: LongRecipe (arXiv:2409.00509), section 4.1, equations 2 and 3.
struct TokenImpact {
  /// What the paper leaves open.
  struct Options: Sendable {
    /// The size of the change counts, not its sign.
    var isAbsolute = false
    /// The changes of a token are averaged, not added up.
    var isMean = false
    /// Types are tokens of the vocabulary, not classes.
    var isByToken = false
    /// All positions are ranked together, not each by itself.
    var isPooled = false
    /// Share of the tokens that is kept at each position.
    var top = 0.2
    /// Types are ranked by how often they are kept, not by the share of their occurrences that is.
    var isByCount = false
    /// Share of the types that become anchors, at least one.
    var anchors = 0.2
  }

  let options: Options
  let tokenizer: any Tokenizer

  /// The anchors by two models' scores of sample texts.
  func table(
    samples: [[Int32]], shorter: TokenScores, longer: TokenScores
  ) throws -> AnchorTable {
    var changes: [[Double]] = []
    for sample in samples {
      let (before, after) = (try shorter(sample), try longer(sample))
      changes.append(
        zip(before, after).map { before, after in
          let change = Double(after) - Double(before)
          return options.isAbsolute ? abs(change) : change
        })
    }
    return table(samples: samples, changes: changes)
  }

  /// The anchors by the change of each sample's tokens.
  func table(samples: [[Int32]], changes: [[Double]]) -> AnchorTable {
    let types = types()
    var occurrences = [Int](repeating: 0, count: types.names.count)
    var kept = occurrences
    for pool in pools(samples) {
      let significance = significance(of: pool, samples: samples, changes: changes)
      let ranked = pool.enumerated().sorted { first, second in
        let one = significance[samples[first.element.sample][first.element.index]] ?? 0
        let two = significance[samples[second.element.sample][second.element.index]] ?? 0
        return (two, first.offset) < (one, second.offset)
      }
      let count = Int((options.top * Double(pool.count)).rounded(.up))
      for (rank, entry) in ranked.enumerated() {
        let type = types.byToken[Int(samples[entry.element.sample][entry.element.index])]
        occurrences[type] += 1
        if rank < count { kept[type] += 1 }
      }
    }
    return table(types, occurrences, kept)
  }

  /// Equation 3: the changes of a token are added up over the samples.
  private func significance(
    of pool: [(sample: Int, index: Int)], samples: [[Int32]], changes: [[Double]]
  ) -> [Int32: Double] {
    var sums: [Int32: Double] = [:]
    var counts: [Int32: Double] = [:]
    for place in pool {
      let token = samples[place.sample][place.index]
      sums[token, default: 0] += changes[place.sample][place.index]
      counts[token, default: 0] += 1
    }
    return options.isMean ? sums.merging(counts) { $0 / $1 } : sums
  }

  private func table(
    _ types: (names: [String], byToken: [Int]), _ occurrences: [Int], _ kept: [Int]
  ) -> AnchorTable {
    let seen = occurrences.indices.filter { occurrences[$0] > 0 }
    func frequency(_ type: Int) -> Double {
      options.isByCount
        ? Double(kept[type]) : Double(kept[type]) / Double(max(1, occurrences[type]))
    }
    let ranked = seen.sorted {
      (frequency($1), kept[$1], $0) < (frequency($0), kept[$0], $1)
    }
    let count = max(1, Int((options.anchors * Double(seen.count)).rounded(.up)))
    let anchors = Set(ranked.prefix(count))
    return AnchorTable(
      rows: ranked.map { type in
        AnchorTable.Row(
          name: types.names[type], occurrences: occurrences[type], kept: kept[type],
          isAnchor: anchors.contains(type))
      }, isAnchor: types.byToken.map { anchors.contains($0) })
  }

  /// Places that are ranked together; the first token of a text has no score.
  private func pools(_ samples: [[Int32]]) -> [[(sample: Int, index: Int)]] {
    let longest = samples.map(\.count).max() ?? 0
    let byPosition = (1..<max(1, longest)).map { index in
      samples.indices.filter { samples[$0].count > index }.map { (sample: $0, index: index) }
    }
    return options.isPooled ? [byPosition.flatMap { $0 }] : byPosition
  }

  private func types() -> (names: [String], byToken: [Int]) {
    let words = (0..<tokenizer.vocabularySize).map { tokenizer.word(Int32($0)) }
    if options.isByToken { return (words, Array(words.indices)) }
    return (TokenClass.allCases.map(\.name), words.map { TokenClass($0).rawValue })
  }
}
