#if canImport(AVFAudio)
    public import AVFAudio
    public import GigaSTT

    /// Turns buffers of AVFAudio into 16 kHz samples of one channel, −1…1 and finite.
    ///
    /// ```swift
    /// var converter = AudioBufferConverter()
    /// try await stream.append(try converter.convert(buffer))
    /// ```
    /// Channels are averaged. The rate may change from buffer to buffer, as where another microphone is connected. The samples
    /// are copied: the buffer can be used again when `convert` returns. Rates are converted by `Resampler`, so that the same
    /// audio gives the same text on every system.
    public struct AudioBufferConverter: Sendable {
        private var sampleRate = 0
        private var resampler: Resampler?

        /// Prepares for a stream.
        public init() {}

        /// The samples that are complete; up to 16 ms stay in the filter, except at 16 kHz.
        ///
        /// - Throws: `MediaError` with code `unsupportedRate`, or `unsupportedFormat` for samples that are neither 32-bit floats
        ///   nor integers of 16 or 32 bits.
        public mutating func convert(_ buffer: AVAudioPCMBuffer) throws(MediaError) -> [Float] {
            let rate = Int(buffer.format.sampleRate.rounded())
            var output: [Float] = []
            if rate != sampleRate {
                let next = try Resampler(from: rate)
                output = finish()
                (resampler, sampleRate) = (next, rate)
            }
            output += resampler?.append(try buffer.mean()) ?? []
            return output
        }

        /// What the filter still holds; a new stream may follow.
        public mutating func finish() -> [Float] { resampler?.finish() ?? [] }
    }

    extension AVAudioPCMBuffer {
        /// The mean of the channels, −1…1.
        fileprivate func mean() throws(MediaError) -> [Float] {
            if let channels = floatChannelData { return mean(channels) { $0 } }
            if let channels = int16ChannelData { return mean(channels) { Float($0) * 0x1p-15 } }
            if let channels = int32ChannelData { return mean(channels) { Float($0) * 0x1p-31 } }
            throw .unsupportedSamples
        }

        /// `channels` are valid as long as the buffer; the next frame of a channel is `stride` samples further.
        private func mean<Sample>(
            _ channels: UnsafePointer<UnsafeMutablePointer<Sample>>, _ value: (Sample) -> Float
        ) -> [Float] {
            let count = Int(format.channelCount)
            return (0..<Int(frameLength)).map { frame in
                (0..<count).reduce(0) { $0 + value(channels[$1][frame * stride]) } / Float(max(1, count))
            }
        }
    }
#endif
