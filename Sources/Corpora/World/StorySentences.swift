/// The sentences of stories, by what must be true before they can be told.
enum StorySentences {
  /// Openings of a scene.
  static let openings = templates([
    ("in the morning P W to the L .", .nothing),
    ("in the evening P and Q met at the L .", .nothing),
    ("later P and Q W from the M to the L .", .nothing),
    ("P met Q at the L .", .nothing),
    ("the next day P W to the L with Q .", .nothing),
    ("at night P waited for Q at the L .", .nothing),
    ("P came home from the M and Q was at the L .", .nothing),
  ])

  /// Sentences about a thing that the first person holds.
  static let held = templates([
    ("P V the O .", .nothing),
    ("P V the O at the L .", .nothing),
    ("P gave the O to Q .", .give),
    ("P left the O at the L .", .leave),
    ("P showed Q the O .", .nothing),
    ("Q asked P about the O .", .nothing),
    ("P and Q V the O together .", .nothing),
    ("then Q V the O and gave it to P .", .nothing),
    ("P put the O under a table at the L .", .leave),
    ("then P V the O for Q .", .nothing),
    ("P V the O and W to the M .", .go),
    ("P S Q and gave the O to Q .", .give),
  ])

  /// Sentences about a thing that lies at the place of the scene.
  static let lying = templates([
    ("P found the O at the L .", .take),
    ("P took the O from the L .", .take),
    ("the O was still at the L .", .nothing),
    ("Q saw the O at the L .", .nothing),
    ("there P V the O once again .", .nothing),
    ("behind the L P found the O .", .take),
    ("Q showed P the O and P took it .", .take),
    ("P looked at the O but left it there .", .nothing),
  ])

  /// Sentences that are true of any two persons at any place.
  ///
  /// There is at least one of each length from 6 to 12, so that a text can be filled to the token.
  static let neutral = templates([
    ("P S Q once again .", .nothing),
    ("P S Q at the L .", .nothing),
    ("then P S Q at the L .", .nothing),
    ("P and Q waited at the L together .", .nothing),
    ("in the evening P S Q at the L .", .nothing),
    ("P and Q stayed at the L until the morning .", .nothing),
    ("P stayed at the L but Q W to the M .", .part),
  ])

  private static func templates(_ list: [(String, SceneEffect)]) -> [SentenceTemplate] {
    list.map { SentenceTemplate($0.0, $0.1) }
  }
}
