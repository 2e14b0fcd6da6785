import Foundation

/// Finds out how to read a file without header: GSM by its frames, the rest by the extensions of Asterisk and SoX.
enum RawFormatGuess {
    /// Octets of a GSM 06.10 frame, which begins with the bits 1101.
    private static let frameByteCount = 33
    private static let comparedFrames = 2000
    /// Fewer frames than this may begin so by chance.
    private static let fewestFrames = 7
    /// The most of the other octets that may begin so, too, in percent: of GSM about 6 do, of quiet A-law (0xD5) most.
    private static let mostOthers = 30

    /// The format of bytes that are of no known container; `nil` when nothing is known of them.
    static func format(of bytes: any ByteSource, url: URL?) throws(MediaError) -> HeaderlessEncoding? {
        if let url, let named = named(url.pathExtension.lowercased()) { return named }
        return try isGSM(bytes) ? HeaderlessEncoding(codec: .gsm, sampleRate: 8000) : nil
    }

    private static func isGSM(_ source: any ByteSource) throws(MediaError) -> Bool {
        let bytes = try source.bytes(at: 0, count: comparedFrames * frameByteCount)
        let starts = Array(stride(from: 0, to: bytes.count, by: frameByteCount))
        guard bytes.count >= fewestFrames * frameByteCount, starts.allSatisfy({ bytes[$0] >> 4 == 0xD }) else {
            return false
        }
        let others = bytes.count { $0 >> 4 == 0xD } - starts.count
        return others * 100 < mostOthers * (bytes.count - starts.count)
    }

    private static func named(_ fileExtension: String) -> HeaderlessEncoding? {
        switch fileExtension {
        case "gsm": try? HeaderlessEncoding(codec: .gsm, sampleRate: 8000)
        case "ul", "ulaw", "pcm": try? HeaderlessEncoding(codec: .ulaw, sampleRate: 8000)
        case "al", "alaw": try? HeaderlessEncoding(codec: .alaw, sampleRate: 8000)
        case "g722": try? HeaderlessEncoding(codec: .g722, sampleRate: 16_000)
        case "sln", "slin", "raw": try? HeaderlessEncoding(codec: .slin, sampleRate: 8000)
        case "sln12", "sln16", "sln24", "sln32", "sln48", "sln96", "sln192":
            try? HeaderlessEncoding(codec: .slin, sampleRate: (Int(fileExtension.dropFirst(3)) ?? 0) * 1000)
        case "sln44": try? HeaderlessEncoding(codec: .slin, sampleRate: 44_100)
        default: nil
        }
    }
}
