/// How to understand audio bytes that come without a header, as telephony systems store them; always one channel.
public struct HeaderlessEncoding: Sendable, Hashable {
    /// The speech codecs that are used without a header.
    public enum Codec: String, Sendable, Hashable, CaseIterable {
        /// G.711 µ-law.
        case ulaw
        /// G.711 A-law.
        case alaw
        /// G.722 at 64 kbit/s.
        case g722
        /// GSM 06.10 full rate, frames of 33 octets.
        case gsm
        /// Signed 16-bit samples, little-endian; Asterisk's name.
        case slin

        /// The codec of that name, nil if there is none; case is ignored.
        ///
        /// Names are `pcmu` or `ulaw`, `pcma` or `alaw`, `g722`, `gsm`, `slin` or `s16le`.
        public init?(name: String) {
            switch name.lowercased() {
            case "pcmu", "ulaw": self = .ulaw
            case "pcma", "alaw": self = .alaw
            case "g722": self = .g722
            case "gsm": self = .gsm
            case "slin", "s16le": self = .slin
            default: return nil
            }
        }
    }

    /// The codec of the bytes.
    public let codec: Codec
    /// The declared rate in Hz.
    ///
    /// G.722 always carries 16 kHz audio, whichever of its two rates is declared.
    public let sampleRate: Int

    /// Declares an encoding.
    ///
    /// - Parameter sampleRate: 8000…48 000 for G.711; 8000 (as SDP has it, RFC 3551 §4.5.2) or 16 000 for G.722; 8000
    ///   for GSM; 8000…192 000 for 16-bit samples.
    /// - Throws: `MediaError` with code `invalidEncoding` for another rate.
    public init(codec: Codec, sampleRate: Int) throws(MediaError) {
        switch codec {
        case .ulaw, .alaw:
            guard (8000...48_000).contains(sampleRate) else {
                throw MediaError(
                    .invalidEncoding,
                    "Unsupported sample rate: \(sampleRate)Hz for G.711. Declare 8000 to 48000 Hz.")
            }
        case .g722:
            guard sampleRate == 8000 || sampleRate == 16_000 else {
                throw MediaError(
                    .invalidEncoding, "Unsupported sample rate: \(sampleRate)Hz for G.722. Declare 8000 or 16000 Hz.")
            }
        case .gsm:
            guard sampleRate == 8000 else {
                throw MediaError(
                    .invalidEncoding, "Unsupported sample rate: \(sampleRate)Hz for GSM. Declare 8000 Hz.")
            }
        case .slin:
            guard (8000...192_000).contains(sampleRate) else {
                throw MediaError(
                    .invalidEncoding,
                    "Unsupported sample rate: \(sampleRate)Hz for 16-bit samples. Declare 8000 to 192000 Hz.")
            }
        }
        self.codec = codec
        self.sampleRate = sampleRate
    }

    /// Declares an encoding by the name of its codec.
    ///
    /// - Throws: `MediaError` with code `invalidEncoding` for an unknown name or a rate the codec does not have.
    public init(codecName: String, sampleRate: Int) throws(MediaError) {
        guard let codec = Codec(name: codecName) else {
            throw MediaError(
                .invalidEncoding, "Unsupported audio codec. Declare pcmu, ulaw, pcma, alaw, g722, gsm or slin.")
        }
        try self.init(codec: codec, sampleRate: sampleRate)
    }
}
