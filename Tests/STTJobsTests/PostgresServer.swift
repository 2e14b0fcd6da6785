import Foundation
import TestSupport
import Testing

@testable import STTJobs

/// A private server of PostgreSQL on a socket in a temporary folder, until the process of the tests ends.
final class PostgresServer: Sendable {
    /// Where Debian installs the programs: a folder for each version.
    private static let programs: String = {
        let folder = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return "\(folder)/\(versions.compactMap { Int($0) }.max() ?? 0)/bin"
    }()

    static var isAvailable: Bool { Tool.isRequiredOrInstalled("\(programs)/pg_ctl") }

    /// Started by the first test that needs it. Blocks for a second or two.
    static let shared = Result { try PostgresServer() }

    private let folder: TemporaryFolder
    // Held open: its end is the sign for the server to stop.
    private let input = Pipe()

    private init() throws {
        folder = try TemporaryFolder()
        // The server does not run as root.
        let isRoot = geteuid() == 0
        if isRoot { try FileManager.default.setAttributes([.ownerAccountID: 65534], ofItemAtPath: folder.url.path) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let user = isRoot ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : []
        process.arguments = user + ["sh", "-c", Self.script, "sh", folder.url.path, Self.programs]
        process.currentDirectoryURL = URL(fileURLWithPath: "/")
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let line = output.fileHandleForReading.availableData
        guard line == Data("ready\n".utf8) else { throw NotStarted() }
    }

    /// Data are lost when the machine stops, which is faster.
    private static let script = """
        set -e
        data=$1/data
        "$2/initdb" -D "$data" -U postgres -A trust -E UTF8 --locale=C -N >/dev/null 2>&1
        "$2/pg_ctl" -D "$data" -w -l "$1/log" -o "-k $1 -c listen_addresses= -c fsync=off -c max_connections=200" \
        start >/dev/null 2>&1
        echo ready
        read -r _ || true
        "$2/pg_ctl" -D "$data" -m immediate stop >/dev/null 2>&1
        rm -rf "$1"
        """

    /// The address of a database.
    func address(_ database: String, user: String = "postgres") -> String {
        "postgres://\(user):geheim@/\(database)?host=\(folder.url.path)"
    }

    /// A new, empty database.
    func makeDatabase() async throws -> String {
        let name = "test_" + UUID().uuidString.lowercased().replacing("-", with: "_")
        _ = try await connect("postgres").perform("CREATE DATABASE \(name)")
        return name
    }

    /// A connection beside those of the stores.
    func connect(_ database: String) async throws -> PostgresConnection {
        try await PostgresConnection.open(try PostgresLibrary.load(), address(database))
    }
}

private struct NotStarted: Error {}
