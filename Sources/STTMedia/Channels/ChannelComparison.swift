/// Whether two channels of a recording hold one voice, in one pass over it.
///
/// Copies of it may be inverted, and late by up to 20 ms.
struct ChannelComparison: Sendable {
    /// From this correlation on, without delay, two channels are one voice in two copies (gigastt 2.9 contract).
    static let alike = 0.98
    /// The same for copies with a delay, which may lie between two of the delays that are compared.
    static let alikeWithDelay = 0.95

    private var direct = ChannelCorrelation()
    private var window: DecimatedChannels
    private var delayed: LagCorrelation
    private let sampleRate: Int

    init(sampleRate: Int) {
        self.sampleRate = sampleRate
        window = DecimatedChannels(channelCount: 2, sampleRate: sampleRate)
        delayed = LagCorrelation(reach: window.reach)
    }

    /// Takes the next samples of both channels; blocks of another form are left out.
    mutating func append(_ block: DecodedBlock) {
        guard block.channelCount == 2, block.sampleRate == sampleRate else { return }
        let count = block.frameCount
        direct.append(block.samples[..<count], block.samples[count...])
        var start = 0
        while start < count {
            let end = min(count, start + window.missing)
            window.append(block, start..<end)
            if window.missing == 0 { compareWindow() }
            start = end
        }
    }

    /// Whether everything so far is one voice.
    mutating func isOneVoice() -> Bool {
        if abs(direct.value) >= Self.alike { return true }
        compareWindow()
        return abs(delayed.peak.value) >= Self.alikeWithDelay
    }

    private mutating func compareWindow() {
        let channels = window.take()
        delayed.append(channels[0], channels[1])
    }
}
