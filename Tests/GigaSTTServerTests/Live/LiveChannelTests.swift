import GigaSTT
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import GigaSTTServer

/// Two channels of one session, with streams that fail on demand.
@Suite struct LiveChannelTests {
    /// What came out, with its channel.
    private let log = Log()

    private final class Log: Sendable {
        private let entries = Mutex<[String]>([])
        var all: [String] { entries.withLock { $0 } }

        func note(_ event: ConversationEvent, _ channel: Int) {
            let text =
                switch event {
                case .final(let segment): "final \(segment.text)"
                case .failed(let failure): failure.code
                case .ending(let reason): "ending: \(reason)"
                case .audioTaken: "taken"
                case .flushed: "flushed"
                case .ended: "ended"
                default: "other"
                }
            entries.withLock { $0.append("\(channel) \(text)") }
        }
    }

    private func channels(_ steps: [ScriptedStream.Step]) -> LiveChannels {
        let (log, remaining) = (log, Counter(steps))
        return LiveChannels(
            emit: {
                log.note($0, $1)
                return .sent
            }, stopReading: {}, waitLimit: .seconds(30), metrics: ServerMetrics(),
            open: { _, _ in ScriptedStream(remaining.next()) })
    }

    /// The steps in turn, the last again and again.
    private final class Counter: Sendable {
        private let steps: Mutex<[ScriptedStream.Step]>
        init(_ steps: [ScriptedStream.Step]) { self.steps = Mutex(steps) }
        func next() -> ScriptedStream.Step { steps.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] } }
    }

    private static let format = try? PCMFormat.pcm16(sampleRate: 16_000)

    /// Feeds two seconds and what `body` adds, ends the input, and waits for the last event.
    private func run(_ channels: LiveChannels, _ body: @escaping @Sendable () async -> Void) async throws {
        let format = try #require(Self.format)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await channels.sendEvents() }
            group.addTask {
                await channels.take(.begin(format, RecognitionRequest(), channels: 2))
                for _ in 0..<2 { await channels.take(.audio(ByteBuffer(repeating: 0, count: 64_000))) }
                await body()
                await channels.inputEnded()
            }
        }
    }

    @Test func eachChannelHasAFinalAndTheSessionOneEnd() async throws {
        let channels = channels([.take])
        try await run(channels) {
            await channels.take(.flush(1))
            await channels.end(.stop)
        }
        #expect(log.all.prefix(3) == ["0 taken", "0 taken", "0 ending: stop"])
        #expect(log.all.dropFirst(3).sorted() == ["0 ended", "0 final да", "1 ended", "1 final да"])
        #expect(channels.endReason == .stop && channels.audioSeconds == 2)
        #expect(channels.utteranceCount == 2 && channels.wordCount == 2)
    }

    /// The engine is busy for one channel: the session ends, and what the other received is decided.
    @Test(arguments: [0, 1]) func theFailureOfAChannelEndsTheSession(failing: Int) async throws {
        let steps: [ScriptedStream.Step] = failing == 0 ? [.fail(.overloaded), .take] : [.take, .fail(.overloaded)]
        let channels = channels(steps)
        try await run(channels) {}
        let expected = ["\(1 - failing) final да", "\(failing) timeout"]
        let isMeant = { (entry: String) in !entry.hasSuffix("taken") && !entry.hasSuffix("ended") }
        #expect(log.all.filter(isMeant).sorted() == expected.sorted())
        guard case .failed(let failure)? = channels.endReason else { return #expect(Bool(false)) }
        #expect(failure.code == "timeout")
    }

    @Test func anEndBeforeTheAudioIsTheEndOfAllChannels() async throws {
        let channels = channels([.take])
        await channels.end(.idle)
        try await run(channels) {}
        #expect(channels.endReason == .idle)
        #expect(log.all.filter { $0.contains("ending") } == ["0 ending: idle timeout"])
    }

    @Test func aLaterFormatHasTheChannelsOfTheFirst() async throws {
        let channels = channels([.take])
        let format = try #require(Self.format)
        async let sent: Void = channels.sendEvents()
        for count in 1...2 {
            await channels.take(.begin(format, RecognitionRequest(), channels: count))
            await channels.take(.audio(ByteBuffer(repeating: 0, count: 64_000)))
        }
        await channels.end(.stop)
        await channels.inputEnded()
        await sent
        #expect(log.all == ["0 taken", "0 taken", "0 ending: stop", "0 final да", "0 ended"])
        #expect(channels.audioSeconds == 4)
    }

    @Test func moreChannelsThanACallHasAreNotOpened() async throws {
        let channels = channels([.take])
        let format = try #require(Self.format)
        async let sent: Void = channels.sendEvents()
        await channels.take(.begin(format, RecognitionRequest(), channels: 30))
        await channels.take(.audio(ByteBuffer(repeating: 0, count: 64_000)))
        await channels.end(.stop)
        await channels.inputEnded()
        await sent
        #expect(log.all.filter { $0.contains("final") }.sorted() == ["0 final да", "1 final да"])
    }
}
