/// How live audio arrives: raw little-endian samples of one channel.
public struct PCMFormat: Sendable, Hashable {
    /// The rates live audio may have, in Hz.
    public static let sampleRates = [8000, 16_000, 24_000, 44_100, 48_000]

    let encoding: SampleEncoding
    /// Bytes of a sample.
    package var byteCount: Int { encoding.byteCount }
    /// Samples per second.
    public let sampleRate: Int

    private init(_ encoding: SampleEncoding, _ sampleRate: Int) throws(MediaError) {
        guard Self.sampleRates.contains(sampleRate) else {
            let rates = Self.sampleRates.map(String.init).joined(separator: ", ")
            throw MediaError(.unsupportedRate, "Unsupported sample rate: \(sampleRate)Hz. Send one of \(rates) Hz.")
        }
        self.init(checked: encoding, sampleRate)
    }

    private init(checked encoding: SampleEncoding, _ sampleRate: Int) {
        self.encoding = encoding
        self.sampleRate = sampleRate
    }

    /// Signed 16-bit samples.
    ///
    /// - Throws: `MediaError` with code `unsupportedRate` for a rate that is not in ``sampleRates``.
    public static func pcm16(sampleRate: Int) throws(MediaError) -> PCMFormat {
        try PCMFormat(.signed16, sampleRate)
    }

    /// IEEE 754 samples of 32 bits, −1…1.
    ///
    /// - Throws: `MediaError` with code `unsupportedRate` for a rate that is not in ``sampleRates``.
    public static func float32(sampleRate: Int) throws(MediaError) -> PCMFormat {
        try PCMFormat(.float32, sampleRate)
    }

    /// The format with samples as those of ``float32(sampleRate:)``.
    package var withFloats: PCMFormat { PCMFormat(checked: .float32, sampleRate) }

    /// Samples as telephony and its protocols send them: 16 bits, or G.711 at any rate that the encoding admits.
    ///
    /// - Throws: `MediaError` with code `invalidEncoding` for a codec whose frames hold several samples.
    package static func headerless(_ declared: HeaderlessEncoding) throws(MediaError) -> PCMFormat {
        let encoding: SampleEncoding
        switch declared.codec {
        case .slin: encoding = .signed16
        case .ulaw: encoding = .ulaw
        case .alaw: encoding = .alaw
        case .g722, .gsm:
            throw MediaError(
                .invalidEncoding, "Live audio of this codec is not supported. Send linear16, mulaw or alaw.")
        }
        return PCMFormat(checked: encoding, declared.sampleRate)
    }
}
