import GigaSTT
import Testing

@testable import GigaSTTServer

@Suite struct LiveLatenciesTests {
    private let start = ContinuousClock.now
    private let word = Word(text: "да", start: 0, end: 0.1, confidence: 1)

    private func at(_ milliseconds: Int) -> ContinuousClock.Instant { start + .milliseconds(milliseconds) }
    private func onset(_ milliseconds: Int) -> TimedLiveEvent {
        TimedLiveEvent(.speechStarted(at: 0), since: at(milliseconds))
    }
    private func partial(_ words: [Word]) -> TimedLiveEvent {
        TimedLiveEvent(.partial(Partial(words: words, stableWordCount: 0)), since: start)
    }
    private func final(_ words: [Word], endedAt milliseconds: Int) -> TimedLiveEvent {
        TimedLiveEvent(
            .final(Segment(words: words, start: 0, end: 1, endpoint: .silence)), since: at(milliseconds))
    }

    @Test func firstPartialIsMeasuredFromTheOnsetOnce() {
        var latencies = LiveLatencies()
        latencies.record(onset(100))
        #expect(latencies.recordSent(partial([]), at: at(200)) == nil)
        #expect(latencies.recordSent(partial([word]), at: at(350)) == .firstPartial(.milliseconds(250)))
        #expect(latencies.recordSent(partial([word, word]), at: at(500)) == nil)
        latencies.record(onset(1_000))
        #expect(latencies.recordSent(partial([word]), at: at(1_020)) == .firstPartial(.milliseconds(20)))
    }

    @Test func utteranceWithoutAPartialHasNoFirstOne() {
        var latencies = LiveLatencies()
        latencies.record(onset(100))
        #expect(latencies.recordSent(final([word], endedAt: 400), at: at(430)) == .final(.milliseconds(30)))
        // What follows behind a cut has no onset of its own.
        #expect(latencies.recordSent(partial([word]), at: at(600)) == nil)
    }

    @Test func onlyFinalsWithWordsAreMeasuredAndCounted() {
        var latencies = LiveLatencies()
        #expect(latencies.recordSent(final([], endedAt: 0), at: at(10)) == nil)
        #expect(latencies.utteranceCount == 0 && latencies.wordCount == 0)
        _ = latencies.recordSent(final([word, word], endedAt: 0), at: at(10))
        _ = latencies.recordSent(final([word], endedAt: 0), at: at(10))
        #expect(latencies.utteranceCount == 2 && latencies.wordCount == 3)
    }
}
