import Foundation
import STTMedia
import Testing

@Suite struct WaveTests {
    private static let ramp = (0..<1000).map { Int16($0 * 30 - 15_000) }
    private static let expected = ramp.map { Float($0) / 32_768 }

    private func samples(_ bytes: [UInt8]) throws -> [Float] { try Reading(.bytes(bytes)).samples }

    @Test func sixteenBitSamplesAreDividedBy32768() throws {
        let bytes = WaveBytes().file(WaveBytes.pcm16([0, 1, -1, 32_767, -32_768, 16_384]))
        #expect(try samples(bytes) == [0, 1 / 32_768.0, -1 / 32_768.0, 32_767 / 32_768.0, -1, 0.5])
    }

    @Test func eachWidthHasItsOwnFullScale() throws {
        let bytes: [UInt8] = [0, 64, 128, 192]
        let three: [UInt8] = [0, 0, 0x80, 0, 0, 0x40, 1, 0, 0]
        let four: [UInt8] = [0, 0, 0, 0x80, 0, 0, 0, 0x40]
        #expect(try samples(WaveBytes(bits: 8).file(bytes)) == [-1, -0.5, 0, 0.5] as [Float])
        #expect(try samples(WaveBytes(bits: 24).file(three)) == [-1, 0.5, 0x1p-23] as [Float])
        #expect(try samples(WaveBytes(bits: 32).file(four)) == [-1, 0.5] as [Float])
    }

    @Test func floatSamplesAreLimitedAndFreeOfNaN() throws {
        let values: [Float] = [0.25, -0.5, 7, -7, .nan, .infinity, -.infinity]
        let single = WaveBytes(tag: 3, bits: 32).file(values.flatMap { WaveBytes.bytes($0.bitPattern) })
        let double = WaveBytes(tag: 3, bits: 64).file(values.flatMap { WaveBytes.bytes(Double($0).bitPattern) })
        #expect(try samples(single) == [0.25, -0.5, 1, -1, 0, 1, -1])
        #expect(try samples(double) == [0.25, -0.5, 1, -1, 0, 1, -1])
    }

    @Test(arguments: [2, 3, 6, 64])
    func channelsAreAveraged(_ channelCount: Int) throws {
        var values: [Int16] = []
        var means: [Double] = []
        for frame in 0..<50 {
            let channels = (0..<channelCount).map { Int16(frame * 100 + $0 * 7 - 2000) }
            let sum = channels.reduce(0) { $0 + Int($1) }
            values += channels
            means.append(Double(sum) / Double(channelCount) / 32_768)
        }
        let samples = try samples(WaveBytes(channelCount: UInt16(channelCount)).file(WaveBytes.pcm16(values)))
        #expect(samples.count == 50)
        #expect(zip(samples, means).allSatisfy { abs(Double($0) - $1) < 1e-7 })
    }

