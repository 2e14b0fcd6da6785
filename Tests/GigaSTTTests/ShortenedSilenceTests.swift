import Testing

@testable import GigaSTT

@Suite struct ShortenedSilenceTests {
    private static let rate = 16_000

    @Test func aShortGapIsRecognisedWhole() {
        var silence = ShortenedSilence()
        #expect(silence.shorten(ShortenedSilence.keptCount, at: 100) == ShortenedSilence.keptCount)
        #expect(silence.recordingTime(1000, sampleRate: Self.rate) == 1000)
    }

    /// An hour after 20 s, and two hours after 20 more: 10 s of each are recognised.
    @Test func whatFollowsAGapKeepsItsTime() {
        var silence = ShortenedSilence()
        #expect(silence.shorten(3600 * Self.rate, at: 20 * Self.rate) == ShortenedSilence.keptCount)
        #expect(silence.shorten(7200 * Self.rate, at: 50 * Self.rate) == ShortenedSilence.keptCount)
        for (time, expected) in [(0.0, 0.0), (20, 20), (25, 25), (26, 3616), (31, 3621), (54, 3644), (56, 10_836)] {
            #expect(silence.recordingTime(time, sampleRate: Self.rate) == expected)
        }
    }
}
