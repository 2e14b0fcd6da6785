/// Builds WAVE files byte by byte, truthful or not.
struct WaveBytes {
    var tag: UInt16 = 1
    var channelCount: UInt16 = 1
    var sampleRate: UInt32 = 16_000
    var bits: UInt16 = 16
    var frameByteCount: UInt16?
    /// Stated size of the data chunk, when it is not the true one.
    var statedSize: UInt32?
    /// Chunks between format and data.
    var between: [UInt8] = []
    var formatExtension: [UInt8] = []

    func file(_ audio: [UInt8]) -> [UInt8] {
        let frame = frameByteCount ?? (channelCount &* (bits / 8))
        var format = Self.bytes(tag) + Self.bytes(channelCount) + Self.bytes(sampleRate)
        format += Self.bytes(sampleRate &* UInt32(frame)) + Self.bytes(frame) + Self.bytes(bits) + formatExtension
        let body =
            Array("WAVE".utf8) + Self.chunk("fmt ", format) + between
            + Array("data".utf8) + Self.bytes(statedSize ?? UInt32(audio.count)) + audio
        return Array("RIFF".utf8) + Self.bytes(UInt32(body.count)) + body
    }

    static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
        Array(name.utf8) + bytes(UInt32(content.count)) + content + (content.count % 2 == 1 ? [0] : [])
    }

    static func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }

    static func pcm16(_ samples: [Int16]) -> [UInt8] { samples.flatMap { bytes($0) } }
}
