import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import Synchronization
import TestSupport

@testable import GigaSTTServer

/// A receiver of webhooks that answers as a test wants: by `answers` in order, then 204.
final class WebhookReceiver: Sendable {
    struct Message: Sendable {
        let method: String
        let path: String
        let fields: [String: String]
        let body: String
        var object: [String: Any] {
            (try? JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]) ?? [:]
        }
    }

    /// No answer at all.
    static let never = 0

    private let answers: Mutex<[Int]>
    private let arrivals: AsyncStream<Message>
    private let arrival: AsyncStream<Message>.Continuation
    private let port = Mutex(0)

    private init(_ answers: [Int]) {
        self.answers = Mutex(answers)
        (arrivals, arrival) = AsyncStream.makeStream(of: Message.self)
    }

    var url: String { "http://127.0.0.1:\(port.withLock { $0 })/hook?a=b" }

    /// Settings with jobs in a folder, a secret of the bytes 0 to 31, and retries after a millisecond.
    static func settings(
        _ folder: TemporaryFolder, _ url: String, timeout: Duration = .seconds(10)
    ) throws -> (inout ServerSettings) -> Void {
        let file = folder.url.appendingPathComponent("secret")
        let secret = "whsec_" + Data((0..<32).map { UInt8($0) }).base64EncodedString()
        try Data((secret + "\n").utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
        return { settings in
            settings.enableJobs(in: folder)
            var webhook = WebhookSettings(url: url, secretFile: file.path)
            webhook.firstRetry = .milliseconds(1)
            webhook.timeout = timeout
            settings.webhook = webhook
        }
    }

    /// The next messages, which a test waits for.
    func messages(_ count: Int) async throws -> [Message] {
        var found: [Message] = []
        for await message in arrivals {
            found.append(message)
            if found.count == count { break }
        }
        return found
    }

    static func use(answers: [Int] = [], _ body: @escaping @Sendable (WebhookReceiver) async throws -> Void)
        async throws
    {
        let receiver = WebhookReceiver(answers)
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let router = Router()
        router.post("hook") { request, _ in
            let content = try await request.body.collect(upTo: 1 << 16)
            let fields = request.headers.reduce(into: [String: String]()) { $0[$1.name.canonicalName] = $1.value }
            receiver.arrival.yield(
                Message(
                    method: request.method.rawValue, path: request.uri.string, fields: fields,
                    body: String(buffer: content)))
            let answer = receiver.answers.withLock { $0.isEmpty ? 204 : $0.removeFirst() }
            if answer == never {
                // Until the request is cancelled.
                let (silence, end) = AsyncStream.makeStream(of: Never.self)
                for await _ in silence {}
                end.finish()
            }
            return Response(status: .init(code: answer), headers: answer == 302 ? [.location: "/elsewhere"] : [:])
        }
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { listening.yield($0.localAddress?.port ?? 0) }, logger: .quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            for await port in ports {
                receiver.port.withLock { $0 = port }
                break
            }
            try await body(receiver)
            group.cancelAll()
            try? await group.waitForAll()
        }
    }
}
