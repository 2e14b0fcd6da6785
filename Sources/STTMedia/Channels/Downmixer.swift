/// Turns the channels of a recording into one, while it is read.
///
/// The channels of a sample are mixed by the window of about a second in which it lies, so that much is held back.
/// The blocks' boundaries leave no trace.
struct Downmixer: Sendable {
    /// More channels than this are averaged as they are: comparing them would hold too much memory.
    static let comparedChannels = 8
    /// Time in which gains change from window to window.
    private static let fadeDuration = 0.01

    let channelCount: Int
    let sampleRate: Int
    private var window: DecimatedChannels
    private var mixing: ChannelMixing
    /// Blocks of the window, of which the first samples may have been given out with the one before.
    private var held: [(block: DecodedBlock, start: Int)] = []
    private var gains: [Float]?

    init(channelCount: Int, sampleRate: Int) {
        self.channelCount = channelCount
        self.sampleRate = sampleRate
        window = DecimatedChannels(channelCount: channelCount, sampleRate: sampleRate)
        mixing = ChannelMixing(channelCount: channelCount)
    }

    /// Whether the mean would have cancelled the sound somewhere.
    var hasCancelled: Bool { mixing.hasCancelled }

    /// Takes a block with this number of channels and rate, and returns the samples that are decided.
    mutating func append(_ block: DecodedBlock) -> [Float] {
        guard channelCount <= Self.comparedChannels else { return Self.mean(of: block) }
        var output: [Float] = []
        var start = 0
        while start < block.frameCount {
            let end = min(block.frameCount, start + window.missing)
            window.append(block, start..<end)
            held.append((block, start))
            if window.missing == 0 { output += mix(upTo: end) }
            start = end
        }
        return output
    }

    /// Returns what is held back; a further stretch of the same recording may follow.
    mutating func finish() -> [Float] {
        held.isEmpty ? [] : mix(upTo: .max)
    }

    /// Mixes the window, whose last block is part of it up to `end`.
    private mutating func mix(upTo end: Int) -> [Float] {
        let before = gains
        mixing.decide(window.take(), reach: window.reach)
        gains = mixing.gains
        defer { held.removeAll(keepingCapacity: true) }
        var output: [Float] = []
        output.reserveCapacity(DecimatedChannels.windowLength * window.factor)
        for (index, part) in held.enumerated() {
            let last = index == held.count - 1 ? min(end, part.block.frameCount) : part.block.frameCount
            append(part.block, part.start..<last, to: &output, from: before)
        }
        return output
    }

    /// Appends `range` of a block, with the gains that apply to it.
    private func append(_ block: DecodedBlock, _ range: Range<Int>, to output: inout [Float], from before: [Float]?) {
        let fade = Int(Double(sampleRate) * Self.fadeDuration)
        let start = output.count
        output.append(contentsOf: repeatElement(0, count: range.count))
        block.samples.withUnsafeBufferPointer { samples in
            output.withUnsafeMutableBufferPointer { output in
                for channel in 0..<channelCount {
                    let gain = mixing.gains[channel]
                    let old = before?[channel] ?? gain
                    guard gain != 0 || old != 0 else { continue }
                    let plane = channel * block.frameCount + range.lowerBound
                    for index in 0..<range.count {
                        let place = start + index
                        let share = place < fade ? Float(place) / Float(fade) : 1
                        output[place] += (old + (gain - old) * share) * samples[plane + index]
                    }
                }
            }
        }
    }

    private static func mean(of block: DecodedBlock) -> [Float] {
        let gain = 1 / Float(block.channelCount)
        return (0..<block.frameCount).map { frame in
            var sum: Float = 0
            for channel in 0..<block.channelCount { sum += block.samples[channel * block.frameCount + frame] }
            return sum * gain
        }
    }
}
