import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer

/// Sessions without a socket, whose timers run by hand.
@Suite struct LiveSessionTimerTests {
    private let transport = ScriptedTransport()
    private let clock = ManualClock()

    private func session(
        _ adjust: (inout SessionSettings) -> Void,
        open: @escaping LiveConversation.Open = { _, _ in ScriptedStream(.take) }
    ) -> LiveSession<GigaProtocol, ScriptedTransport> {
        var settings = SessionSettings()
        (settings.idleTimeout, settings.maximumDuration, settings.pingInterval) = (.zero, .zero, .seconds(1_000_000))
        adjust(&settings)
        return LiveSession(
            GigaProtocol(settings: settings, model: "m"), over: transport, settings: settings,
            waitLimit: .seconds(30), metrics: ServerMetrics(), clock: clock.sessionClock, open: open)
    }

    /// Runs a session whose timers never wait once it has handled so many messages.
    private func run(_ session: LiveSession<GigaProtocol, ScriptedTransport>, after messageCount: Int = 0) async {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                _ = await session.run()
                return true
            }
            group.addTask {
                if messageCount > 0 {
                    var reads = transport.reads.makeAsyncIterator()
                    for _ in 0...messageCount { await reads.next() }
                }
                for await _ in clock.sleeps { clock.advance() }
                return false
            }
            for await isOver in group where isOver { break }
            group.cancelAll()
        }
    }

    @Test func silentSessionEnds() async throws {
        await run(session { $0.idleTimeout = .seconds(300) })
        #expect(transport.log == ["idle_timeout", "close 1001 idle timeout"])
    }

    @Test func sessionWithoutAudioEndsWithAFinalWhenItIsTooLong() async throws {
        await run(session { $0.maximumDuration = .seconds(3_600) })
        #expect(transport.log == ["max_session_duration_exceeded", "final: ", "close 1008 max session duration"])
    }

    @Test func deadClientIsFoundByPings() async throws {
        await run(session { $0.pingInterval = .seconds(30) })
        #expect(transport.log == ["ping", "ping", "close 1001 ping timeout"])
    }

    @Test func clientThatAnswersPingsStays() async throws {
        let session = session { $0.pingInterval = .seconds(30) }
        async let ended = session.run()
        var (sleeps, reads) = (clock.sleeps.makeAsyncIterator(), transport.reads.makeAsyncIterator())
        await reads.next()
        for _ in 0..<10 {
            await sleeps.next()
            transport.send(.activity(isData: false))
            await reads.next()
            clock.advance()
        }
        await sleeps.next()
        transport.send(text: Speech.stop)
        #expect(await ended.reason == .stop)
        #expect(transport.log == Array(repeating: "ping", count: 10) + ["final: ", "close 1000 "])
    }

    /// A result that waits for its speakers is not left behind when the client sends only `KeepAlive`.
    @Test func aResultOfDeepgramNeedsNoFurtherAudio() async throws {
        let query = try DeepgramQuery("encoding=linear16&sample_rate=16000&diarize=true")
        let wire = try DeepgramProtocol(
            query, requestID: "id", model: DeepgramModel(name: "m", head: "rnnt"), hasSpeakers: true)
        var settings = SessionSettings()
        (settings.idleTimeout, settings.maximumDuration, settings.pingInterval) = (.zero, .zero, .seconds(1_000_000))
        let session = LiveSession(
            wire, over: transport, settings: settings, waitLimit: .seconds(30), metrics: ServerMetrics(),
            clock: clock.sessionClock, open: { _, _ in ScriptedStream(.decide) })
        transport.send(binary: [UInt8](repeating: 0, count: 320))
        transport.send(text: #"{"type":"KeepAlive"}"#)
        let first = try await mustEnd { [transport, clock] in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { _ = await session.run() }
                group.addTask { for await _ in clock.sleeps { clock.advance() } }
                var written = transport.written.makeAsyncIterator()
                defer { group.cancelAll() }
                return await written.next()
            }
        }
        #expect(first == "result: да")
    }

    @Test func sessionEndsByItsLengthThoughTheEngineIsBusy() async throws {
        let stream = ScriptedStream(.wait)
        let session = session({ $0.maximumDuration = .seconds(1) }, open: { _, _ in stream })
        transport.send(binary: [UInt8](repeating: 1, count: 32_000))
        async let ended = session.run()
        await stream.isFed.wait()
        for await _ in clock.sleeps { break }
        clock.advance()
        // The error is sent before the engine takes the audio.
        var written = transport.written.makeAsyncIterator()
        #expect(await written.next() == "max_session_duration_exceeded")
        stream.cancel()
        #expect(await ended.reason == .disconnected)
    }

    /// The length is over when most of the recording has arrived but not been read: all of it is decoded.
    @Test(arguments: [
        ("idle", ["idle_timeout"], "close 1001 idle timeout"),
        ("length", ["max_session_duration_exceeded"], "close 1008 max session duration"),
        ("pings", [], "close 1001 ping timeout"),
    ])
    func timersKeepWhatHasArrived(timer: String, errors: [String], close: String) async throws {
        let expected = try await RunningServer.expected("06_").text
        let recognizer = try await RunningServer.recognizer(workers: 1)
        let session = session(
            {
                switch timer {
                case "idle": $0.idleTimeout = .seconds(300)
                case "length": $0.maximumDuration = .seconds(300)
                default: $0.pingInterval = .seconds(300)
                }
            },
            open: { request, _ in
                try recognizer.liveStream(options: request.liveOptions(ServerSettings(), recognizer.capabilities))
            })
        let messageCount = transport.send(recording: try Speech.bytes("06_"))
        await run(session, after: timer == "length" ? 0 : messageCount)
        await recognizer.shutDown()
        let log = transport.log.filter { $0 != "ping" }
        #expect(log.finalText == expected && !expected.isEmpty)
        #expect(Array(log.prefix(errors.count)) == errors && log.last == close)
        #expect(log.count { $0.hasPrefix("final: ") } == log.count - errors.count - 1)
    }
}
