/// The prediction network and the joint of an RNN-T, as a search needs them.
package protocol TransducerNetworks {
    /// Output and state of the prediction network after some tokens: a value, so that each hypothesis has its own.
    associatedtype Prediction
    /// One window's encoder frames, in the form in which the joint takes them. Of one search.
    associatedtype Frames

    /// The prediction before the first token: the blank fed to a zero state.
    func start() throws -> Prediction
    /// Takes one more token into the prediction. Copies made before stay as they are.
    func advance(_ prediction: inout Prediction, by token: Int) throws
    /// Calls `body` with the scores of all tokens at a frame: logits, up to a constant.
    func withScores<Result>(
        frame: Int, of frames: Frames, after prediction: Prediction, _ body: (UnsafeBufferPointer<Float>) -> Result
    ) throws -> Result
}

/// A way from encoder frames to hypotheses.
package protocol TransducerSearch: Sendable {
    /// Searches `frameCount` frames from a fresh state; the best hypothesis comes first. `isCancelled` is asked before
    /// each frame.
    func hypotheses<Networks: TransducerNetworks>(
        _ frames: Networks.Frames, frameCount: Int, with networks: Networks, options: DecodeOptions,
        isCancelled: () -> Bool
    ) throws -> [Hypothesis]
}
