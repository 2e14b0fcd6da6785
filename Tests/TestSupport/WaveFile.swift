public import Foundation

/// A WAV file in memory: PCM of 16 bits.
public enum WaveFile {
    /// The file with these samples, which are −1…1; for several channels they alternate.
    ///
    /// - Parameter claimedByteCount: the length in the header; the real one by default.
    public static func data(
        _ samples: [Float], sampleRate: Int = 16_000, channels: Int = 1, claimedByteCount: UInt32? = nil
    ) -> Data {
        let body = samples.flatMap { bytes(UInt64(bitPattern: Int64($0 * 32_767)), 2) }
        return header(
            byteCount: claimedByteCount ?? UInt32(body.count), sampleRate: sampleRate, channels: channels) + Data(body)
    }

    /// The first 44 bytes of a file.
    public static func header(byteCount: UInt32, sampleRate: Int = 16_000, channels: Int = 1) -> Data {
        let frame = 2 * channels
        let fields: [(value: Int, width: Int)] = [
            (16, 4), (1, 2), (channels, 2), (sampleRate, 4), (sampleRate * frame, 4), (frame, 2), (16, 2),
        ]
        var data = Data("RIFF".utf8)
        data.append(contentsOf: bytes(UInt64(byteCount) + 36, 4))
        data.append(contentsOf: "WAVEfmt ".utf8)
        for field in fields { data.append(contentsOf: bytes(UInt64(field.value), field.width)) }
        data.append(contentsOf: "data".utf8)
        data.append(contentsOf: bytes(UInt64(byteCount), 4))
        return data
    }

    private static func bytes(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
    }
}
