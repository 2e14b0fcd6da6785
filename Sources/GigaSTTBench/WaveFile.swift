import Foundation

/// Recordings as the benchmarks make them: WAV, 16 kHz, mono, 16 bits.
enum WaveFile {
    /// Bytes before the samples.
    static let headerSize = 44

    /// Writes `seconds` of audio, repeating `speech` as often as needed.
    static func write(to url: URL, seconds: Int, repeating speech: Data) throws {
        let size = seconds * 32_000
        try header(byteCount: size).write(to: url)
        let handle = try FileHandle(forWritingTo: url)
        defer { try? handle.close() }
        try handle.seekToEnd()
        var missing = size
        while missing > 0, !speech.isEmpty {
            let part = speech.prefix(missing)
            try handle.write(contentsOf: part)
            missing -= part.count
        }
    }

    /// The header before `byteCount` bytes of samples.
    static func header(byteCount: Int, sampleRate: Int = 16_000) -> Data {
        func bytes<Value: FixedWidthInteger>(_ value: Value) -> Data {
            withUnsafeBytes(of: value.littleEndian) { Data($0) }
        }
        return Data("RIFF".utf8) + bytes(UInt32(36 + byteCount)) + Data("WAVEfmt ".utf8) + bytes(UInt32(16))
            + bytes(UInt16(1)) + bytes(UInt16(1)) + bytes(UInt32(sampleRate))
            + bytes(UInt32(2 * sampleRate))
            + bytes(UInt16(2)) + bytes(UInt16(16)) + Data("data".utf8) + bytes(UInt32(byteCount))
    }
}
