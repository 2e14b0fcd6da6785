import STTValues
import TestSupport
import Testing

@testable import STTRecognition

@Suite struct EventTimesTests {
    private let start = ContinuousClock.now
    private let final = LiveEvent.final(Segment(words: [], start: 0, end: 1, endpoint: .silence))

    private func at(_ seconds: Int) -> ContinuousClock.Instant { start + .seconds(seconds) }

    @Test func eventsThatAreHeldBackKeepTheirMoments() {
        var times = EventTimes()
        times.note(onsetCount: 1, endpointCount: 0, at: at(1))
        #expect(times.since(.speechStarted(at: 0), now: at(1)) == at(1))
        times.note(onsetCount: 1, endpointCount: 1, at: at(2))
        // The next utterance begins and ends while the first is still being decoded.
        times.note(onsetCount: 2, endpointCount: 2, at: at(3))
        #expect(times.since(final, now: at(9)) == at(2))
        #expect(times.since(.speechStarted(at: 0), now: at(9)) == at(3))
        #expect(times.since(.speechStopped(at: 0), now: at(9)) == at(9))
        #expect(times.since(final, now: at(9)) == at(3))
    }

    @Test func eventsWithoutAMomentAreOfNow() {
        var times = EventTimes()
        #expect(times.since(final, now: at(4)) == at(4))
        #expect(times.since(.speechStarted(at: 0), now: at(5)) == at(5))
        #expect(times.since(.flushed(1), now: at(6)) == at(6))
    }

    @Test func finalThatWaitsForAWorkerIsOfTheMomentItsUtteranceEnded() async throws {
        let booth = try Booth()
        let gate = await booth.occupy()
        let stream = booth.stream()
        try await stream.append(try Recording.samples("01_commands.wav") + [Float](repeating: 0, count: 16_000))
        try await stream.finish()
        let decided = ContinuousClock.now
        gate.open()
        var finals: [TimedLiveEvent] = []
        while let event = try await stream.next() {
            if case .final = event.event { finals.append(event) }
        }
        #expect(finals.count > 1 && finals.allSatisfy { $0.since <= decided })
        #expect(finals.map(\.since) == finals.map(\.since).sorted())
    }
}
