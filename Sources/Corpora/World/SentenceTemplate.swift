/// A sentence with gaps, cut into tokens once and filled many times.
///
/// Written as words parted by spaces; a gap is a capital letter: `P` and `Q` persons, `O` a thing
/// with its adjective (two tokens), `L` the place, `M` another place, and a verb: `V` handles a
/// thing, `W` moves, `S` does something to a person.
struct SentenceTemplate: Sendable, Equatable {
  enum Gap: Int32 {
    case person = -1
    case other = -2
    case thing = -3
    case place = -4
    case elsewhere = -5
    case handling = -6
    case motion = -7
    case social = -8
  }

  private static let gaps: [Substring: Gap] = [
    "P": .person, "Q": .other, "O": .thing, "L": .place, "M": .elsewhere, "V": .handling,
    "W": .motion, "S": .social,
  ]

  /// Token numbers, or gaps as negative numbers.
  let parts: [Int32]
  /// Tokens of the filled sentence.
  let length: Int
  /// What the sentence changes in the scene.
  let effect: SceneEffect

  init(_ text: String, _ effect: SceneEffect = .nothing) {
    parts = text.split(separator: " ").map { word in
      Self.gaps[word]?.rawValue ?? WorldVocabulary.token(String(word))
    }
    length = parts.count + parts.count { $0 == Gap.thing.rawValue }
    self.effect = effect
  }
}

/// What a sentence changes in a scene.
enum SceneEffect: Sendable {
  case nothing
  /// The first person takes the thing.
  case take
  /// The thing passes to the other person.
  case give
  /// The thing is left at the place.
  case leave
  /// The first person goes to the other place, and the scene with it.
  case go
  /// The other person goes away and a new one comes.
  case part
}
