import Foundation

/// The door of a run in work: a socket in its folder that answers every line with a line.
///
/// Only the user who trains can knock: the file has mode 600. It is gone when the run is over; one
/// that a killed trainer left is replaced by the next one.
public final class ControlSocket: @unchecked Sendable {
  // Sendable: nothing changes after `init` but the state of the thread, which no one else touches.

  private let folder: String
  private let ending: Int32

  /// Opens the door of a run folder.
  ///
  /// - Parameters:
  ///   - folder: the run folder; the caller holds its lock.
  ///   - answer: the reply to a line, without line ends; called on a thread of its own.
  /// - Throws: `StoreError.io` when the system refuses.
  public init(
    folder: String, answer: @escaping @Sendable (String) -> String
  ) throws(StoreError) {
    self.folder = folder
    let path = ControlAddress.path(folder)
    unlink(path)
    let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
    let listener = socket(AF_UNIX, Int32(kind), 0)
    let isOpen =
      listener >= 0
      && ControlAddress.with(folder) { bind(listener, $0, $1) } == 0
      && chmod(path, 0o600) == 0 && listen(listener, 8) == 0
    var pipes: [Int32] = [-1, -1]
    guard isOpen, pipe(&pipes) == 0 else {
      let code = errno
      if listener >= 0 { Foundation.close(listener) }
      throw .io(path: path, operation: .open, code: code)
    }
    for end in pipes { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    ending = pipes[1]
    let end = pipes[0]
    let thread = Thread { Self.serve(listener, until: end, answer) }
    thread.name = "control"
    thread.start()
  }

  /// Closes the door; nothing is answered any more.
  public func close() {
    unlink(ControlAddress.path(folder))
    Foundation.close(ending)
  }

  private static func serve(
    _ listener: Int32, until ending: Int32, _ answer: (String) -> String
  ) {
    var waiting: [Int32: [UInt8]] = [:]
    while true {
      let clients = waiting.keys.sorted()
      var requests = ([listener, ending] + clients).map {
        pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
      }
      guard poll(&requests, nfds_t(requests.count), -1) > 0 else { continue }
      if requests[1].revents != 0 { break }
      if requests[0].revents != 0 {
        let client = accept(listener, nil, nil)
        // More screens than anyone opens would be a mistake.
        if client >= 0, waiting.count < 16 {
          _ = fcntl(client, F_SETFD, FD_CLOEXEC)
          _ = fcntl(client, F_SETFL, O_NONBLOCK)
          waiting[client] = []
        } else if client >= 0 {
          Foundation.close(client)
        }
      }
      for request in requests.dropFirst(2) where request.revents != 0 {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(request.fd, &bytes, bytes.count)
        let line = (waiting[request.fd] ?? []) + bytes.prefix(max(0, count))
        guard count > 0, line.count < 1 << 16 else {
          waiting[request.fd] = nil
          Foundation.close(request.fd)
          continue
        }
        waiting[request.fd] = reply(to: line, on: request.fd, answer)
      }
    }
    for descriptor in [listener, ending] + waiting.keys { Foundation.close(descriptor) }
  }

  /// Answers every whole line and gives what is left.
  private static func reply(
    to bytes: [UInt8], on client: Int32, _ answer: (String) -> String
  ) -> [UInt8] {
    var rest = bytes[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      let text = answer(String(decoding: rest[..<end], as: UTF8.self)) + "\n"
      ControlAddress.send(text, to: client)
      rest = rest[(end + 1)...]
    }
    return Array(rest)
  }
}

/// A line to the door of a run in work.
public final class ControlConnection {
  private let socket: Int32
  private var waiting: [UInt8] = []

  /// Knocks at the door of a run folder.
  ///
  /// - Throws: `StoreError.io` when nobody is behind it.
  public init(folder: String) throws(StoreError) {
    let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue
    let socket = Foundation.socket(AF_UNIX, Int32(kind), 0)
    guard socket >= 0, ControlAddress.with(folder, { connect(socket, $0, $1) }) == 0 else {
      let code = errno
      if socket >= 0 { close(socket) }
      throw .io(path: ControlAddress.path(folder), operation: .open, code: code)
    }
    self.socket = socket
  }

  deinit { close(socket) }

  /// Sends a line and waits for the reply, two seconds at most; nil when none came.
  public func ask(_ line: String) -> String? {
    guard ControlAddress.send(line + "\n", to: socket) else { return nil }
    let end = ContinuousClock.now + .seconds(2)
    while true {
      if let found = waiting.firstIndex(of: UInt8(ascii: "\n")) {
        defer { waiting.removeSubrange(...found) }
        return String(decoding: waiting[..<found], as: UTF8.self)
      }
      let left = (end - ContinuousClock.now) / .milliseconds(1)
      var request = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
      guard left > 0, poll(&request, 1, Int32(left.rounded(.up))) > 0 else { return nil }
      var bytes = [UInt8](repeating: 0, count: 4096)
      let count = read(socket, &bytes, bytes.count)
      guard count > 0 else { return nil }
      waiting += bytes.prefix(count)
    }
  }
}

/// Where the door of a run folder is.
private enum ControlAddress {
  static func path(_ folder: String) -> String { folder + "/control.sock" }

  /// Gives the address to a call; the path of the folder may be longer than an address can hold.
  static func with(
    _ folder: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { return -1 }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) {
      $0.copyBytes(from: path("/proc/self/fd/\(directory)").utf8)
    }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, size) }
    }
    let code = errno
    close(directory)
    errno = code
    return result
  }

  /// Sends a text whole; false when the other side is gone.
  @discardableResult
  static func send(_ text: String, to socket: Int32) -> Bool {
    let bytes = Array(text.utf8)
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Foundation.send(
          socket, buffer.baseAddress.map { $0 + sent }, buffer.count - sent,
          Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }
}
