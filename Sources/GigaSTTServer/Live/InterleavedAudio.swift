import GigaSTT
import NIOCore

/// PCM of one or more channels to 16-bit samples of one channel.
///
/// One byte is unsigned and more are signed, little-endian, as in Wyoming's own converter. Channels are averaged, so that
/// the sum cannot clip.
struct InterleavedAudio: Sendable {
    /// Channels of a frame.
    static let channelLimit = 32

    let rate: Int
    let width: Int
    let channels: Int
    /// What the conversation gets.
    let format: PCMFormat
    /// The beginning of a frame, shorter than one.
    private var carried: [UInt8] = []

    /// `nil` outside of 8000 to 192000 Hz, 1 to 4 bytes and 1 to `channelLimit` channels.
    init?(rate: Int, width: Int, channels: Int) {
        guard (1...4).contains(width), (1...Self.channelLimit).contains(channels),
            let encoding = try? HeaderlessEncoding(codec: .slin, sampleRate: rate),
            let format = try? PCMFormat.headerless(encoding)
        else { return nil }
        (self.rate, self.width, self.channels, self.format) = (rate, width, channels, format)
    }

    /// The samples that are complete with these bytes, which may be cut anywhere.
    mutating func convert(_ bytes: ByteBuffer) -> ByteBuffer {
        if width == 2, channels == 1 { return bytes }
        let all = carried + bytes.readableBytesView
        let frameLength = width * channels
        let frameCount = all.count / frameLength
        carried = Array(all.suffix(all.count % frameLength))
        var result = ByteBuffer()
        result.reserveCapacity(frameCount * 2)
        for frame in 0..<frameCount {
            var sum = 0
            for channel in 0..<channels { sum += sample(all, at: frame * frameLength + channel * width) }
            result.writeInteger(Int16(clamping: sum / channels), endianness: .little)
        }
        return result
    }

    /// A sample as 16 bits: the upper ones of a longer sample.
    private func sample(_ bytes: [UInt8], at index: Int) -> Int {
        let last = Int(bytes[index + width - 1])
        if width == 1 { return (last - 128) << 8 }
        return Int(Int8(truncatingIfNeeded: last)) << 8 | Int(bytes[index + width - 2])
    }
}
