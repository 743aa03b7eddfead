/// Chooses which source fills the next row, so that shares hold by tokens, exact to a row.
///
/// Each source has a credit: tokens it should have given so far less tokens it gave. The next row
/// goes to the largest credit. Random choice would miss the shares by the square root of the rows.
struct TokenMix: Codable, Equatable, Sendable {
  /// Shares, summing to one.
  private(set) var shares: [Double]
  private(set) var credits: [Double]

  init(weights: [Double]) {
    shares = []
    credits = [Double](repeating: 0, count: weights.count)
    setWeights(weights)
  }

  /// New weights from the next row on; credits stay, so what was owed is still given.
  mutating func setWeights(_ weights: [Double]) {
    let total = weights.reduce(0, +)
    shares = weights.map { $0 / total }
    // A source that is switched off keeps no claim, and nobody may owe tokens to it.
    for index in shares.indices where shares[index] == 0 { credits[index] = 0 }
    let rest = credits.reduce(0, +)
    for index in credits.indices { credits[index] -= rest * shares[index] }
  }

  /// The source with the largest deficit when a row of `tokens` is added.
  func next(tokens: Int) -> Int {
    var best = -1
    var bestCredit = -Double.infinity
    for index in shares.indices where shares[index] > 0 {
      let credit = credits[index] + shares[index] * Double(tokens)
      if credit > bestCredit + 1e-9 {
        best = index
        bestCredit = credit
      }
    }
    return best
  }

  /// Books tokens that a source gave.
  mutating func book(_ tokens: Int, from source: Int) {
    for index in shares.indices { credits[index] += shares[index] * Double(tokens) }
    credits[source] -= Double(tokens)
  }
}
