import Foundation
import STTRecognition
import Synchronization
import TestSupport
import Testing

@testable import GigaSTT

/// What a stream may take: audio that is not decoded, events that are not read, memory.
@Suite struct LiveBoundsTests {
    @Test func aFeederFasterThanTheMachineWaitsAndNothingIsLost() async throws {
        let held = try await HeldRecognizer()
        let samples = try Recordings.samples(Recordings.named("12"))
        let stream = try held.recognizer.liveStream()
        var taken = 0
        while stream.stream.hasRoom, taken < samples.count {
            let end = min(taken + 1_600, samples.count)
            try await stream.append(Array(samples[taken..<end]))
            taken = end
        }
        // Two utterances wait for the worker that never comes; a third is not begun to be taken.
        #expect(held.waiting == 2)
        #expect(taken < samples.count)
        let rest = Array(samples[taken...])
        let events = try await mustEnd {
            async let feeding: Void = {
                try await stream.append(rest)
                try await stream.finish()
            }()
            held.gate.open()
            var events: [LiveEvent] = []
            for try await event in stream { events.append(event) }
            try await feeding
            return events
        }
        #expect(events.finals == (try await LiveModel.shared.segments(samples, .automatic)))
    }

    @Test func aBlockOfAnyLengthIsTakenPieceByPiece() async throws {
        let held = try await HeldRecognizer()
        let samples = Array(try Recordings.samples(Recordings.named("10")).prefix(320_000))
        let stream = try held.recognizer.liveStream()
        let finals = try await mustEnd {
            async let feeding: Void = {
                try await stream.append(samples)
                try await stream.finish()
            }()
            // The start of speech is out while the feeder is still in its only call.
            var events: [LiveEvent] = []
            for try await event in stream {
                if events.isEmpty {
                    #expect(held.waiting <= 3)
                    held.gate.open()
                }
                events.append(event)
            }
            try await feeding
            return events.finals
        }
        #expect(finals == (try await LiveModel.shared.segments(samples, .automatic)))
    }

    @Test func aConsumerThatNeverReadsHoldsTheFeeder() async throws {
        let stream = try await LiveModel.shared.liveStream()
        var count = 0
        while stream.stream.hasRoom, count < 10_000 {
            try await stream.flush(count)
            count += 1
        }
        #expect(count == 256)
        let last = count
        let echoes = try await mustEnd {
            async let feeding: Void = {
                try await stream.flush(last)
                try await stream.finish()
            }()
            var events: [LiveEvent] = []
            for try await event in stream { events.append(event) }
            try await feeding
            return events.echoes
        }
        #expect(echoes == Array(0...last))
    }

    @Test func manyUnreadPartialsAreOne() async throws {
        let recognizer = try await LiveModel.shared
        let stream = try recognizer.liveStream()
        for block in Blocking.every(1_600).blocks(try Recordings.samples(Recordings.named("08"))) {
            try await stream.append(block)
        }
        try await stream.finish()
        let partials = try await mustEnd {
            var events: [LiveEvent] = []
            for try await event in stream { events.append(event) }
            return events.partials.count
        }
        #expect(partials <= 4)
    }

    // MARK: Memory

    #if os(Linux)
        /// Bytes of this process that lie in memory.
        private static func residentBytes() throws -> Int {
            let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
            return (Int(fields[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE))
        }

        /// In a process of its own, so that other tests do not count.
        @Test func anIdleStreamTakesLessThan64KB() async throws {
            await #expect(processExitsWith: .success) {
                let recognizer = try await LiveModel.shared
                let samples = try Recordings.samples(Recordings.named("06"))
                let file = try await recognizer.play(Blocking.every(1_600).blocks(samples)).finals
                let before = try Self.residentBytes()
                var streams: [LiveStream] = []
                for index in 0..<1_000 {
                    let stream = try recognizer.liveStream()
                    streams.append(stream)
                    // Connected and silent, some of them for longer than what is kept of silence.
                    try await stream.append([Float](repeating: 0, count: index % 20 == 0 ? 32_000 : 1_600))
                }
                let each = (try Self.residentBytes() - before) / streams.count
                #expect(each < 65_536)
                // One that is active does not notice them.
                #expect(try await recognizer.play(Blocking.every(1_600).blocks(samples)).finals == file)
                for stream in streams { stream.cancel() }
            }
        }
    #endif
}
