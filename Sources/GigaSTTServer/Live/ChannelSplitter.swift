import NIOCore

/// Interleaved samples to those of each channel.
struct ChannelSplitter: Sendable {
    private let sampleByteCount: Int
    private let channelCount: Int
    /// The beginning of a frame, shorter than one.
    private var carried: [UInt8] = []

    init(sampleByteCount: Int, channelCount: Int) {
        (self.sampleByteCount, self.channelCount) = (sampleByteCount, channelCount)
    }

    /// The samples of each channel that are complete with these bytes, which may be cut anywhere.
    mutating func split(_ bytes: ByteBuffer) -> [ByteBuffer] {
        let all = carried + bytes.readableBytesView
        let frameByteCount = sampleByteCount * channelCount
        let frameCount = all.count / frameByteCount
        carried = Array(all[(frameCount * frameByteCount)...])
        return (0..<channelCount).map { channel in
            var samples: [UInt8] = []
            samples.reserveCapacity(frameCount * sampleByteCount)
            for frame in 0..<frameCount {
                let start = frame * frameByteCount + channel * sampleByteCount
                samples += all[start..<start + sampleByteCount]
            }
            return ByteBuffer(bytes: samples)
        }
    }
}
