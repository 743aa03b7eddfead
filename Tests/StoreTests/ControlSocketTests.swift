import Foundation
import RunStore
import TestSupport
import Testing

struct ControlSocketTests {
  @Test func everyLineIsAnsweredInOrderToEveryClient() throws {
    let folder = try TemporaryFolder()
    let door = try ControlSocket(folder: folder.path) { "<\($0)>" }
    defer { door.close() }
    let clients = try (0..<3).map { _ in try ControlConnection(folder: folder.path) }
    for number in 0..<20 {
      for (index, client) in clients.enumerated() {
        #expect(client.ask("\(index) \(number)") == "<\(index) \(number)>")
      }
    }
    #expect(
      try client(folder).ask(String(repeating: "x", count: 70_000)) == nil, "too long for a line")
    #expect(clients[0].ask("still here") == "<still here>")
  }

  private func client(_ folder: TemporaryFolder) throws -> ControlConnection {
    try ControlConnection(folder: folder.path)
  }

  @Test func onlyTheOwnerMayKnockAndTheDoorGoesWithTheRun() throws {
    let folder = try TemporaryFolder()
    let door = try ControlSocket(folder: folder.path) { $0 }
    let client = try ControlConnection(folder: folder.path)
    var facts = stat()
    let found = stat(folder.file("control.sock"), &facts)
    #expect(found == 0)
    #expect(facts.st_mode & 0o777 == 0o600)
    door.close()
    #expect(client.ask("late") == nil)
    #expect(folder.names.isEmpty)
    #expect(throws: StoreError.self) { _ = try ControlConnection(folder: folder.path) }
  }

  @Test func aDoorThatAKilledTrainerLeftIsReplaced() throws {
    let folder = try TemporaryFolder()
    try folder.write("", to: "control.sock")
    let door = try ControlSocket(folder: folder.path) { $0 }
    defer { door.close() }
    #expect(try ControlConnection(folder: folder.path).ask("hello") == "hello")
  }

  /// An address holds 108 bytes; a folder's path may be longer.
  @Test func aLongPathIsNoHindrance() throws {
    let folder = try TemporaryFolder()
    let deep = folder.file(String(repeating: "long-folder-name/", count: 12))
    try FileManager.default.createDirectory(atPath: deep, withIntermediateDirectories: true)
    let door = try ControlSocket(folder: deep) { $0 }
    defer { door.close() }
    #expect(try ControlConnection(folder: deep).ask("hello") == "hello")
  }
}
