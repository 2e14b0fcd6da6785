import Testing

@testable import STTInference

@Suite struct EstimateTests {
    private let waiting = PerLane(activity: 0, final: 4, partial: 10, file: 6)

    @Test func retryAfterCoversWhatIsServedFirst() {
        var times = ServiceTimes()
        times.record(.milliseconds(500), lane: .final)
        times.record(.milliseconds(200), lane: .partial)
        times.record(.seconds(2), lane: .file)
        // 4 × 0.5 s; 10 × 0.2 s more; 6 × 2 s more; all over two workers.
        #expect(times.retryAfter(.final, waiting: waiting, workers: 2) == .seconds(1))
        #expect(times.retryAfter(.partial, waiting: waiting, workers: 2) == .seconds(2))
        #expect(times.retryAfter(.file, waiting: waiting, workers: 2) == .seconds(8))
    }

    @Test func anUnseenLaneCountsASecondAPiece() {
        #expect(ServiceTimes().retryAfter(.final, waiting: waiting, workers: 1) == .seconds(4))
    }

    @Test func retryAfterStaysBetweenATenthOfASecondAndAMinute() {
        var times = ServiceTimes()
        times.record(.microseconds(1), lane: .final)
        #expect(times.retryAfter(.final, waiting: waiting, workers: 2) == .milliseconds(100))
        times = ServiceTimes()
        times.record(.seconds(100), lane: .final)
        #expect(times.retryAfter(.final, waiting: waiting, workers: 0) == .seconds(60))
    }

    @Test func aNewObservationCountsAnEighth() {
        var times = ServiceTimes()
        times.record(.seconds(1), lane: .final)
        times.record(.seconds(9), lane: .final)
        // 1 + (9 − 1) / 8 = 2 s each.
        #expect(times.retryAfter(.final, waiting: waiting, workers: 1) == .seconds(8))
    }

    @Test(arguments: [
        (Duration.zero, 0), (.milliseconds(5), 0), (.milliseconds(6), 1), (.seconds(1), 7), (.milliseconds(1_001), 8),
        (.seconds(10), 10), (.seconds(11), 11), (.seconds(600), 15), (.seconds(601), 16),
    ])
    func aDurationIsCountedUnderTheFirstBoundThatHoldsIt(_ duration: Duration, _ index: Int) {
        var histogram = DurationHistogram()
        histogram.record(duration)
        #expect(histogram.counts.firstIndex(of: 1) == index)
        #expect(histogram.count == 1)
        #expect(histogram.sum == duration)
    }
}
