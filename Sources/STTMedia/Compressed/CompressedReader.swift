import CMedia

/// Reads what FFmpeg decodes; owns the C reader.
final class CompressedReader: NativeRateReader {
    let properties: AudioProperties
    private let source: CallbackSource
    private let reader: OpaquePointer
    private let channel: Int32

    /// A recording in a container, of which one channel is read; nil = the mean of all.
    convenience init(_ source: any ByteSource, channel: Int?) throws(MediaError) {
        try self.init(CallbackSource(source), container: nil, channel: channel, open: media_reader_open)
    }

    /// G.722 octets without framing, from `offset` on.
    convenience init(
        g722 source: any ByteSource, container: String, offset: Int = 0, byteCount: Int? = nil
    ) throws(MediaError) {
        let source = CallbackSource(source, from: offset, byteCount: byteCount)
        try self.init(source, container: container, channel: nil, open: media_reader_open_g722)
    }

    private init(
        _ source: CallbackSource, container: String?, channel: Int?,
        open: (
            UnsafePointer<media_source>?, UnsafeMutablePointer<media_properties>?, UnsafeMutablePointer<OpaquePointer?>?
        ) -> media_result
    ) throws(MediaError) {
        var callbacks = source.callbacks
        var properties = media_properties()
        var reader: OpaquePointer?
        let result = open(&callbacks, &properties, &reader)
        if let failure = source.failure {
            media_reader_close(reader)
            throw failure
        }
        guard let reader, result == MEDIA_OK else { throw MediaError(result, properties) }
        self.source = source
        self.reader = reader
        self.channel = Int32(clamping: channel ?? -1)
        // Without a container only the number of octets tells the length: 8000 a second.
        if container != nil, callbacks.byte_count >= 0 { properties.duration = Double(callbacks.byte_count) / 8000 }
        self.properties = AudioProperties(properties, container: container)
    }

    deinit { media_reader_close(reader) }

    var skippedPacketCount: Int { Int(media_reader_skipped(reader)) }

    func read(upTo count: Int) throws(MediaError) -> NativeBlock {
        var sampleRate: Int32 = 0
        var result: Int32 = 0
        // Proof: the C reader writes at most the capacity it is given and returns how much it wrote.
        let samples = [Float](unsafeUninitializedCapacity: count) { memory, filled in
            result = media_reader_read(
                reader, channel, memory.baseAddress, Int32(clamping: memory.count), &sampleRate)
            filled = max(0, Int(result))
        }
        if let failure = source.failure { throw failure }
        guard result >= 0 else { throw MediaError(media_result(rawValue: result), media_properties()) }
        return NativeBlock(samples: samples, sampleRate: Int(sampleRate))
    }
}

extension AudioProperties {
    fileprivate init(_ properties: media_properties, container: String?) {
        self.init(
            container: container ?? String(characters: properties.container),
            codec: String(characters: properties.codec), sampleRate: Int(properties.sample_rate),
            channelCount: Int(properties.channel_count),
            duration: properties.duration < 0 ? nil : properties.duration)
    }
}

extension MediaError {
    /// The one place where a result of the C reader becomes an error.
    fileprivate init(_ result: media_result, _ properties: media_properties) {
        let codec = String(characters: properties.codec)
        self =
            switch result {
            case MEDIA_LIBRARY_MISSING: .libraryMissing(version: Int(media_library_version()))
            case MEDIA_UNSUPPORTED_FORMAT: .unsupportedFormat
            case MEDIA_NO_AUDIO: .noAudio
            case MEDIA_NO_PARAMETERS: .noParameters
            case MEDIA_UNSUPPORTED_CODEC: .unsupportedCodec(codec.isEmpty ? nil : codec)
            case MEDIA_UNSUPPORTED_RATE: .unsupportedRate(Int(properties.sample_rate))
            case MEDIA_TOO_MANY_CHANNELS: .tooManyChannels(Int(properties.channel_count))
            case MEDIA_NO_MEMORY: .outOfMemory
            default: .damaged
            }
    }
}

extension String {
    /// The text in a C array of characters, which arrives as a tuple.
    fileprivate init<Characters>(characters: Characters) {
        self = withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
