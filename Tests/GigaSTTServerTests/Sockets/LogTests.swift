import GigaSTT
import Logging
import Synchronization
import TestSupport
import Testing

@testable import GigaSTTServer

@Suite struct LogTests {
    /// Keeps every line, however unimportant.
    private struct Recorder: LogHandler {
        let lines: Lines
        var metadata = Logger.Metadata()
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            lines.all.withLock { $0.append("\(event.message) \(metadata) \(event.metadata ?? [:])") }
        }
    }

    private final class Lines: Sendable { let all = Mutex<[String]>([]) }

    @Test func nothingThatWasSaidIsLogged() async throws {
        let lines = Lines()
        let logger = Logger(label: "test") { _ in Recorder(lines: lines) }
        let item = try Recordings.named("06_")
        try await RunningServer.use(logger: logger) { port, _ in
            var client = try await WireClient(port: port)
            let answer = try await client.request(
                "POST", "/v1/transcribe?download=secret", body: try Speech.file("06_"))
            #expect(answer.status == 200)
            await client.leave()
            var live = try await WireClient.live(port: port)
            try await live.send(text: Speech.configure)
            try await live.send(text: #"{"type":"secret"}"#)
            try await live.send(binary: try Speech.bytes("06_"))
            try await live.send(text: Speech.stop)
            let spoken = try await live.rest()
            #expect(spoken.count >= 2 && spoken.first != "final: ")
        }
        let log = lines.all.withLock { $0.joined(separator: "\n").lowercased() }
        #expect(log.contains("a live session ended") && log.contains("request.id"))
        for word in item.text.split(separator: " ").map(String.init) + ["secret"] where word.count > 3 {
            #expect(!log.contains(word), "\(word)")
        }
    }
}
