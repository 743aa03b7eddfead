/// One thing the user did.
public enum Key: Hashable, Sendable {
  /// A printable character.
  case character(Character)
  /// Return or enter.
  case enter
  /// Escape alone.
  case escape
  /// Tab.
  case tab
  /// Shift and tab.
  case backTab
  /// Arrow up.
  case up
  /// Arrow down.
  case down
  /// Arrow left.
  case left
  /// Arrow right.
  case right
  /// Page up.
  case pageUp
  /// Page down.
  case pageDown
  /// Home.
  case home
  /// End.
  case end
  /// Delete to the right.
  case delete
  /// Insert.
  case insert
  /// Delete to the left.
  case backspace
  /// Function key 1 to 24.
  case function(Int)
  /// Control and a lower case letter, or one of `@ [ \ ] ^ _`.
  case control(Character)
  /// Pasted text, as it came; sanitize it before showing it.
  case paste(String)
  /// A mouse button, wheel or drag.
  case mouse(MouseEvent)
  /// The terminal has a new size; ask the screen for it.
  case resize
}

/// What a mouse did, in cells from the top left corner.
public struct MouseEvent: Hashable, Sendable {
  /// Kinds of mouse events.
  public enum Kind: Hashable, Sendable {
    /// A button went down.
    case press
    /// A button went up.
    case release
    /// The mouse moved with a button down.
    case drag
    /// The wheel turned up.
    case wheelUp
    /// The wheel turned down.
    case wheelDown
  }

  /// What happened.
  public let kind: Kind
  /// Button 0 left, 1 middle, 2 right; 0 for wheels.
  public let button: Int
  /// Column from 0.
  public let x: Int
  /// Row from 0.
  public let y: Int

  /// A mouse event.
  public init(kind: Kind, button: Int, x: Int, y: Int) {
    self.kind = kind
    self.button = button
    self.x = x
    self.y = y
  }
}
