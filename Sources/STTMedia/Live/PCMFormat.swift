/// How live audio arrives: raw little-endian samples of one channel.
public struct PCMFormat: Sendable, Hashable {
    /// The rates live audio may have, in Hz.
    public static let sampleRates = [8000, 16_000, 24_000, 44_100, 48_000]

    let encoding: SampleEncoding
    /// Samples per second, one of ``sampleRates``.
    public let sampleRate: Int

    private init(_ encoding: SampleEncoding, _ sampleRate: Int) throws(MediaError) {
        guard Self.sampleRates.contains(sampleRate) else {
            let rates = Self.sampleRates.map(String.init).joined(separator: ", ")
            throw MediaError(.unsupportedRate, "Unsupported sample rate: \(sampleRate)Hz. Send one of \(rates) Hz.")
        }
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
}
