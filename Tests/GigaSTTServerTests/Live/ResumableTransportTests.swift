import Foundation
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import GigaSTTServer

/// The connections of one session, without a socket: what a wire does not do on demand.
@Suite struct ResumableTransportTests {
    /// A connection that the test cuts.
    private final class Line: LiveTransport {
        private struct State {
            var sent: [String] = []
            var observers: [@Sendable () -> Void] = []
            var isCut = false
        }

        let (arrivals, source) = AsyncStream.makeStream(of: LiveInbound.self)
        /// What was sent, then the close frame; for one task.
        let (log, logSource) = AsyncStream.makeStream(of: String.self)
        private let state = Mutex(State())
        /// Whether a message is taken only when the connection is closed.
        private let isStuck: Bool
        private let closed = Moment()

        init(isStuck: Bool = false) { self.isStuck = isStuck }

        /// The connection breaks.
        func cut() {
            let observers = state.withLock { state in
                state.isCut = true
                defer { state.observers = [] }
                return state.observers
            }
            source.finish()
            closed.come()
            for observer in observers { observer() }
        }

        func makeReader() -> Reader { Reader(iterator: arrivals.makeAsyncIterator()) }

        struct Reader: LiveReader {
            fileprivate var iterator: AsyncStream<LiveInbound>.AsyncIterator
            mutating func next() async throws(WebSocketClose) -> LiveInbound? { await iterator.next(isolation: nil) }
        }

        func send(_ message: LiveMessage) async -> Bool {
            guard case .text(let text) = message else { return false }
            logSource.yield(text)
            if isStuck { await closed.wait() }
            return state.withLock { !$0.isCut }
        }

        func ping() -> Bool { true }
        func stopReading() { source.finish() }
        func discardInbound() { source.finish() }

        func onClose(_ body: @escaping @Sendable () -> Void) {
            let isCut = state.withLock { state in
                if !state.isCut { state.observers.append(body) }
                return state.isCut
            }
            if isCut { body() }
        }

        func close(_ close: WebSocketClose?) async {
            if close != nil, isStuck { return await closed.wait() }
            logSource.yield(close.map { "close \($0.code ?? 0) \($0.reason)" } ?? "cut")
            cut()
        }
    }

    private typealias Transport = ResumableTransport<Line>

    private struct Reply: LiveReply {
        let text: String
        var message: LiveMessage { .text(text) }
        var failureCode: String? { nil }
        func message(numbered number: Int) -> LiveMessage { .text("\(text) \(number)") }
    }

    private static let resumed = #"{"type":"resumed","audio_bytes":0,"messages":0}"#
    private let clock = ManualClock()

    private func sessions(_ limits: ResumableSessions<Line>.Limits = .init()) -> ResumableSessions<Line> {
        ResumableSessions(limits, metrics: ServerMetrics(), clock: clock.sessionClock)
    }

    private func transport(
        _ line: Line, in sessions: ResumableSessions<Line>, limit: Int = 256
    ) -> Transport {
        var settings = SessionSettings()
        settings.suspendedLimit = limit
        return Transport(line, settings: settings, owner: nil, in: sessions)
    }

