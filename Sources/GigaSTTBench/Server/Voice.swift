import Foundation
import LiveBenchmark
import NIOCore

/// What a session says, ready to be sent; shared by the sessions that say the same.
struct Voice: Sendable {
    let talk: Talk
    /// One frame for each block.
    let frames: [ByteBuffer]
    /// All of it.
    let samples: ByteBuffer
    /// The same audio as a file.
    var file: ByteBuffer { WaveFile.whole(samples) }

    init(_ talk: Talk) {
        self.talk = talk
        let blocks = talk.blocks.map { block in
            var bytes = ByteBuffer()
            for sample in block { bytes.writeInteger(Self.integer(sample), endianness: .little) }
            return bytes
        }
        frames = blocks.map(WireFrame.binary)
        var samples = ByteBuffer()
        for block in blocks { samples.writeImmutableBuffer(block) }
        self.samples = samples
    }

    private static func integer(_ sample: Float) -> Int16 {
        Int16(max(-32_768, min(32_767, (sample * 32_768).rounded())))
    }
}

extension WaveFile {
    /// A file of samples of 16 bits.
    static func whole(_ samples: ByteBuffer) -> ByteBuffer {
        var file = ByteBuffer(bytes: header(byteCount: samples.readableBytes))
        file.writeImmutableBuffer(samples)
        return file
    }
}
