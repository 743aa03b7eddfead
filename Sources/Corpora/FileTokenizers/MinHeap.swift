/// Elements of which the least is at hand.
struct MinHeap<Element: Comparable> {
  private var elements: [Element] = []

  /// True when nothing is in it.
  var isEmpty: Bool { elements.isEmpty }

  /// Takes everything out, and keeps the memory.
  mutating func removeAll() { elements.removeAll(keepingCapacity: true) }

  /// Adds an element.
  mutating func push(_ element: Element) {
    elements.append(element)
    var child = elements.count - 1
    while child > 0, elements[child] < elements[(child - 1) / 2] {
      elements.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  /// Takes the least element out.
  mutating func pop() -> Element? {
    guard let least = elements.first, let last = elements.popLast() else { return nil }
    guard !elements.isEmpty else { return least }
    elements[0] = last
    var parent = 0
    while 2 * parent + 1 < elements.count {
      var child = 2 * parent + 1
      if child + 1 < elements.count, elements[child + 1] < elements[child] { child += 1 }
      guard elements[child] < elements[parent] else { break }
      elements.swapAt(child, parent)
      parent = child
    }
    return least
  }
}
