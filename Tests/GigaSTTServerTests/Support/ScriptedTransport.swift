import Foundation
import NIOCore
import Synchronization

@testable import GigaSTTServer

/// A connection without a socket: the test is the client.
final class ScriptedTransport: LiveTransport {
    private let (arrivals, source) = AsyncStream.makeStream(of: LiveInbound.self)
    private let entries = Mutex<[String]>([])
    private let (entryStream, entrySource) = AsyncStream.makeStream(of: String.self)
    private let (readStream, readSource) = AsyncStream.makeStream(of: Void.self)

    /// What the client got: codes of errors, `final: text`, `result: text`, `ping`, closes; no partials.
    var log: [String] { entries.withLock { $0 } }

    /// The log as it is written; for one task.
    var written: AsyncStream<String> { entryStream }
    /// An element each time the session asks for the next arrival, after it has handled the one before; for one task.
    var reads: AsyncStream<Void> { readStream }

    // MARK: The client

    func send(text: String) { source.yield(.message(.text(text))) }
    func send(binary: [UInt8]) { source.yield(.message(.binary(ByteBuffer(bytes: binary)))) }
    func send(_ inbound: LiveInbound) { source.yield(inbound) }

    /// A whole recording in messages of a tenth of a second; returns how many.
    func send(recording: [UInt8]) -> Int {
        send(text: Speech.configure)
        for start in stride(from: 0, to: recording.count, by: 3_200) {
            send(binary: Array(recording[start..<min(start + 3_200, recording.count)]))
        }
        return 1 + (recording.count + 3_199) / 3_200
    }

    // MARK: The transport

    func makeReader() -> Reader { Reader(iterator: arrivals.makeAsyncIterator(), reads: readSource) }

    struct Reader: LiveReader {
        fileprivate var iterator: AsyncStream<LiveInbound>.AsyncIterator

        fileprivate let reads: AsyncStream<Void>.Continuation

        mutating func next() async throws(WebSocketClose) -> LiveInbound? {
            reads.yield()
            return await iterator.next(isolation: nil)
        }
    }

    func send(_ message: LiveMessage) async -> Bool {
        guard case .text(let text) = message,
            let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        else { return true }
        switch object["type"] as? String {
        case "error": record(object["code"] as? String ?? "")
        case "final": record("final: \(object["text"] as? String ?? "")")
        case "Results":
            let alternatives = (object["channel"] as? [String: Any])?["alternatives"] as? [[String: Any]]
            record("result: \(alternatives?.first?["transcript"] as? String ?? "")")
        default: break
        }
        return true
    }

    func ping() -> Bool {
        record("ping")
        return true
    }

    func stopReading() { source.finish() }
    func discardInbound() { source.finish() }
    func onClose(_ body: @escaping @Sendable () -> Void) {}

    func close(_ close: WebSocketClose?) async {
        record(close.map { "close \($0.code.map(String.init) ?? "-") \($0.reason)" } ?? "no close")
    }

    private func record(_ entry: String) {
        entries.withLock { $0.append(entry) }
        entrySource.yield(entry)
    }
}

extension [String] {
    /// The texts of the finals in a client's log, joined.
    var finalText: String {
        filter { $0.hasPrefix("final: ") }.map { $0.dropFirst("final: ".count) }.filter { !$0.isEmpty }
            .joined(separator: " ")
    }
}
