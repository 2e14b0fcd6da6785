/// Channels at a low rate, for comparing them: means of so many samples, about 8000 a second.
///
/// Aliases are the same in all channels and so do not disturb the comparison.
struct DecimatedChannels: Sendable {
    /// Samples in a window, about a second.
    static let windowLength = 8192

    /// Samples that one value is the mean of.
    let factor: Int
    /// The longest delay between channels that is looked for: 20 ms, in values.
    let reach: Int
    private(set) var channels: [[Float]]
    /// Sums of the value that is not complete, and how many samples they have.
    private var sums: [Float]
    private var summed = 0

    init(channelCount: Int, sampleRate: Int) {
        factor = max(1, sampleRate / 8000)
        reach = max(1, min(Self.windowLength / 8, sampleRate / factor / 50 + 1))
        channels = [[Float]](repeating: [], count: channelCount)
        sums = [Float](repeating: 0, count: channelCount)
    }

    /// Complete values of each channel.
    var count: Int { channels.first?.count ?? 0 }
    /// Samples that are missing until the window is full.
    var missing: Int { (Self.windowLength - count) * factor - summed }

    /// Takes `range` of the samples of each plane.
    mutating func append(_ block: DecodedBlock, _ range: Range<Int>) {
        let before = summed
        block.samples.withUnsafeBufferPointer { samples in
            for channel in channels.indices {
                var (sum, count) = (sums[channel], before)
                let plane = channel * block.frameCount
                for index in range {
                    sum += samples[plane + index]
                    count += 1
                    guard count == factor else { continue }
                    channels[channel].append(sum / Float(factor))
                    (sum, count) = (0, 0)
                }
                (sums[channel], summed) = (sum, count)
            }
        }
    }

    /// The values so far, from about 25 Hz to 2 kHz; begins a new window.
    ///
    /// Without its slow part, which has no sound, and with few fast changes, so that a delay between two values shows.
    mutating func take() -> [[Float]] {
        defer {
            for channel in channels.indices { channels[channel].removeAll(keepingCapacity: true) }
            sums = [Float](repeating: 0, count: sums.count)
            summed = 0
        }
        return channels.map(Self.bandPassed)
    }

    /// A high pass of the first order, then the weights ¼, ½, ¼.
    private static func bandPassed(_ values: [Float]) -> [Float] {
        guard var last = values.first else { return [] }
        var high: Float = 0
        var (before, beforeThat): (Float, Float) = (0, 0)
        return values.map { value in
            high = value - last + 0.98 * high
            last = value
            defer { (before, beforeThat) = (high, before) }
            return (high + 2 * before + beforeThat) / 4
        }
    }
}
