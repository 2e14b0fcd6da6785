import Testing

@testable import STTInference

@Suite struct ExpectedWaitTests {
    @Test func nothingWaitsNoTimeAndWorkBeforeCounts() {
        var times = ServiceTimes()
        times.record(.milliseconds(500), lane: .final)
        times.record(.milliseconds(200), lane: .partial)
        #expect(times.expectedWait(.file, waiting: PerLane(repeating: 0), workers: 2) == .zero)
        let waiting = PerLane(activity: 0, final: 4, partial: 10, file: 0)
        // 4 × 0.5 s over two workers; 10 × 0.2 s more for what comes after the partials.
        #expect(times.expectedWait(.final, waiting: waiting, workers: 2) == .seconds(1))
        #expect(times.expectedWait(.file, waiting: waiting, workers: 2) == .seconds(2))
    }
}
