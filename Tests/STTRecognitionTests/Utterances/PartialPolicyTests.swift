import STTRecognition
import Testing

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
}
