/// Reads uncompressed and G.711 samples that lie one after another.
final class PCMDecoder: AudioDecoder {
    let properties: AudioProperties
    let skippedPacketCount = 0
    let tracks: [AudioTrack] = []
    private let source: any ByteSource
    private let encoding: SampleEncoding
    private let isBigEndian: Bool
    private let channel: Int?
    private var offset: Int
    private var bytesLeft: Int

    /// - Parameters:
    ///   - byteCount: how many audio bytes there are from `offset` on; nil = until the source ends.
    ///   - channel: the one that is read; nil = all.
    init(
        _ source: any ByteSource, container: String, encoding: SampleEncoding, sampleRate: Int, channelCount: Int,
        offset: Int, byteCount: Int?, channel: Int?, isBigEndian: Bool = false
    ) throws(MediaError) {
        guard AudioProperties.sampleRates.contains(sampleRate) else { throw .unsupportedRate(sampleRate) }
        guard channelCount > 0 else { throw .noParameters }
        guard channelCount <= AudioProperties.channelLimit else { throw .tooManyChannels(channelCount) }
        let frameCount = byteCount.map { $0 / (encoding.byteCount * channelCount) }
        properties = AudioProperties(
            container: container, codec: encoding.codecName, sampleRate: sampleRate, channelCount: channelCount,
            duration: frameCount.map { Double($0) / Double(sampleRate) })
        self.source = source
        self.encoding = encoding
        self.isBigEndian = isBigEndian
        self.channel = channel
        self.offset = offset
        bytesLeft = byteCount ?? .max
    }

    func read(upTo count: Int) throws(MediaError) -> DecodedBlock {
        let frameByteCount = encoding.byteCount * properties.channelCount
        let wanted = min(max(1, count / properties.channelCount) * frameByteCount, bytesLeft)
        var bytes = try source.bytes(at: offset, count: wanted)
        offset += bytes.count
        bytesLeft -= bytes.count
        if isBigEndian { bytes.reverseEach(encoding.byteCount) }
        let samples = bytes.withUnsafeBytes {
            encoding.planes(in: $0, channelCount: properties.channelCount, channel: channel)
        }
        return DecodedBlock(
            samples: samples, channelCount: channel == nil ? properties.channelCount : 1,
            sampleRate: properties.sampleRate)
    }
}

extension [UInt8] {
    /// Reverses the order within each group of `width` bytes; a rest stays.
    fileprivate mutating func reverseEach(_ width: Int) {
        guard width > 1 else { return }
        for start in stride(from: 0, through: count - width, by: width) { self[start..<start + width].reverse() }
    }
}
