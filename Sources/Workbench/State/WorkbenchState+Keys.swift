import Queues
import Recipes
public import Terminal

extension WorkbenchState {
  /// Does what a key means here: in a text field, in a box, or on the screen.
  ///
  /// - Returns: what has to be done outside of the state.
  public mutating func press(_ key: Key) -> [Effect] {
    // These three work wherever the focus is.
    if key == .control("l") { return reduce(.redraw) }
    if key == .control("z") { return reduce(.suspend) }
    if key == .control("c") { return reduce(.interrupt) }
    if draft != nil { return type(key) }
    switch overlay {
    case .help(let filter): return pressHelp(key, filter)
    case .palette(let text, let row): return pressPalette(key, text, row)
    case .topic:
      overlay = nil
      return []
    case .tour(let page): return pressTour(key, page)
    case .quitRunning: return pressQuitRunning(key)
    case .quitQueued: return pressQuitQueued(key)
    case .quitUnsaved: return pressQuitUnsaved(key)
    case nil: break
    }
    guard let command = BindingTable.command(for: key, on: screen) else { return [] }
    return reduce(command)
  }

  private mutating func type(_ key: Key) -> [Effect] {
    switch key {
    case .enter, .tab: return commit()
    case .escape: draft = nil
    case .control("u"): draft?.text = ""
    default:
      guard let current = draft else { return [] }
      let replaces: Bool =
        switch key {
        case .character, .paste: current.isFresh
        default: false
        }
      guard let next = Self.edit(replaces ? "" : current.text, key) else { return [] }
      draft?.text = next
      draft?.isFresh = false
      draft?.problem = nil
    }
    return []
  }

  /// A text after a printable key, a paste or a deletion; nil for other keys.
  static func edit(_ text: String, _ key: Key) -> String? {
    switch key {
    case .character(let character): text.count < 120 ? text + String(character) : text
    case .paste(let pasted):
      String((text + pasted.filter { !$0.isNewline && $0 != "\u{1B}" }).prefix(120))
    case .backspace, .delete: String(text.dropLast())
    default: nil
    }
  }

  private mutating func pressHelp(_ key: Key, _ filter: String) -> [Effect] {
    switch key {
    case .escape, .function(1): overlay = nil
    case .enter:
      overlay = nil
      guard
        let stroke = HelpModel.bindings(on: screen, filter: filter).first?.strokes.first,
        !filter.isEmpty
      else { return [] }
      return reduce(stroke.command)
    case .character("?") where filter.isEmpty: overlay = nil
    default:
      if let next = Self.edit(filter, key) { overlay = .help(filter: next) }
    }
    return []
  }

  private mutating func pressPalette(_ key: Key, _ text: String, _ row: Int) -> [Effect] {
    let entries = PaletteModel.entries(matching: text, in: self)
    switch key {
    case .escape, .control("p"): overlay = nil
    case .up: overlay = .palette(text: text, row: max(0, row - 1))
    case .down: overlay = .palette(text: text, row: min(max(0, entries.count - 1), row + 1))
    case .tab:
      guard entries.indices.contains(row) else { return [] }
      overlay = .palette(text: entries[row].line, row: 0)
    case .enter:
      overlay = nil
      guard entries.indices.contains(row) else {
        message = text.isEmpty ? nil : "No command matches \"\(text)\"."
        return []
      }
      return reduce(entries[row].command)
    default:
      if let next = Self.edit(text, key) { overlay = .palette(text: next, row: 0) }
    }
    return []
  }

  private mutating func pressQuitRunning(_ key: Key) -> [Effect] {
    switch key {
    case .character("s"): return reduce(.saveAndQuit)
    case .character("k"): return reduce(.quitNow)
    case .character("D"):
      overlay = nil
      return reduce(.logLines)
    case .escape, .enter: overlay = nil
    default: break
    }
    return []
  }

  private mutating func pressQuitQueued(_ key: Key) -> [Effect] {
    switch key {
    case .character(" "):
      overlay = nil
      return reduce(.pauseOrContinue)
    case .character("k"):
      overlay = nil
      queue.stopWaiting()
      return quit()
    case .escape, .enter: overlay = nil
    default: break
    }
    return []
  }

  private mutating func pressQuitUnsaved(_ key: Key) -> [Effect] {
    switch key {
    case .character("s"): return reduce(.saveAndQuit)
    case .character("d"): return reduce(.quitNow)
    case .escape, .enter: overlay = nil
    default: break
    }
    return []
  }
}
