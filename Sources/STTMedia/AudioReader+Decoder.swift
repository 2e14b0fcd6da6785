extension AudioReader {
    /// What reads the recording, by its header, its declaration or its extension.
    static func decoder(
        for bytes: any ByteSource, as source: AudioSource
    ) throws(MediaError) -> any AudioDecoder {
        guard try !bytes.bytes(at: 0, count: 1).isEmpty else { throw .emptyPayload }
        if let format = source.headerless { return try rawDecoder(for: bytes, format) }
        guard let header = try WaveHeader.read(from: bytes) else { return try otherDecoder(for: bytes, as: source) }
        if let track = source.track, track != 1 { throw .noSuchTrack(track, of: 1) }
        switch header.format.coding {
        case .samples(let encoding):
            return try PCMDecoder(
                bytes, container: "wav", encoding: encoding, sampleRate: header.format.sampleRate,
                channelCount: header.format.channelCount, offset: header.dataOffset, byteCount: header.dataByteCount,
                channel: source.channel?.index, isBigEndian: header.isBigEndian)
        case .g722:
            guard header.dataByteCount != 0 else { throw .noG722Data }
            return try FFmpegDecoder(
                .g722, in: bytes, container: "wav", offset: header.dataOffset, byteCount: header.dataByteCount)
        case .other:
            return try containerDecoder(for: bytes, as: source)
        }
    }

    /// What FFmpeg reads; where its libraries are not, on Apple's systems, what the system reads.
    private static func containerDecoder(
        for bytes: any ByteSource, as source: AudioSource
    ) throws(MediaError) -> any AudioDecoder {
        do {
            return try FFmpegDecoder(bytes, channel: source.channel?.index, track: source.track)
        } catch {
            #if canImport(AudioToolbox)
                if error.code == .libraryMissing {
                    return try ExtAudioFileDecoder(bytes, channel: source.channel?.index, track: source.track)
                }
            #endif
            throw error
        }
    }

    /// A container that FFmpeg knows; a file without one is recognised by its frames or its extension.
    private static func otherDecoder(
        for bytes: any ByteSource, as source: AudioSource
    ) throws(MediaError) -> any AudioDecoder {
        do {
            return try containerDecoder(for: bytes, as: source)
        } catch {
            guard error.code == .unsupportedFormat, source.track ?? 1 == 1,
                let format = try RawFormatGuess.format(of: bytes, url: source.fileURL)
            else { throw error }
            return try rawDecoder(for: bytes, format)
        }
    }

    private static func rawDecoder(
        for bytes: any ByteSource, _ format: HeaderlessEncoding
    ) throws(MediaError) -> any AudioDecoder {
        let samples: SampleEncoding
        switch format.codec {
        case .g722: return try FFmpegDecoder(.g722, in: bytes, container: "headerless")
        case .gsm: return try FFmpegDecoder(.gsm, in: bytes, container: "headerless")
        case .ulaw: samples = .ulaw
        case .alaw: samples = .alaw
        case .slin: samples = .signed16
        }
        return try PCMDecoder(
            bytes, container: "headerless", encoding: samples, sampleRate: format.sampleRate, channelCount: 1,
            offset: 0, byteCount: bytes.byteCount, channel: nil)
    }
}
