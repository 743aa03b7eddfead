import CNCurses
private import Glibc

/// A program in a pseudo terminal of its own: keys go in, bytes come out and are counted.
///
/// Use from one thread.
public final class PseudoTerminal {
  private let master: Int32
  /// The program's process.
  public let process: Int32
  /// Bytes that the program has written to its terminal.
  public private(set) var bytes = 0

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - program: its path.
  ///   - arguments: without the program's name.
  ///   - environment: all of its variables, as `NAME=value`.
  ///   - columns: columns of the terminal.
  ///   - rows: rows of the terminal.
  /// - Throws: `TerminalError.system` when the system refuses.
  public init(
    _ program: String, arguments: [String], environment: [String], columns: Int, rows: Int
  ) throws(TerminalError) {
    var line = ([program] + arguments).map { strdup($0) } + [nil]
    var variables = environment.map { strdup($0) } + [nil]
    defer { for text in line + variables { free(text) } }
    var master: Int32 = -1
    process = cncurses_spawn(
      program, &line, &variables, Int32(clamping: columns), Int32(clamping: rows), &master)
    self.master = master
    guard process > 0 else { throw .system(call: "posix_spawn", code: errno) }
  }

  /// Writes keys into the terminal.
  public func press(_ keys: String) {
    let bytes = Array(keys.utf8)
    _ = bytes.withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
  }

  /// Reads what comes for a time, or until a condition holds, asked at least every 20 ms.
  ///
  /// - Returns: whether the condition held.
  @discardableResult
  public func pump(seconds: Double, until condition: () -> Bool = { false }) -> Bool {
    let end = ContinuousClock.now + .seconds(seconds)
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let left = (end - ContinuousClock.now) / .milliseconds(1)
      guard left > 0 else { return condition() }
      var request = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
      let ready = poll(&request, 1, Int32(min(left.rounded(.up), 20)))
      if ready > 0 {
        let count = read(master, &buffer, buffer.count)
        if count > 0 { bytes += count }
        if count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR) {
          return condition()
        }
      }
      if condition() { return true }
    }
  }

  /// Processor time of the program's first thread in seconds; not a number where the kernel does not
  /// tell it.
  public var mainThreadSeconds: Double {
    let file = open("/proc/\(process)/task/\(process)/stat", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return .nan }
    let text = Pipes.drain(file, limit: 4096)
    close(file)
    guard let end = text.lastIndex(of: UInt8(ascii: ")")) else { return .nan }
    // After the name in brackets: state is field 3, user and system time are fields 14 and 15.
    let fields = text[(end + 1)...].split(separator: UInt8(ascii: " "))
      .map { String(decoding: $0, as: UTF8.self) }
    guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
      return .nan
    }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  /// Waits for the program's end; the terminal is closed then.
  ///
  /// - Parameters:
  ///   - seconds: the longest wait; the program is killed after it.
  ///   - isReading: whether what it writes is read meanwhile.
  /// - Returns: its exit status, nil when a signal ended it: ours, if it had not ended in time.
  @discardableResult
  public func wait(seconds: Double, isReading: Bool = true) -> Int32? {
    let end = ContinuousClock.now + .seconds(seconds)
    var status: Int32 = 0
    var found: pid_t = 0
    while found == 0, ContinuousClock.now < end {
      if isReading { pump(seconds: 0.1) }
      // Nothing comes any more once the other end is closed.
      usleep(20_000)
      found = waitpid(process, &status, WNOHANG)
    }
    if found == 0 {
      kill(process, SIGKILL)
      waitpid(process, &status, 0)
    }
    close(master)
    return status & 0x7F == 0 ? status >> 8 & 0xFF : nil
  }

  /// Ends the program and closes the terminal.
  public func end() {
    press("\u{3}")
    pump(seconds: 0.2)
    press("\u{3}")
    wait(seconds: 6)
  }
}
