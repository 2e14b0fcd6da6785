import CMedia

/// Reads what FFmpeg decodes; owns the C reader.
final class FFmpegDecoder: AudioDecoder {
    let properties: AudioProperties
    let tracks: [AudioTrack]
    private let source: CallbackSource
    private let reader: OpaquePointer
    private let channel: Int32

    /// A recording in a container.
    ///
    /// - Parameters:
    ///   - channel: the one that is read; `nil` = all.
    ///   - track: the number of the audio track, from 1; `nil` = the Russian one, else the default.
    convenience init(_ source: any ByteSource, channel: Int?, track: Int?) throws(MediaError) {
        try self.init(CallbackSource(source), container: nil, channel: channel, track: track) {
            media_reader_open($0, Int32(clamping: track ?? 0), $1, $2)
        }
    }

    /// Packets without a container, from `offset` on.
    ///
    /// - Parameter byteCount: how many bytes they have; `nil` = until the source ends.
    convenience init(
        _ codec: BareCodec, in source: any ByteSource, container: String, offset: Int = 0, byteCount: Int? = nil
    ) throws(MediaError) {
        let source = CallbackSource(source, from: offset, byteCount: byteCount)
        try self.init(source, container: container, bytesPerSecond: codec.bytesPerSecond) {
            media_reader_open_raw($0, codec.value, $1, $2)
        }
    }

    /// Codecs whose packets need no container.
    enum BareCodec {
        case g722, gsm

        /// 64 kbit/s; 33 octets each 20 ms.
        var bytesPerSecond: Double { self == .g722 ? 8000 : 1650 }

        fileprivate var value: media_raw_codec { self == .g722 ? MEDIA_RAW_G722 : MEDIA_RAW_GSM }
    }

    private init(
        _ source: CallbackSource, container: String?, bytesPerSecond: Double? = nil, channel: Int? = nil,
        track: Int? = nil,
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
        guard let reader, result == MEDIA_OK else { throw MediaError(result, properties, track: track) }
        self.source = source
        self.reader = reader
        self.channel = Int32(clamping: channel ?? -1)
        // Without a container only the number of octets states the length.
        if let bytesPerSecond, callbacks.byte_count >= 0 {
            properties.duration = Double(callbacks.byte_count) / bytesPerSecond
        }
        self.properties = AudioProperties(properties, container: container)
        let chosen = Int(properties.track)
        tracks =
            properties.track_count < 2
            ? [] : (1...Int(properties.track_count)).compactMap { AudioTrack($0, of: reader, chosen: chosen) }
    }

    deinit { media_reader_close(reader) }

    var skippedPacketCount: Int { Int(media_reader_skipped(reader)) }

    func read(upTo count: Int) throws(MediaError) -> DecodedBlock {
        var block = media_block()
        var result: Int32 = 0
        let capacity = max(count, AudioProperties.channelLimit)
        // Proof: the C reader writes at most the capacity it is given and returns how much it wrote to each plane.
        let samples = [Float](unsafeUninitializedCapacity: capacity) { memory, filled in
            result = media_reader_read(reader, channel, memory.baseAddress, Int32(clamping: memory.count), &block)
            filled = max(0, Int(result)) * Int(block.channel_count)
        }
        if let failure = source.failure { throw failure }
        guard result >= 0 else { throw MediaError(media_result(rawValue: result), media_properties()) }
        return DecodedBlock(
            samples: samples, channelCount: max(1, Int(block.channel_count)), sampleRate: Int(block.sample_rate),
            time: block.time.isFinite ? block.time : nil)
    }
}

extension AudioTrack {
    fileprivate init?(_ number: Int, of reader: OpaquePointer, chosen: Int) {
        var track = media_track()
        guard media_reader_track(reader, Int32(clamping: number), &track) == 1 else { return nil }
        // Only what a language tag may contain: a container can hold any text in its place.
        let tag = String(characters: track.language).filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        self.init(
            number: number, codec: String(characters: track.codec), language: tag.isEmpty || tag == "und" ? nil : tag,
            isChosen: number == chosen)
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
    fileprivate init(_ result: media_result, _ properties: media_properties, track: Int? = nil) {
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
            case MEDIA_NO_SUCH_TRACK: .noSuchTrack(track ?? 0, of: Int(properties.track_count))
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
