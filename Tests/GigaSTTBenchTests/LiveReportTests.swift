import Foundation
import GigaSTT
import LiveBenchmark
import Testing

@testable import GigaSTTBench

/// Speech against its clock: clips of a second with a tone from 0.2 to 0.8 s, and a second of silence behind each.
@Suite struct LiveReportTests {
    private let clip = (0..<16_000).map { index in
        (3_200..<12_800).contains(index) ? 0.5 * sin(0.3 * Float(index)) : 0
    }

    private func near(_ found: [Double], _ expected: [Double]) -> Bool {
        found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) < 1e-6 }
    }

    @Test(arguments: [(20, 320, 200), (100, 1_600, 40), (250, 4_000, 16)])
    func blocksHaveTheLengthThatIsAskedFor(milliseconds: Int, size: Int, count: Int) {
        let talk = Talk(clips: [clip], first: 0, seconds: 4, blockDuration: .milliseconds(milliseconds))
        #expect(talk.blocks.count == count)
        #expect(talk.blocks.allSatisfy { $0.count == size })
        #expect(talk.blocks.flatMap { $0 } == Talk(clips: [clip], first: 0, seconds: 4).blocks.flatMap { $0 })
        #expect(near(talk.spans.flatMap { [$0.lowerBound, $0.upperBound] }, [0.2, 0.8, 2.2, 2.8]))
    }

    /// Six of forty in half a second on average, and no crowd.
    @Test func talkersBeginAtTimesOfTheirOwn() {
        let starts = (0..<40).map { Talk.start(of: $0, within: .seconds(3)) / .seconds(1) }
        #expect(starts.allSatisfy { (0...3).contains($0) } && Set(starts).count == 40)
        for first in starts { #expect(starts.count { (first..<first + 0.5).contains($0) } <= 13) }
    }

    @Test func theFirstDecodeOfEachClipIsTimedFromItsOnset() {
        let start = ContinuousClock.now
        var log = SessionLog(talk: Talk(clips: [clip], first: 0, seconds: 6), start: start)
        // Speech begins at 0.2, 2.2 and 4.2 s; nothing is decoded of the second clip.
        log.add(partialDecodes: [0.1, 0.4, 0.6, 4.5, 4.7].map { start + .seconds($0) })
        #expect(near(log.firstDecodes, [0.2, 0.3]))
    }

    /// Speech ends at 0.8 s: with 200 ms of silence the endpoint is certain at 1.0 s.
    @Test(arguments: [(0.2, 0.1), (0.5, 0)])
    func theDelayOfAFinalBeginsWhenTheSilenceIsLongEnough(silence: Double, delay: Double) {
        let start = ContinuousClock.now
        var log = SessionLog(talk: Talk(clips: [clip], first: 0, seconds: 2), start: start, silence: silence)
        log.add(.final(Segment(words: [], start: 0, end: 0.92, endpoint: .silence)), at: start + .seconds(1.1))
        #expect(near(log.finalDelays, [delay]))
    }

    @Test func quantilesAreInMilliseconds() {
        let times = LiveRow.Times((1...100).map { Double($0) / 1_000 })
        #expect(times.count == 100)
        #expect(near([times.p50, times.p95, times.p99], [51, 96, 100]))
    }
}
