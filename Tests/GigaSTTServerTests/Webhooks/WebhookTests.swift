import Crypto
import Foundation
import GRDB
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import STTJobs
import Synchronization
import TestSupport
import Testing

@testable import GigaSTTServer

/// Webhooks against a receiver on a socket.
@Suite struct WebhookTests {
    private func adjust(
        _ folder: TemporaryFolder, _ url: String, timeout: Duration = .seconds(10)
    ) throws -> (inout ServerSettings) -> Void {
        try WebhookReceiver.settings(folder, url, timeout: timeout)
    }

    /// The signature as the specification describes it, made here anew.
    private func expectedSignature(_ message: WebhookReceiver.Message) -> String {
        let content = Data("\(message.fields["webhook-id"] ?? "").\(message.fields["webhook-timestamp"] ?? "").".utf8)
        let key = SymmetricKey(data: Data((0..<32).map { UInt8($0) }))
        let code = HMAC<SHA256>.authenticationCode(for: content + Data(message.body.utf8), using: key)
        return "v1," + Data(code).base64EncodedString()
    }

    @Test func eachEndOfAJobIsReportedAndSigned() async throws {
        let folder = try TemporaryFolder()
        try await WebhookReceiver.use { receiver in
            try await RunningServer.use(try adjust(folder, receiver.url)) { port, _ in
                let client = JobClient(port: port)
                let done = try await client.submit(try Speech.file("06_"))
                let failed = try await client.submit((0..<5_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) })
                let messages = try await receiver.messages(2)
                #expect(
                    Set(messages.map { $0.fields["webhook-id"] ?? "" }) == ["\(done)_done", "\(failed)_failed"])
                for message in messages {
                    #expect(message.method == "POST" && message.path == "/hook?a=b")
                    #expect(message.fields["content-type"] == "application/json")
                    #expect(message.fields["webhook-signature"] == expectedSignature(message))
                    let timestamp = Double(message.fields["webhook-timestamp"] ?? "") ?? 0
                    #expect(abs(timestamp - Date().timeIntervalSince1970) < 60)
                }
                let object = try #require(messages.map(\.object).first { $0["type"] as? String == "job.done" })
                let data = try #require(object["data"] as? [String: Any])
                #expect(data["job_id"] as? String == done && data["status"] as? String == "done")
                let status = try await client.status(done)
                #expect(data["processed_seconds"] as? Double == status["processed_seconds"] as? Double)
                // Nothing of what was said.
                let text = try #require(try await client.text(done))
                #expect(!messages.contains { $0.body.contains(text.prefix(8)) })
            }
        }
    }

    @Test func aMaskedNumberIsInNoMessage() async throws {
        let folder = try TemporaryFolder()
        let number = try Recordings.named("05").text.split(separator: " ").dropFirst(2) + ["912 345", "345-67-89"]
        try await WebhookReceiver.use { receiver in
            try await RunningServer.use(try adjust(folder, receiver.url)) { port, _ in
                let id = try await JobClient(port: port).submit(try Speech.file("05_"), query: "?mask=personal")
                let message = try #require(try await receiver.messages(1).first)
                #expect(message.fields["webhook-id"] == "\(id)_done")
                let content = message.body + message.fields.values.joined()
                #expect(number.filter { content.contains($0) } == [])
            }
        }
    }

    @Test func whatIsNotConfirmedIsSentAgainWithTheSameIdentifier() async throws {
        let folder = try TemporaryFolder()
        try await WebhookReceiver.use(answers: [500, 302, 429]) { receiver in
            try await RunningServer.serveWithMetrics(try adjust(folder, receiver.url)) { address, _ in
                let id = try await JobClient(port: address.port).submit(try Speech.file("06_"))
                let messages = try await receiver.messages(4)
                #expect(messages.map { $0.fields["webhook-id"] } == Array(repeating: "\(id)_done", count: 4))
                // The body is the same, a redirect is not followed.
                #expect(Set(messages.map(\.body)).count == 1 && Set(messages.map(\.path)) == ["/hook?a=b"])
                #expect(messages.allSatisfy { $0.fields["webhook-signature"] == expectedSignature($0) })
                try await waitUntilDelivered(folder)
                let scrape = try await Scrape.until(address) {
                    $0[#"gigastt_webhook_attempts_total{outcome="delivered"}"#] == 1
                }
                #expect(scrape[#"gigastt_webhook_attempts_total{outcome="retried"}"#] == 3)
            }
        }
    }

    @Test func aReceiverThatDoesNotAnswerIsTriedAgain() async throws {
        let folder = try TemporaryFolder()
        try await WebhookReceiver.use(answers: [WebhookReceiver.never]) { receiver in
            try await RunningServer.use(try adjust(folder, receiver.url, timeout: .milliseconds(300))) { port, _ in
                _ = try await JobClient(port: port).submit(try Speech.file("06_"))
                let messages = try await receiver.messages(2)
                #expect(messages.count == 2)
            }
        }
    }

    @Test func whatIsOwedOutlivesTheServer() async throws {
        let folder = try TemporaryFolder()
        let identifier = Mutex("")
        // Nothing listens there.
        try await RunningServer.use(try adjust(folder, "http://127.0.0.1:1/")) { port, _ in
            let id = try await JobClient(port: port).submit(try Speech.file("06_"))
            identifier.withLock { $0 = id }
            while try await attempts(folder) == 0 { await Task.yield() }
        }
        // Its job may be gone before its delivery.
        try await database(folder).write { try $0.execute(sql: "DELETE FROM job") }
        try await database(folder).write { try $0.execute(sql: "UPDATE delivery SET next_at = 0, attempt = 0") }
        try await WebhookReceiver.use { receiver in
            try await RunningServer.use(try adjust(folder, receiver.url)) { _, _ in
                let messages = try await receiver.messages(1)
                #expect(messages[0].fields["webhook-id"] == identifier.withLock { $0 } + "_done")
                try await waitUntilDelivered(folder)
            }
        }
    }

    @Test func anErasedJobIsNotReported() async throws {
        let folder = try TemporaryFolder()
        try await RunningServer.use(try adjust(folder, "http://127.0.0.1:1/")) { port, _ in
            let client = JobClient(port: port)
            let id = try await client.submit(try Speech.file("06_"))
            _ = try await client.wait(id)
            #expect(try await client.send("POST", "/v1/jobs/\(id)/erase").status == 204)
            try await waitUntilDelivered(folder)
        }
    }

    @Test func aCertificateThatIsNotTrustedGetsNothing() async throws {
        let (folder, record) = (try TemporaryFolder(), LogRecord())
        let certificate = try await TestCertificate()
        // A server with a certificate of its own making is the receiver.
        try await RunningServer.use({ $0.tls = certificate.files }) { receiver, _ in
            try await RunningServer.use(
                try adjust(folder, "https://localhost:\(receiver)/hook"), logger: record.logger
            ) { port, _ in
                _ = try await JobClient(port: port).submit(try Speech.file("06_"))
                while try await attempts(folder) == 0 { await Task.yield() }
                #expect(record.lines.contains { $0.hasPrefix("notice webhook not delivered, to be tried again") })
            }
        }
    }

    private func database(_ folder: TemporaryFolder) throws -> DatabaseQueue {
        var configuration = Configuration()
        // The server writes, too: its lock is waited for.
        configuration.busyMode = .timeout(10)
        return try DatabaseQueue(
            path: folder.path("jobs/\(SQLiteJobStore.fileName)"), configuration: configuration)
    }

    private func attempts(_ folder: TemporaryFolder) async throws -> Int {
        try await database(folder).read { try Int.fetchOne($0, sql: "SELECT max(attempt) FROM delivery") ?? 0 }
    }

    private func waitUntilDelivered(_ folder: TemporaryFolder) async throws {
        while try await database(folder).read({ try Int.fetchOne($0, sql: "SELECT count(*) FROM delivery") }) != 0 {
            await Task.yield()
        }
    }
}
