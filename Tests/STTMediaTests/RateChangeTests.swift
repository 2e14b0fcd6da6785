import Testing

@testable import STTMedia

/// A recording may change its rate on the way; nothing of either part may get lost.
@Suite struct RateChangeTests {
    private final class Blocks: AudioDecoder {
        let properties = AudioProperties(
            container: "blocks", codec: "none", sampleRate: 8000, channelCount: 1, duration: nil)
        let skippedPacketCount = 0
        let tracks: [AudioTrack] = []
        private var blocks: [DecodedBlock]

        init(_ blocks: [DecodedBlock]) { self.blocks = blocks }

        func read(upTo count: Int) throws(MediaError) -> DecodedBlock {
            blocks.isEmpty ? DecodedBlock(samples: [], sampleRate: 8000) : blocks.removeFirst()
        }
    }

    @Test(arguments: [1, 50, 1000])
    func eachPartKeepsItsLength(_ blockSize: Int) throws {
        let parts = [(8000, 100), (8000, 1), (48_000, 300), (16_000, 7), (1, 1), (44_100, 441)]
        let reader = AudioReader(
            Blocks(parts.map { DecodedBlock(samples: Array(repeating: 0.5, count: $0.1), sampleRate: $0.0) }))
        var total = 0
        while true {
            let count = try reader.read(upTo: blockSize).count
            if count == 0 { break }
            total += count
        }
        #expect(total == 202 + 100 + 7 + 16_000 + 160)
    }
}
