import Testing

@testable import STTRecognition

@Suite struct PartialPolicyTests {
    /// Window and lag in frames of 10 ms → frames of new audio, with a least stride of 16 and a share of 12 %.
    @Test(arguments: [
        (window: 50, lag: 0, stride: 16),
        (window: 133, lag: 0, stride: 16),
        (window: 500, lag: 0, stride: 60),
        (window: 50, lag: 8, stride: 16),
        (window: 50, lag: 40, stride: 80),
        (window: 500, lag: 40, stride: 80),
        (window: 2_400, lag: 0, stride: 200),
        (window: 50, lag: 5_000, stride: 200),
    ]) func theStrideGrowsWithWindowAndLag(window: Int, lag: Int, stride: Int) {
        var policy = PartialPolicy()
        policy.stride = 16
        policy.share = 0.12
        #expect(policy.stride(window: window, lag: lag) == stride)
    }

    @Test func aRecordingHasAtMostOneForEachSecond() {
        var stage = Stage(partials: .recording)
        for second in 1...20 {
            // As it is fed: each second at once, and each partial is answered before the next one.
            stage.take(100, activity: [Float](repeating: 1, count: 100))
            if stage.request(.partial) != nil { stage.answer(.partial) }
            #expect(stage.asked(.partial).count <= second)
        }
        #expect(stage.asked(.partial).count >= 10)
    }
}
