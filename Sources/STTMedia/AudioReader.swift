/// Reads any recording as 16 kHz mono samples.
///
/// Blocking, and for one thread at a time; ``MediaFile`` is the asynchronous face of it. Memory does not grow with the
/// length of the recording. WAV (PCM, float, G.711) and headerless G.711 are read natively; everything else needs the
/// FFmpeg libraries, which are loaded when the first such recording is opened.
public final class AudioReader {
    /// The rate of the samples that are read, in Hz.
    public static let sampleRate = 16_000

    /// The longest block that is read at once: one minute.
    private static let longestBlock = 60 * sampleRate
    /// Samples decoded at a time, at the recording's own rate.
    private static let longestStep = 16_384

    private let reader: any NativeRateReader
    private var resampler: Resampler?
    private var resampledRate = 0
    /// Decoded but not yet resampled.
    private var undone: ArraySlice<Float> = []
    /// Resampled but not yet asked for.
    private var pending: [Float] = []
    private var isAtEnd = false

    /// Opens a recording and reads its header.
    ///
    /// - Throws: `MediaError` saying why it cannot be read.
    public convenience init(_ source: AudioSource) throws(MediaError) {
        try self.init(source.opened(), headerless: source.headerless, channel: source.channel)
    }

    init(
        _ source: any ByteSource, headerless: HeaderlessEncoding?, channel: AudioSource.Channel? = nil
    ) throws(MediaError) {
        guard try !source.bytes(at: 0, count: 1).isEmpty else { throw .emptyPayload }
        reader = try Self.reader(for: source, headerless: headerless, channel: channel?.index)
        if let channel, reader.properties.channelCount != channel.count {
            throw .otherChannels(reader.properties.channelCount, wanted: channel.count)
        }
    }

    init(_ reader: any NativeRateReader) {
        self.reader = reader
    }

    /// What the header says.
    public var properties: AudioProperties { reader.properties }

    /// Damaged packets left out so far.
    public var skippedPacketCount: Int { reader.skippedPacketCount }

    /// The next `count` samples (1…960 000), −1…1 and finite; fewer only at the end, and none after it.
    ///
    /// - Throws: `MediaError` when nothing at all can be decoded or the source fails. A recording that is cut short or
    ///   damaged further on ends where it does, without an error.
    public func read(upTo count: Int) throws(MediaError) -> [Float] {
        let count = min(max(1, count), Self.longestBlock)
        while pending.count < count, !isAtEnd { try decode() }
        guard pending.count > count else {
            defer { pending.removeAll(keepingCapacity: true) }
            return pending
        }
        defer { pending.removeFirst(count) }
        return Array(pending[..<count])
    }

    /// Moves one step of samples from the reader through the resampler.
    private func decode() throws(MediaError) {
        if undone.isEmpty {
            let block = try reader.read(upTo: Self.longestStep)
            guard !block.samples.isEmpty else {
                isAtEnd = true
                return finishResampler()
            }
            undone = block.samples[...]
            if block.sampleRate != resampledRate {
                finishResampler()
                resampler = try Resampler(from: block.sampleRate, to: Self.sampleRate)
                resampledRate = block.sampleRate
            }
        }
        // A second of the recording at most: at 1 Hz one sample becomes 16 000.
        let step = undone.prefix(resampledRate)
        undone = undone.dropFirst(resampledRate)
        append(resampler?.append(Array(step)) ?? [])
    }

    private func finishResampler() {
        append(resampler?.finish() ?? [])
        resampler = nil
    }

    /// A steep filter overshoots where the recording is clipped.
    private func append(_ samples: [Float]) {
        pending.append(contentsOf: samples.lazy.map(\.limited))
    }

    private static func reader(
        for source: any ByteSource, headerless: HeaderlessEncoding?, channel: Int?
    ) throws(MediaError) -> any NativeRateReader {
        if let headerless { return try headerlessReader(for: source, headerless) }
        guard let header = try WaveHeader.read(from: source) else {
            return try CompressedReader(source, channel: channel)
        }
        switch header.format.coding {
        case .samples(let encoding):
            return try SampleReader(
                source, container: "wav", encoding: encoding, sampleRate: header.format.sampleRate,
                channelCount: header.format.channelCount, offset: header.dataOffset, byteCount: header.dataByteCount,
                channel: channel)
        case .g722:
            guard header.dataByteCount != 0 else { throw .noG722Data }
            return try CompressedReader(
                g722: source, container: "wav", offset: header.dataOffset, byteCount: header.dataByteCount)
        case .other:
            return try CompressedReader(source, channel: channel)
        }
    }

    private static func headerlessReader(
        for source: any ByteSource, _ encoding: HeaderlessEncoding
    ) throws(MediaError) -> any NativeRateReader {
        let samples: SampleEncoding
        switch encoding.codec {
        case .g722: return try CompressedReader(g722: source, container: "headerless")
        case .ulaw: samples = .ulaw
        case .alaw: samples = .alaw
        }
        return try SampleReader(
            source, container: "headerless", encoding: samples, sampleRate: encoding.sampleRate, channelCount: 1,
            offset: 0, byteCount: source.byteCount, channel: nil)
    }
}
