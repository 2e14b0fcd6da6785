#if canImport(AudioToolbox)
    import AudioToolbox

    /// Reads what the decoders of Apple's systems can, where FFmpeg's libraries are not: M4A, MP3, CAF, AIFF, FLAC and others.
    ///
    /// Compiled against the declarations of Extended Audio File Services only, and never run: the package is tested on Linux.
    final class ExtAudioFileDecoder: AudioDecoder {
        let properties: AudioProperties
        let skippedPacketCount = 0
        let tracks: [AudioTrack] = []
        private let source: CallbackSource
        private let file: SystemAudioFile
        private let channel: Int?
        private var hasRead = false

        /// - Parameters:
        ///   - source: must know how many bytes it has; what has no known length is read by FFmpeg only.
        ///   - channel: the one that is read; `nil` = all.
        ///   - track: the number of the audio track, from 1; the system reads the first.
        init(_ source: any ByteSource, channel: Int?, track: Int?) throws(MediaError) {
            if let track, track != 1 { throw .noSuchTrack(track, of: 1) }
            guard source.isSeekable, source.byteCount != nil else { throw .lengthNeeded }
            self.source = CallbackSource(source)
            self.channel = channel
            do {
                file = try SystemAudioFile(self.source)
            } catch {
                throw self.source.failure ?? error
            }
            properties = try file.properties()
            try file.decodeFloats(properties)
        }

        func read(upTo count: Int) throws(MediaError) -> DecodedBlock {
            let frameByteCount = properties.channelCount * SampleEncoding.float32.byteCount
            var bytes = [UInt8](repeating: 0, count: max(1, count / properties.channelCount) * frameByteCount)
            let (frameCount, status) = bytes.withUnsafeMutableBytes { file.read(properties.channelCount, into: $0) }
            if let failure = source.failure { throw failure }
            // A recording that is damaged further on ends where it does.
            guard status == noErr || hasRead else { throw .damaged }
            let length = status == noErr ? frameCount * frameByteCount : 0
            hasRead = hasRead || length > 0
            let samples = bytes.withUnsafeBytes {
                SampleEncoding.float32.planes(
                    in: UnsafeRawBufferPointer(rebasing: $0[..<length]), channelCount: properties.channelCount,
                    channel: channel)
            }
            return DecodedBlock(
                samples: samples, channelCount: channel == nil ? properties.channelCount : 1,
                sampleRate: properties.sampleRate)
        }
    }
#endif
