import STTInference
import STTValues
import TestSupport
import Testing

@testable import STTRecognition

/// Limits of a recording in the time of a test: no result depends on how fast the machine is.
@Suite struct WatchdogTests {
    private let clock = ManualClock()

    private func stream(_ booth: Booth, wait: Duration?, stall: Duration?) -> RecognitionStream {
        booth.stream {
            $0.finalLane = .file
            $0.watchdog = Watchdog(queueTimeout: wait, progressTimeout: stall, clock: clock)
        }
    }

    @Test func aRecordingThatFindsNoWorkerEndsWhenItsWaitIsOver() async throws {
        let booth = try Booth()
        let gate = await booth.occupy()
        let stream = stream(booth, wait: .seconds(30), stall: .seconds(10))
        try await stream.append(try Recording.samples("01_commands.wav"))
        try await stream.finish()
        let clock = clock
        let failure = await #expect(throws: GigaSTTError.self) {
            try await mustEnd {
                async let watching: Void = stream.watch()
                async let events = stream.rest()
                #expect(await clock.nextSleep() == .seconds(30))
                clock.advance(to: .milliseconds(29_999))
                #expect(stream.hasRoom || !stream.isOver)
                clock.advance(to: .seconds(30))
                await watching
                return try await events
            }
        }
        #expect(failure?.code == .overloaded && failure?.retryAfter == .seconds(30))
        gate.open()
        await booth.queue.drain()
        #expect(booth.queue.statistics.lanes.file.completed == 0)
    }

    /// The clock of the watchdog is that of the queue: it stands still while a laptop sleeps.
    @Test func timeThatDoesNotPassOnTheClockOfTheQueueDoesNotCount() async throws {
        let booth = try Booth()
        let stream = stream(booth, wait: .milliseconds(1), stall: .milliseconds(1))
        let silence = [Float](repeating: 0, count: 16_000)
        let clock = clock
        // The decoding of a recording takes longer than a millisecond of real time.
        let command = try Recording.samples("01_commands.wav")
        let words = try await mustEnd {
            async let watching: Void = stream.watch()
            _ = await clock.nextSleep()
            try await stream.append(command + silence)
            try await stream.finish()
            var words = 0
            while let event = try await stream.next() {
                if case .final(let segment) = event.event { words += segment.words.count }
            }
            stream.cancel()
            clock.advance(to: .seconds(1))
            await watching
            return words
        }
        #expect(words > 0)
    }

    @Test func aRecordingWithoutProgressEnds() async throws {
        let booth = try Booth()
        let stream = stream(booth, wait: nil, stall: .seconds(10))
        let clock = clock
        let failure = await #expect(throws: GigaSTTError.self) {
            try await mustEnd {
                async let watching: Void = stream.watch()
                async let events = stream.rest()
                #expect(await clock.nextSleep() == .seconds(10))
                clock.advance(to: .seconds(10))
                await watching
                return try await events
            }
        }
        #expect(failure?.code == .timedOut)
    }

    @Test func cancellingTheWatchEndsItAndNotTheStream() async throws {
        let booth = try Booth()
        let stream = stream(booth, wait: nil, stall: .seconds(10))
        let clock = clock
        try await mustEnd {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await stream.watch() }
                _ = await clock.nextSleep()
                group.cancelAll()
            }
            try await stream.finish()
            #expect(try await stream.rest().count == 1)
        }
    }
}
