public import Support

/// A short story with facts, then questions about its facts and its things.
public struct Questions: WorldKind {
  /// What `describe` says.
  public static let kind = KindDescription(
    "questions", "A story of up to 300 tokens with facts, then questions with their answers.",
    settings: [FactDensity.setting])

  private let density: Double

  /// Builds it from checked settings.
  public init(_ values: SettingsValues) {
    density = FactDensity.of(values)
  }

  /// A document of at most `limit` tokens.
  public func document(
    limit: Int, split: CorpusSplit, random: inout RandomStream
  ) -> Document {
    let form = FactForm.prose
    let size = min(limit, random.integer(in: 80...300))
    let plan = FactPlan(
      density: density, limit: size, row: limit, form: form, split: split, random: &random
    ) { $0 >= 6 }
    let room = size - plan.tokens
    var scene = Scene(&random)
    // A sixth of the rest asks for things, when that is enough for a question.
    let text = scene.tell(tokens: room > 60 ? room * 5 / 6 : room, &random)
    var document = FactWeaver.weave(text, facts: plan.facts, random: &random)

    var questions = plan.facts.map { Question.fact($0) }
    var left = size - plan.tokens - text.tokens.count
    for index in scene.mentioned.sorted().shuffled(using: &random) {
      let question = scene.question(about: index)
      guard question.count <= left else { break }
      left -= question.count
      questions.append(.thing(question))
    }
    for question in questions.shuffled(using: &random) {
      switch question {
      case .fact(let planned): document.append(query: planned, form: form)
      case .thing(let tokens): document.append(tokens)
      }
    }
    return document
  }

  private enum Question {
    case fact(PlannedFact)
    case thing([Int32])
  }
}
