/// Decides, window by window, how channels become one.
///
/// The mean of all channels that carry speech; where that would cancel the sound, the strongest channel alone.
struct ChannelMixing: Sendable {
    /// Values whose level is compared with the level of the channel's quietest moment: 64 ms.
    static let frameLength = 512
    /// A channel carries speech when so many frames of a window exceed its quietest one by 6 dB; noise alone does not.
    static let loudFrames = 3
    static let loudness: Float = 4
    /// Two channels that are this much alike at a delay are one voice, whose mean is a comb filter.
    static let alike = 0.9
    /// Channels whose powers differ more than this cannot cancel each other (9 dB).
    static let comparable: Float = 8

    private enum Mode: Sendable, Hashable {
        case mean
        case single(Int)
    }

    /// Weight of each channel in the present window.
    private(set) var gains: [Float]
    /// Whether the mean would have cancelled the sound in any window.
    private(set) var hasCancelled = false
    private var carriesSpeech: [Bool]
    private var floors: [Float]
    private var mode = Mode.mean

    init(channelCount: Int) {
        gains = [Float](repeating: 1 / Float(channelCount), count: channelCount)
        carriesSpeech = [Bool](repeating: false, count: channelCount)
        floors = [Float](repeating: .infinity, count: channelCount)
    }

    /// Takes the next window of each channel, without mean, and sets the gains for it.
    mutating func decide(_ channels: [[Float]], reach: Int) {
        for (index, channel) in channels.enumerated() where !carriesSpeech[index] {
            carriesSpeech[index] = hasSpeech(channel, floor: &floors[index])
        }
        let used =
            carriesSpeech.contains(true) ? channels.indices.filter { carriesSpeech[$0] } : Array(channels.indices)
        let powers = channels.map(Self.power)
        mode = nextMode(channels, used: used, powers: powers, reach: reach)
        for index in gains.indices {
            switch mode {
            case .mean: gains[index] = used.contains(index) ? 1 / Float(used.count) : 0
            case .single(let chosen): gains[index] = index == chosen ? 1 : 0
            }
        }
    }

    private func hasSpeech(_ channel: [Float], floor: inout Float) -> Bool {
        let levels = stride(from: 0, through: channel.count - Self.frameLength, by: Self.frameLength).map {
            Self.power(channel[$0..<$0 + Self.frameLength])
        }
        for level in levels { floor = min(floor, max(level, 1e-8)) }
        let limit = floor * Self.loudness
        return levels.count { $0 > limit && $0 > Float(LagCorrelation.silence) } >= Self.loudFrames
    }

    private mutating func nextMode(_ channels: [[Float]], used: [Int], powers: [Float], reach: Int) -> Mode {
        guard let strongest = used.max(by: { powers[$0] < powers[$1] }),
            powers[strongest] > Float(LagCorrelation.silence), used.count > 1
        else { return mode }
        // Alone in this window: nothing that could cancel it, and nothing is known about the rest of the recording.
        let compared = used.filter { powers[$0] * Self.comparable > powers[strongest] }
        guard compared.count > 1 else {
            if case .single(let chosen) = mode, chosen != strongest { return .mean }
            return mode
        }
        guard cancels(compared.map { channels[$0] }, powers: compared.map { powers[$0] }, reach: reach) else {
            return .mean
        }
        hasCancelled = true
        // Changing between two that are nearly as strong would only be heard as a change.
        if case .single(let chosen) = mode, powers[chosen] * 2 > powers[strongest] { return mode }
        return .single(strongest)
    }

    /// Whether the mean is weaker by half than it would be of channels that have nothing in common, or is a comb.
    private func cancels(_ channels: [[Float]], powers: [Float], reach: Int) -> Bool {
        var mean = channels[0]
        for channel in channels.dropFirst() {
            for index in mean.indices { mean[index] += channel[index] }
        }
        let (sum, apart) = (Self.power(mean), powers.reduce(0, +))
        if sum < 0.5 * apart { return true }
        guard channels.count == 2 else { return false }
        // Copies without delay: the mean is right, and no delay needs to be looked for.
        if sum - apart > 0.95 * 2 * (powers[0] * powers[1]).squareRoot() { return false }
        var correlation = LagCorrelation(reach: reach)
        correlation.append(channels[0], channels[1])
        let peak = correlation.peak
        return peak.lag != 0 && abs(peak.value) >= Self.alike
    }

    private static func power(_ samples: some Collection<Float>) -> Float {
        samples.isEmpty ? 0 : samples.reduce(0) { $0 + $1 * $1 } / Float(samples.count)
    }
}
