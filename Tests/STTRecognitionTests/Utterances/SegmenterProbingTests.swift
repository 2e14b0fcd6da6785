import STTValues
import Testing

@testable import STTRecognition

/// Where no silence comes, the words of a probe tell whether anybody speaks. By default the first probe comes after
/// 300 frames without 5 frames of silence, the next ones every 150; each reads 300 frames.
@Suite struct SegmenterProbingTests {
    private static var rules: SegmentationRules {
        var rules = SegmentationRules()
        rules.probing = SegmentationRules.Probing()
        return rules
    }

    private func probes(_ track: Track) -> [Int: Range<Int>] {
        track.log.compactMapValues { actions in
            actions.compactMap { if case .probe(let window) = $0 { window } else { nil } }.first
        }
    }

    @Test func withoutSilenceProbesComeInStrides() {
        var track = Track(Self.rules)
        track.speech(700)
        #expect(probes(track) == [300: 0..<301, 450: 148..<451, 600: 300..<601])
    }

    @Test func aShortSilenceMakesAProbeUnnecessary() {
        var track = Track(Self.rules)
        for _ in 0..<10 {
            track.speech(250)
            track.silence(5)
        }
        #expect(probes(track).isEmpty)
    }

    @Test func withoutProbingThereAreNoProbes() {
        var track = Track()
        track.speech(1500)
        #expect(probes(track).isEmpty)
    }

    @Test func aRunWithoutTokensEndsTheUtteranceAfterTheLastOne() {
        var track = Track(Self.rules)
        track.speech(301)
        track.answer(0..<301, lastToken: 200)
        // 201 + 32 of tail, on the grid.
        #expect(
            track.log[301] == [
                .closed(UtteranceSpan(coverage: 0..<236, window: 0..<236, endpoint: .blankRun)),
                // A word may begin at the edge of a probe without a token yet.
                .opened(windowStart: 236),
            ])
    }

    @Test func theEdgeOfAProbeStaysInTheNextWindow() {
        var track = Track(Self.rules)
        track.speech(301)
        track.answer(0..<301, lastToken: 100)
        #expect(track.log[301]?.last == .opened(windowStart: 200))
        #expect(track.segmenter.retainedFrom == 200)
    }

    @Test func withoutSpeechAtTheEdgeOfAProbeNothingIsOpened() {
        var rules = Self.rules
        rules.probing?.shortSilence = 40
        rules.probing?.blankRun = 8
        var track = Track(rules)
        track.speech(280)
        track.silence(21)
        track.answer(0..<301, lastToken: 290)
        #expect(
            track.log[301] == [
                .closed(UtteranceSpan(coverage: 0..<296, window: 0..<296, endpoint: .blankRun))
            ])
        #expect(track.segmenter.openWindow == nil)
    }

    /// Words, 100 ms of quiet, then a fan: the probe reads the fan alone. What it has not read is an utterance of its
    /// own, with some audio of the probe's window for a word that reaches into it.
    @Test func speechThatNoProbeHasReadIsDecoded() {
        var track = Track(Self.rules)
        track.speech(250)
        track.silence(10)
        track.speech(300)
        #expect(probes(track) == [559: 260..<560])
        track.answer(260..<560, lastToken: nil)
        #expect(
            track.log[560] == [
                .closed(UtteranceSpan(coverage: 0..<360, window: 0..<360, endpoint: .blankRun)),
                .opened(windowStart: 460),
            ])
    }

    /// The first probe has read words, the next one begins behind them.
    @Test func wordsBeforeAProbeWithoutTokensAreDecoded() {
        var track = Track(Self.rules)
        track.speech(301)
        track.answer(0..<301, lastToken: 260)
        track.speech(300)
        track.answer(300..<601, lastToken: nil)
        #expect(
            track.log[601] == [
                .closed(UtteranceSpan(coverage: 0..<400, window: 0..<400, endpoint: .blankRun)),
                .opened(windowStart: 500),
            ])
    }

    @Test(arguments: [(241, true), (242, false), (300, false)])
    func recentTokensKeepItOpen(lastToken: Int, ends: Bool) {
        var track = Track(Self.rules)
        track.speech(301)
        track.answer(0..<301, lastToken: lastToken)
        #expect(track.spans.isEmpty == !ends)
    }

    @Test func noiseWithoutTokensIsLeftBehind() {
        var track = Track(Self.rules)
        track.speech(301)
        track.answer(0..<301, lastToken: nil)
        #expect(track.segmenter.openWindow == 200..<301)
        #expect(track.segmenter.retainedFrom == 200)
        track.silence(60)
        #expect(track.spans == [UtteranceSpan(coverage: 0..<336, window: 200..<336, endpoint: .silence)])
    }

    /// Words of the left context belong to the utterance before; the last of them must not end this one in the past.
    @Test func tokensBeforeACutCountForNothing() {
        var track = Track(Self.rules)
        track.speech(2400)
        #expect(track.spans.map(\.coverage) == [0..<2296])
        track.speech(151)
        track.answer(2196..<2551, lastToken: 2240)
        #expect(track.segmenter.openWindow == 2448..<2551)
        track.finish()
        #expect(track.spans.last?.coverage == 2296..<2551)
    }

    @Test func anAnswerThatWasNotAskedForIsIgnored() {
        var idle = Track(Self.rules)
        idle.silence(50)
        idle.answer(0..<50, lastToken: 3)
        #expect(idle.log.isEmpty)
        var plain = Track()
        plain.speech(301)
        plain.answer(0..<301, lastToken: 3)
        #expect(plain.segmenter.openWindow == 0..<301)
    }
}
