import NIOCore
import Testing

@testable import GigaSTTServer

@Suite struct ChannelSplitterTests {
    /// 100 and 300, then −100 and −200, little-endian.
    private static let stereo: [UInt8] = [100, 0, 44, 1, 0x9C, 0xFF, 0x38, 0xFF]

    @Test(arguments: 0...8) func bytesMayBeCutAnywhere(cut: Int) {
        var splitter = ChannelSplitter(sampleByteCount: 2, channelCount: 2)
        var channels: [[UInt8]] = [[], []]
        for part in [Self.stereo.prefix(cut), Self.stereo.dropFirst(cut)] {
            for (index, samples) in splitter.split(ByteBuffer(bytes: part)).enumerated() {
                channels[index] += samples.readableBytesView
            }
        }
        #expect(channels == [[100, 0, 0x9C, 0xFF], [44, 1, 0x38, 0xFF]])
    }

    @Test func samplesMayHaveOneByte() {
        var splitter = ChannelSplitter(sampleByteCount: 1, channelCount: 2)
        let channels = splitter.split(ByteBuffer(bytes: [1, 2, 3, 4, 5]))
        #expect(channels.map { Array($0.readableBytesView) } == [[1, 3], [2, 4]])
    }
}
