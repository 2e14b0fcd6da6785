import ArgumentParser
import Foundation

/// `gigastt-bench server`: the real program, measured over real sockets.
struct ServerBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "server",
        abstract: "The server from outside: probes, live sessions, idle sockets, shutdown, starved cores.",
        discussion: """
            Starts `gigastt serve` from the folder of this program, anew for each part, or uses the server at --url;
            what needs the process itself (memory, SIGTERM) is left out then.

            health     /health while a long recording is decoded
            sessions   people who talk at the same time, in real time
            idle       sockets on which nobody talks, and one session among them
            drain      SIGTERM while many are talking
            pinned     connections while other programs hold every core
            storm      connections that are opened, used once and closed
            mutations  damaged recordings
            """)

    @Argument(help: "Parts to measure; default: all but storm and mutations.")
    var parts: [ServerPart] = [.health, .sessions, .idle, .drain, .pinned]

    @Option(help: "A server that runs already, such as http://127.0.0.1:9876.")
    var url: String?

    @Flag(help: "Print JSON instead of a table.")
    var json = false

    @OptionGroup var load: ServerLoad

    func run() async throws {
        var measures: [Measure] = []
        for part in parts {
            let server = try await running()
            do {
                measures += try await part.measure(server, load)
            } catch {
                _ = await server.stop()
                throw error
            }
            _ = await server.stop()
        }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(measures), as: UTF8.self))
        } else {
            print(Measure.table(measures))
        }
    }

    private func running() async throws -> ServedProgram {
        if let url { return try ServedProgram(url: url) }
        return try await .start()
    }

    /// Tells the person at the terminal something that is no result.
    static func note(_ text: String) { FileHandle.standardError.write(Data("\(text)\n".utf8)) }
}