    @Test func silentChannelOfACompressedRecordingDoesNotHalveTheOther() throws {
        let left = try Recordings.url("s16.wav").path
        let flac = try Recordings.url("s16.wav").deletingLastPathComponent().appendingPathComponent("half.flac")
        // Left the signal, right silence.
        try FFmpegCommand.run(["-i", left, "-af", "pan=stereo|c0=c0|c1=0*c0", flac.path])
        let half = try Reading(.file(flac)).samples
        let whole = try Reading(.file(URL(fileURLWithPath: left))).samples
        #expect(half.count == whole.count)
        #expect(zip(half, whole).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    @Test(arguments: [0, 1, UInt32.max, UInt32.max - 1, 4_000_000_000, 2000])
    func statedSizeIsCutToWhatIsThere(_ stated: UInt32) throws {
        let bytes = WaveBytes(statedSize: stated).file(WaveBytes.pcm16(Self.ramp))
        let expected = stated == 1 ? [] : Self.expected
        #expect(try samples(bytes) == expected)
        if stated != 0 { #expect(try Reading(.trickle(bytes)).samples == expected) }
        #expect(try AudioReader(.bytes(bytes)).properties.duration == Double(expected.count) / 16_000)
    }

    @Test func anEmptyDataChunkBeforeAnotherChunkIsEmpty() throws {
        let bytes = WaveBytes().file([]) + WaveBytes.chunk("LIST", Array("INFOISFT".utf8))
        #expect(try samples(bytes).isEmpty)
    }

    @Test func recordingsOfNoneAndOneSampleAreRead() throws {
        #expect(try samples(WaveBytes().file([])).isEmpty)
        #expect(try samples(WaveBytes().file([0, 64])) == [0.5])
        #expect(try samples(WaveBytes(sampleRate: 48_000).file([0, 64])).count == 1)
        #expect(try samples(WaveBytes(sampleRate: 8000).file([0, 64])).count == 2)
    }

    @Test func halfASampleFrameAtTheEndIsLeftOut() throws {
        #expect(try samples(WaveBytes(channelCount: 2).file([0, 64, 0, 64, 0, 64])) == [0.5])
    }

    @Test func chunksOfOddSizeAreSkippedWithTheirPadding() throws {
        let between = WaveBytes.chunk("LIST", [1, 2, 3]) + WaveBytes.chunk("bext", Array(repeating: 9, count: 5001))
        let bytes = WaveBytes(between: between).file(WaveBytes.pcm16(Self.ramp))
        #expect(try samples(bytes) == Self.expected)
        #expect(try Reading(.trickle(bytes)).samples == Self.expected)
    }

    @Test func audioAfterALongHeaderIsReadFromAStream() throws {
        let between = WaveBytes.chunk("JUNK", Array(repeating: 0, count: 600_000))
        let bytes = WaveBytes(between: between).file(WaveBytes.pcm16(Self.ramp))
        #expect(try Reading(.trickle(bytes)).samples == Self.expected)
    }

    @Test func aCodecThatNeedsAnotherStartIsRefusedBehindALongHeader() throws {
        let between = WaveBytes.chunk("JUNK", Array(repeating: 0, count: 600_000))
        let bytes = WaveBytes(tag: 2, bits: 4, frameByteCount: 1024, between: between).file(
            Array(repeating: 0, count: 2048))
        #expect(Reading.failure(.trickle(bytes))?.code == .unsupportedFormat)
    }

    @Test func extensibleFormatNamesItsCodingInTheSubformat() throws {
        let tail: [UInt8] = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]
        let formatExtension = WaveBytes.bytes(UInt16(22)) + WaveBytes.bytes(UInt16(16)) + WaveBytes.bytes(UInt32(4))
        let bytes = WaveBytes(tag: 0xFFFE, formatExtension: formatExtension + [1, 0] + tail)
            .file(WaveBytes.pcm16(Self.ramp))
        #expect(try samples(bytes) == Self.expected)
        #expect(try AudioReader(.bytes(bytes)).properties.codec == "pcm_s16le")
    }

    @Test func rf64TakesItsSizeFromTheLongSizeChunk() throws {
        let sizes = WaveBytes.chunk(
            "ds64",
            WaveBytes.bytes(UInt64(0)) + WaveBytes.bytes(UInt64(200)) + WaveBytes.bytes(UInt64(0)) + [0, 0, 0, 0])
        var bytes = WaveBytes(statedSize: .max, between: sizes).file(WaveBytes.pcm16(Self.ramp))
        bytes.replaceSubrange(0..<4, with: Array("RF64".utf8))
        #expect(try samples(bytes) == Array(Self.expected.prefix(100)))
    }

    @Test(arguments: [1, 44, 46, 200, 1999])
    func aFileCutShortGivesWhatIsThere(_ count: Int) throws {
        let bytes = WaveBytes().file(WaveBytes.pcm16(Self.ramp))
        let cut = Array(bytes.prefix(count))
        guard count >= 44 else {
            #expect(Reading.failure(.bytes(cut)) != nil)
            return
        }
        #expect(try samples(cut) == Array(Self.expected.prefix((count - 44) / 2)))
    }

    @Test(arguments: [0, 1, 999, 192_001, UInt32.max])
    func ratesOutOfRangeAreRefusedByNumber(_ rate: UInt32) throws {
        let failure = Reading.failure(.bytes(WaveBytes(sampleRate: rate).file([0, 0])))
        #expect(failure?.code == .unsupportedRate)
        #expect(failure?.message.hasPrefix("Unsupported sample rate: \(rate)Hz") == true)
    }

    @Test func channelCountsOutOfRangeAreRefused() throws {
        #expect(Reading.failure(.bytes(WaveBytes(channelCount: 0).file([0, 0])))?.code == .damaged)
        #expect(Reading.failure(.bytes(WaveBytes(channelCount: 65).file([0, 0])))?.code == .unsupportedFormat)
    }

    @Test func theLowestRateIsResampledInSmallSteps() throws {
        #expect(try samples(WaveBytes(sampleRate: 1_000).file(WaveBytes.pcm16([0, 8000, 0, 0]))).count == 64)
    }

    /// As FFmpeg and SoX read them: recorders misstate the frame, and 24 bits may lie in 32.
    @Test(arguments: [1, 3, 4, 8, 1024])
    func theBitsDecideWhereTheFrameIsMisstated(_ frameByteCount: UInt16) throws {
        let words = WaveBytes(frameByteCount: frameByteCount).file(WaveBytes.pcm16(Self.ramp))
        #expect(try samples(words) == Self.expected)
        let bytes = WaveBytes(bits: 8, frameByteCount: frameByteCount).file([0, 64, 128, 192])
        #expect(try samples(bytes) == [-1, -0.5, 0, 0.5] as [Float])
        let floats = WaveBytes(tag: 3, bits: 32, frameByteCount: frameByteCount)
        #expect(try samples(floats.file(WaveBytes.bytes(Float(0.25).bitPattern))) == [0.25])
    }

    @Test func samplesOf24BitsMayLieIn32() throws {
        for bits: UInt16 in [20, 24] {
            let bytes = WaveBytes(bits: bits, frameByteCount: 4).file([0, 0, 0, 0x80, 0, 0, 0, 0x40])
            #expect(try samples(bytes) == [-1, 0.5] as [Float])
        }
    }

    @Test func eightChannelsAt192kHzAreRead() throws {
        let frames = (0..<19_200).flatMap { frame in
            [Int16](repeating: Int16(10_000 * sin(2 * .pi * 500 * Double(frame) / 192_000)), count: 8)
        }
        let samples = try samples(WaveBytes(channelCount: 8, sampleRate: 192_000).file(WaveBytes.pcm16(frames)))
        #expect(samples.count == 1600)
        let tone = (0..<1600).map { Float(10_000 / 32_768.0 * sin(2 * .pi * 500 * Double($0) / 16_000)) }
        #expect(Measures.signalToNoise(tone[300..<1300], samples[300..<1300]) > 70)
    }

    @Test func aHeaderWithoutEndIsGivenUp() throws {
        let many = (0..<1000).flatMap { _ in WaveBytes.chunk("JUNK", []) }
        #expect(try samples(WaveBytes(between: Array(many.dropLast(16))).file([0, 64])) == [0.5])
        #expect(Reading.failure(.bytes(WaveBytes(between: many).file([0, 64])))?.code == .noAudio)
    }

    @Test func missingChunksAreNamed() throws {
        let start = Array("RIFF".utf8) + [0, 0, 0, 0] + Array("WAVE".utf8)
        #expect(Reading.failure(.bytes(start))?.message.hasPrefix("No audio codec parameters") == true)
        let format = WaveBytes().file([]).dropLast(8)
        #expect(Reading.failure(.bytes(Array(format)))?.message.hasPrefix("No audio track found") == true)
        let g722 = WaveBytes(tag: 0x64, bits: 4, frameByteCount: 1).file([]).dropLast(8)
        #expect(Reading.failure(.bytes(Array(g722)))?.message.hasPrefix("G.722 WAV has no data chunk") == true)
    }

    @Test(arguments: [0x0064, 0x0065, 0x028F])
    func allG722TagsAreDecoded(_ tag: UInt16) throws {
        let octets = try Recordings.bytes("raw.g722")
        let samples = try samples(WaveBytes(tag: tag, bits: 4, frameByteCount: 1).file(octets))
        #expect(samples.count == octets.count * 2)
        #expect(samples == (try Reading(.file(Recordings.url("g722.wav"))).samples))
    }
}
