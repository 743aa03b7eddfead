import CNCurses
private import Glibc

/// Wakes the thread that waits in an `EventWait`; any thread may call it, at any time.
public struct Waker: Sendable {
  let descriptor: Int32

  /// Makes the wait return soon.
  ///
  /// Calls while one is pending cost one system call and nothing else.
  public func wake() {
    var byte: UInt8 = 1
    // The pipe is non-blocking: full means that a wake-up is pending, which is all that is wanted.
    _ = Glibc.write(descriptor, &byte, 1)
  }
}

/// The one place where the screen's thread waits: keyboard, other threads, signals, time.
///
/// Signal handlers only write one byte to a pipe. Threads started before should block signals or not
/// mind them. The pipes stay open until the process ends, so that a late `Waker` cannot hit a reused
/// descriptor.
public final class EventWait {
  /// What happened; several at once are usual.
  public struct Events: OptionSet, Hashable, Sendable {
    /// One bit for each.
    public let rawValue: Int
    /// Events from bits.
    public init(rawValue: Int) { self.rawValue = rawValue }
    /// Keys can be read.
    public static let input = Events(rawValue: 1)
    /// Another thread called `wake`.
    public static let wake = Events(rawValue: 2)
    /// The terminal has a new size (SIGWINCH).
    public static let resize = Events(rawValue: 4)
    /// Save and stop (SIGTERM).
    public static let terminate = Events(rawValue: 8)
    /// Interrupt (SIGINT from outside; the key is `control("c")`).
    public static let interrupt = Events(rawValue: 16)
    /// The terminal is gone (SIGHUP or an error on it): drop the screen, go on without.
    public static let hangup = Events(rawValue: 32)
    /// Stop for a while (SIGTSTP): call `Screen.suspend`.
    public static let suspend = Events(rawValue: 64)
    /// Going on after a stop (SIGCONT): repaint.
    public static let resumed = Events(rawValue: 128)
    /// Save and be started again (SIGUSR1).
    public static let requeue = Events(rawValue: 256)
    /// Something printed on descriptor 1 or 2 while the screen is up.
    public static let noise = Events(rawValue: 512)
    /// Nothing happened within the time given.
    public static let timeout = Events(rawValue: 1024)
  }

  /// To be handed to other threads.
  public let waker: Waker

  private let wakeRead: Int32
  private let signalRead: Int32
  private var input: Int32
  private var noise: Int32
  /// SIGTERM arrivals so far; a second one means: at once.
  public private(set) var terminateCount = 0
  private static let signals: [(Int32, Events)] = [
    (SIGWINCH, .resize), (SIGTERM, .terminate), (SIGINT, .interrupt), (SIGHUP, .hangup),
    (SIGTSTP, .suspend), (SIGCONT, .resumed), (SIGUSR1, .requeue),
  ]

  /// Takes over the signals.
  ///
  /// - Parameters:
  ///   - input: descriptor of the keyboard, -1 for none.
  ///   - noise: descriptor where stray output arrives, -1 for none.
  /// - Throws: `TerminalError.system` when no pipe can be made.
  public init(input: Int32 = -1, noise: Int32 = -1) throws(TerminalError) {
    let wakePipe = try Pipes.make()
    let signalPipe = try Pipes.make()
    waker = Waker(descriptor: wakePipe.write)
    wakeRead = wakePipe.read
    signalRead = signalPipe.read
    self.input = input
    self.noise = noise
    signal(SIGPIPE, SIG_IGN)
    cncurses_signals(signalPipe.write, EventWait.signals.map(\.0), Int32(EventWait.signals.count))
  }

  /// Waits on the screen's keyboard, its stray output, and its readiness for the next frame.
  ///
  /// - Throws: `TerminalError.system` when no pipe can be made.
  public convenience init(screen: CursesScreen) throws(TerminalError) {
    try self.init(input: screen.inputDescriptor, noise: screen.noiseDescriptor)
    cncurses_pump_wake(waker.descriptor)
  }

  /// Gives the signals back.
  public func close() {
    cncurses_signals(-1, nil, 0)
    detach()
  }

  /// Waits on signals and other threads only, after the screen is gone.
  public func detach() {
    input = -1
    noise = -1
  }

  /// Waits for something to happen.
  ///
  /// - Parameter milliseconds: the longest wait; 0 looks only, nil waits for ever.
  /// - Returns: what happened, or `timeout`.
  public func wait(milliseconds: Int?) -> Events {
    var polls = [
      pollfd(fd: input, events: Int16(POLLIN), revents: 0),
      pollfd(fd: wakeRead, events: Int16(POLLIN), revents: 0),
      pollfd(fd: signalRead, events: Int16(POLLIN), revents: 0),
      pollfd(fd: noise, events: Int16(POLLIN), revents: 0),
    ]
    let limit = milliseconds.map { Int32(clamping: max(0, $0)) } ?? -1
    // A signal cuts the wait short; its byte is in the pipe by then, so look again without waiting.
    if poll(&polls, 4, limit) < 0, poll(&polls, 4, 0) < 0 { return .timeout }
    var events: Events = []
    if polls[0].revents & Int16(POLLIN) != 0 { events.insert(.input) }
    if polls[0].revents & Int16(POLLHUP | POLLERR | POLLNVAL) != 0 {
      events.insert(.hangup)
      input = -1
    }
    if polls[1].revents != 0 {
      _ = Pipes.drain(wakeRead, limit: 1 << 16)
      events.insert(.wake)
    }
    if polls[2].revents != 0 {
      for byte in Pipes.drain(signalRead, limit: 1 << 16) {
        for (number, event) in EventWait.signals where Int32(byte) == number {
          events.insert(event)
          if event == .terminate { terminateCount += 1 }
        }
      }
    }
    if polls[3].revents & Int16(POLLIN) != 0 { events.insert(.noise) }
    return events.isEmpty ? .timeout : events
  }
}

/// Pipes that neither block nor survive into child programs.
enum Pipes {
  static func make() throws(TerminalError) -> (read: Int32, write: Int32) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw .system(call: "pipe", code: errno) }
    for end in ends {
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    }
    return (ends[0], ends[1])
  }

  static func drain(_ descriptor: Int32, limit: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while bytes.count < limit {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      guard count > 0 else { break }
      bytes += chunk[..<count]
    }
    return bytes
  }
}
