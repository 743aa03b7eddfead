import Support

/// Puts facts and their queries between the sentences of a text.
///
/// A fact stands at a uniformly random place, its query at a uniformly random place after it; the
/// sentences of the text keep their order and are spread evenly.
enum FactWeaver {
  ///
  /// With `title` the first sentence is a title, which nothing may precede.
  static func weave(
    _ text: SentenceList, _ plan: FactPlan, form: FactForm, title: Bool = false,
    random: inout RandomStream
  ) -> Document {
    // (place, sentence number) with sentences first, then facts, then queries.
    var order: [(place: Double, number: Int)] = []
    let sentences = text.count
    let facts = plan.facts.count
    order.reserveCapacity(sentences + 2 * facts)
    for index in 0..<sentences {
      let place = (Double(index) + 0.5) / Double(sentences)
      order.append((title && index == 0 ? -1 : place, index))
    }
    for index in 0..<facts {
      let place = random.uniform()
      order.append((place, sentences + index))
      order.append((place + (1 - place) * random.uniform(), sentences + facts + index))
    }
    // The number breaks ties, so a fact precedes its query even at equal places.
    order.sort { ($0.place, $0.number) < ($1.place, $1.number) }

    var document = Document()
    document.tokens.reserveCapacity(text.tokens.count + plan.tokens)
    document.roles.reserveCapacity(text.tokens.count + plan.tokens)
    for (_, number) in order {
      if number < sentences {
        document.append(text.sentence(number))
      } else if number < sentences + facts {
        document.append(plan.facts[number - sentences].fact, form: form)
      } else {
        document.append(query: plan.facts[number - sentences - facts], form: form)
      }
    }
    return document
  }

  /// Puts the facts alone between the sentences; their queries come elsewhere.
  static func weave(
    _ text: SentenceList, facts: [PlannedFact], random: inout RandomStream
  ) -> Document {
    var before = [[PlannedFact]](repeating: [], count: text.count + 1)
    for planned in facts { before[random.below(text.count + 1)].append(planned) }
    var document = Document()
    for index in 0...text.count {
      for planned in before[index] { document.append(planned.fact, form: .prose) }
      if index < text.count { document.append(text.sentence(index)) }
    }
    return document
  }
}