    /// Runs a test beside the tasks of the transport.
    private func use(_ transport: Transport, _ body: @escaping @Sendable () async throws -> Void) async throws {
        try await mustEnd {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await transport.watch() }
                try await body()
                transport.endWatch()
                try await group.waitForAll()
            }
        }
    }

    @Test func sessionEndsWhenItsClientDoesNotComeBack() async throws {
        let (line, sessions, ended) = (Line(), sessions(), Moment())
        let transport = transport(line, in: sessions)
        transport.onClose { ended.come() }
        let token = try #require(transport.enable()?.token)
        #expect(transport.enable()?.token == token)
        try await use(transport) { [clock] in
            line.cut()
            #expect(sessions.suspendedCount == 1 && !ended.hasCome)
            #expect(await transport.send(Reply(text: "held")))
            for await _ in clock.sleeps {
                clock.advance()
                break
            }
            await ended.wait()
            var reader = transport.makeReader()
            let end = try await reader.next()
            #expect(end == nil)
            #expect(await !transport.send(Reply(text: "lost")))
        }
        #expect(sessions.suspendedCount == 0 && sessions.session(token, of: nil) == nil)
    }

    /// However often a client loses its connection, it costs one timer.
    @Test func aResumeEndsTheTimerOfTheLoss() async throws {
        let (first, sessions) = (Line(), sessions())
        let transport = transport(first, in: sessions)
        _ = transport.enable()
        try await use(transport) { [clock] in
            var sleeps = clock.sleeps.makeAsyncIterator()
            var cancellations = clock.cancellations.makeAsyncIterator()
            try await withThrowingTaskGroup(of: Void.self) { group in
                var line = first
                for _ in 0..<3 {
                    line.cut()
                    _ = await sleeps.next()
                    #expect(clock.sleeperCount == 1)
                    let next = Line()
                    line = next
                    group.addTask { try await transport.resume(over: next, after: 0) }
                    _ = await cancellations.next()
                    #expect(clock.sleeperCount == 0)
                }
                await transport.close(nil)
                try await group.waitForAll()
            }
        }
    }

    @Test func sessionsBeyondTheLimitEndWithTheirConnections() async throws {
        let (lines, sessions, ended) = ([Line(), Line()], sessions(), Moment())
        let transports = lines.map { transport($0, in: sessions, limit: 1) }
        transports[1].onClose { ended.come() }
        for transport in transports { _ = transport.enable() }
        for line in lines { line.cut() }
        #expect(ended.hasCome && sessions.suspendedCount == 1 && sessions.count == 1)
        await transports[0].close(nil)
        #expect(sessions.suspendedCount == 0 && sessions.count == 0)
    }

    /// A peer that takes nothing would hold up the session and the close frame.
    @Test func connectionThatTakesNothingIsReplaced() async throws {
        let (stuck, line, sessions) = (Line(isStuck: true), Line(), sessions())
        let transport = transport(stuck, in: sessions)
        _ = transport.enable()
        try await use(transport) { [clock] in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask { await transport.send(Reply(text: "a")) }
                var old = stuck.log.makeAsyncIterator()
                #expect(await old.next() == "a 1")
                group.addTask {
                    try await transport.resume(over: line, after: 0)
                    return true
                }
                var new = line.log.makeAsyncIterator()
                #expect(await new.next() == Self.resumed)
                #expect(await new.next() == "a 1")
                // The close frame waits, too, up to a limit.
                for await _ in clock.sleeps {
                    clock.advance()
                    break
                }
                #expect(await old.next() == "cut")
                #expect(try await group.next() == true)
                #expect(await transport.send(Reply(text: "b")))
                #expect(await new.next() == "b 2")
                await transport.close(WebSocketClose(.normal, ""))
                #expect(await new.next() == "close 1000 ")
                try await group.waitForAll()
            }
        }
    }

    @Test func inputOfEachConnectionFollowsThatOfTheOneBefore() async throws {
        let (lines, sessions, isRead) = ([Line(), Line()], sessions(), Moment())
        let transport = transport(lines[0], in: sessions)
        _ = transport.enable()
        try await use(transport) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    var reader = transport.makeReader()
                    var read = [try await reader.next()]
                    isRead.come()
                    for _ in 0..<2 { read.append(try await reader.next()) }
                    // The client asked for the end; what it had sent is read.
                    transport.stopReading()
                    read.append(try await reader.next())
                    // The activity is for the timers of the session.
                    #expect(read == [.message(.text("a")), .activity(isData: true), .message(.text("b")), nil])
                    await transport.close(WebSocketClose(.normal, ""))
                }
                lines[0].source.yield(.message(.text("a")))
                // What a replaced connection still holds is not read.
                await isRead.wait()
                lines[0].cut()
                lines[1].source.yield(.message(.text("b")))
                try await transport.resume(over: lines[1], after: 0)
                try await group.waitForAll()
            }
        }
    }

    @Test func clientThatAnswersNoPingsMayComeBack() async throws {
        let (line, sessions) = (Line(), sessions())
        let transport = transport(line, in: sessions)
        #expect(!transport.loseConnection())
        _ = transport.enable()
        try await use(transport) {
            #expect(transport.ping() && transport.loseConnection() && !transport.ping())
            #expect(sessions.suspendedCount == 1)
            var log = line.log.makeAsyncIterator()
            #expect(await log.next() == "cut")
        }
    }

    @Test func sessionsThatEndedAreKeptInBounds() async throws {
        let sessions = sessions(.init(keptCount: 2, keptByteCount: 6))
        func end(_ text: String) async throws -> String {
            let transport = transport(Line(), in: sessions)
            let token = try #require(transport.enable()?.token)
            #expect(await transport.send(Reply(text: text)))
            await transport.close(WebSocketClose(.normal, ""))
            return token
        }
        let first = try await end("")
        _ = try await end("")
        #expect(sessions.count == 2)
        _ = try await end("")
        #expect(sessions.count == 2 && sessions.session(first, of: nil) == nil)
        // "aaaa 1" has six bytes.
        let last = try await end("aaaa")
        #expect(sessions.count == 1 && sessions.session(last, of: nil) != nil)
        clock.advance(by: .seconds(60))
        sessions.removeExpired()
        #expect(sessions.count == 0)
    }
}
