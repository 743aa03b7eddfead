extension TokenizerFile {
  /// Appends the tokens of a text.
  func encode(
    _ text: UnsafeBufferPointer<UInt8>, _ options: EncodingOptions, _ space: EncodingSpace,
    into ids: inout [Int32]
  ) {
    ids.reserveCapacity(text.count / 3)
    let marks = options.contains(.marks)
    raw.split(text, marks: marks) { part in
      switch part {
      case .token(let id): ids.append(id)
      case .text(let range):
        let place = PreTokenizer.Place(
          isFirst: range.lowerBound == 0, continues: options.contains(.continues))
        encode(
          UnsafeBufferPointer(rebasing: text[range]), at: place, marks: marks, space, into: &ids)
      }
    }
  }

  /// Appends the tokens of a text without marks that are found as they stand.
  private func encode(
    _ text: UnsafeBufferPointer<UInt8>, at place: PreTokenizer.Place, marks: Bool,
    _ space: EncodingSpace, into ids: inout [Int32]
  ) {
    guard !normalizer.isNothing else {
      return cut(text, at: place, marks: marks, space, into: &ids)
    }
    normalizer.apply(Array(text), continues: place.isFirst && place.continues)
      .withUnsafeBufferPointer { cut($0, at: place, marks: marks, space, into: &ids) }
  }

  private func cut(
    _ text: UnsafeBufferPointer<UInt8>, at place: PreTokenizer.Place, marks: Bool,
    _ space: EncodingSpace, into ids: inout [Int32]
  ) {
    normalized.split(text, marks: marks) { part in
      switch part {
      case .token(let id): ids.append(id)
      case .text(let range):
        var place = place
        place.isFirst = place.isFirst && range.lowerBound == 0
        preTokenizer.cut(UnsafeBufferPointer(rebasing: text[range]), at: place) {
          model.encode($0, space, into: &ids)
        }
      }
    }
  }
}
