import Testing

@testable import STTInference

@Suite struct LimitsTests {
    @Test func theDefaultsAreInsideTheirRanges() {
        #expect(InferenceQueue.Limits().withinRanges == InferenceQueue.Limits())
    }

    @Test func valuesOutsideTheirRangesCountAsTheNearestInside() {
        var low = InferenceQueue.Limits()
        low.workers = -1
        low.fileWorkers = 0
        low.waiting = PerLane(repeating: 0)
        low.partialPassLimit = 0
        low.filePassLimit = Int.min
        low.stallTimeout = .zero
        low.stallGrace = .seconds(-1)
        low.abandonedThreads = -1
        low = low.withinRanges
        #expect([low.workers, low.fileWorkers] == [1, 1])
        #expect(low.waiting == PerLane(repeating: 1))
        #expect([low.partialPassLimit, low.filePassLimit] == [2, 2])
        #expect([low.stallTimeout, low.stallGrace] == [.milliseconds(1), .milliseconds(1)])
        #expect(low.abandonedThreads == 0)

        var high = InferenceQueue.Limits()
        high.workers = .max
        high.fileWorkers = .max
        high.waiting = PerLane(repeating: .max)
        high.partialPassLimit = .max
        high.filePassLimit = .max
        high.stallTimeout = .seconds(Int64.max)
        high.stallGrace = .seconds(Int64.max)
        high.abandonedThreads = .max
        high = high.withinRanges
        #expect([high.workers, high.fileWorkers] == [256, 256])
        #expect(high.waiting == PerLane(repeating: 65_536))
        #expect([high.partialPassLimit, high.filePassLimit] == [1_000, 1_000])
        #expect([high.stallTimeout, high.stallGrace] == [.seconds(86_400), .seconds(86_400)])
        #expect(high.abandonedThreads == 64)
    }

    @Test(arguments: [
        (Duration.milliseconds(100), "0.1"), (.milliseconds(1_501), "1.6"), (.seconds(60), "60.0"),
    ])
    func aRefusalSaysWhenToComeBack(_ pause: Duration, _ text: String) {
        let error = InferenceError.overloaded(retryAfter: pause)
        #expect(error.code == .overloaded)
        #expect(error.retryAfter == pause)
        #expect(error.description == "overloaded: Too much work of this kind is waiting; try again in about \(text) s.")
    }
}
