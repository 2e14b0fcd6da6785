/// The first frames of a stream that begins within a recording: they are for the voice activity, which has to know how
/// loud the recording is, and belong to no utterance.
struct ActivityContext: Sendable {
    private var featureCount = 0
    private var answerCount = 0
    private var bandCount = 0

    /// No such frames.
    init() {}

    init(frameCount: Int, bandCount: Int) {
        (featureCount, answerCount) = (frameCount, frameCount)
        self.bandCount = bandCount
    }

    /// The features behind the context.
    mutating func remainder(of block: FeatureBlock) -> FeatureBlock {
        guard featureCount > 0 else { return block }
        let dropped = min(featureCount, block.count)
        featureCount -= dropped
        var rest = block
        rest.values.removeFirst(dropped * bandCount)
        rest.levels.removeFirst(dropped)
        return rest
    }

    /// The answers of the voice activity behind the context; they may come later than the features.
    mutating func remainder(of answers: [Float]) -> [Float] {
        let dropped = min(answerCount, answers.count)
        answerCount -= dropped
        return Array(answers.dropFirst(dropped))
    }
}

extension UtteranceMachine {
    /// The machine of a stream.
    init(_ settings: StreamSettings, _ geometry: ModelGeometry, firstFrame: Int = 0) {
        self.init(
            rules: settings.rules, partials: settings.partials, decodesAhead: settings.decodesAhead,
            options: settings.decodeOptions, hasPasses: !settings.finisher.isEmpty, geometry: geometry,
            firstFrame: firstFrame)
    }
}
