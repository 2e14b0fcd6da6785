import STTMedia
import Testing

/// The same signal must come out of every container: as long, in the same place, and alike.
@Suite struct ContainerTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let codec: String
        /// Lossless codecs reach 1; what is lost below is the codec's.
        var likeness = 0.999
        /// Samples more or less than the signal has.
        var countTolerance = 0
        /// Encoder delay that the container does not state, in samples at 16 kHz.
        var lag = 0
        var isStreamed = false
        var testDescription: String { isStreamed ? "\(name), streamed" : name }
    }

    /// What each container must give.
    ///
    /// Tolerances: ffmpeg rounds the length when it resamples before encoding; ADPCM and Vorbis in Matroska do not say
    /// how full their last block is; W64 pads to 8 bytes; FFmpeg leaves the padding of an MP3 that cannot seek. Lags:
    /// G.722 delays by 22 samples (ITU-T G.722); ADTS does not tell the 1024 samples of its encoder's delay.
    static let cases = [
        Case(name: "s16.wav", codec: "pcm_s16le", likeness: 0.99999),
        Case(name: "u8.wav", codec: "pcm_u8"),
        Case(name: "s24.wav", codec: "pcm_s24le", likeness: 0.99999),
        Case(name: "s32.wav", codec: "pcm_s32le", likeness: 0.99999),
        Case(name: "f32.wav", codec: "pcm_f32le", likeness: 0.99999),
        Case(name: "f64.wav", codec: "pcm_f64le", likeness: 0.99999),
        Case(name: "s64.wav", codec: "pcm_s64le", likeness: 0.99999),
        Case(name: "stereo.wav", codec: "pcm_s16le", likeness: 0.99999),
        Case(name: "alaw.wav", codec: "pcm_alaw", likeness: 0.998, countTolerance: 2),
        Case(name: "mulaw.wav", codec: "pcm_mulaw", likeness: 0.998, countTolerance: 2),
        Case(name: "g722.wav", codec: "adpcm_g722", likeness: 0.99, countTolerance: 1, lag: 22),
        Case(name: "adpcm.wav", codec: "adpcm_ima_wav", likeness: 0.99, countTolerance: 700),
        Case(name: "s8.aiff", codec: "pcm_s8"),
        Case(name: "s16.au", codec: "pcm_s16be", likeness: 0.99999),
        Case(name: "s16.caf", codec: "pcm_s16le", likeness: 0.99999),
        Case(name: "w64.w64", codec: "pcm_s16le", likeness: 0.99999, countTolerance: 1),
        Case(name: "mp3.mp3", codec: "mp3"),
        Case(name: "mp3-44.mp3", codec: "mp3", countTolerance: 1),
        Case(name: "mp3.mp3", codec: "mp3", countTolerance: 384, isStreamed: true),
        Case(name: "aac.m4a", codec: "aac", likeness: 0.99),
        Case(name: "alac.m4a", codec: "alac", likeness: 0.99999),
        Case(name: "adts.aac", codec: "aac", likeness: 0.97, countTolerance: 800, lag: 341),
        Case(name: "vorbis.ogg", codec: "vorbis"),
        Case(name: "opus.ogg", codec: "opus", likeness: 0.99),
        Case(name: "opus.webm", codec: "opus", likeness: 0.99),
        Case(name: "live.webm", codec: "opus", likeness: 0.99, isStreamed: true),
        Case(name: "flac.flac", codec: "flac", likeness: 0.99999),
        Case(name: "flac24.flac", codec: "flac", likeness: 0.99999),
        Case(name: "flac.flac", codec: "flac", likeness: 0.99999, isStreamed: true),
        Case(name: "vorbis.mkv", codec: "vorbis", countTolerance: 200),
        Case(name: "video.mp4", codec: "aac", likeness: 0.99),
        Case(name: "s16.wav", codec: "pcm_s16le", likeness: 0.99999, isStreamed: true),
    ]

    @Test(arguments: cases)
    func everyContainerGivesTheSameSignal(_ test: Case) throws {
        let source: AudioSource =
            test.isStreamed ? .trickle(try Recordings.bytes(test.name)) : .file(try Recordings.url(test.name))
        let reading = try Reading(source)
        #expect(reading.properties.codec == test.codec)
        #expect(reading.skippedPacketCount == 0)
        let excess = reading.samples.count - TestSignal.count16k
        #expect(abs(excess) <= test.countTolerance, "\(excess) samples too many")
        #expect(reading.samples.allSatisfy { abs($0) <= 1 })
        #expect(Measures.bestLag(reading.samples, TestSignal.at16k, around: test.lag) == test.lag)
        #expect(Measures.correlation(reading.samples, TestSignal.at16k, lag: test.lag) > test.likeness)
    }

    @Test(arguments: ["s16.wav", "f32.wav", "flac.flac", "aac.m4a", "s8.aiff", "vorbis.ogg"])
    func statedDurationIsTheLengthOfTheSignal(_ name: String) throws {
        let properties = try AudioReader(.file(Recordings.url(name))).properties
        let duration = try #require(properties.duration)
        #expect(abs(duration - 72_003 / 48_000.0) < 0.0002)
        #expect(properties.sampleRate == 48_000)
        #expect(properties.channelCount == 1)
    }

    @Test(arguments: ["live.webm", "adts.aac"])
    func durationIsUnknownWhereNothingStatesIt(_ name: String) throws {
        #expect(try AudioReader(.bytes(Recordings.bytes(name))).properties.duration == nil)
    }

    @Test(arguments: [1, 7, 160, 16_000, 100_000])
    func blockSizeChangesNothing(_ blockSize: Int) throws {
        let source = AudioSource.bytes(try Recordings.bytes("short.mp3"))
        #expect(try Reading(source, blockSize: blockSize).samples == Reading(source).samples)
    }

    @Test func framesOfADifferentRateThanTheHeaderStartANewResampler() throws {
        // Two MP3 streams of different rates in a row, as some call recorders write them.
        let bytes = try Recordings.bytes("mp3.mp3") + Recordings.bytes("mp3-44.mp3")
        let samples = try Reading(.bytes(bytes)).samples
        #expect(abs(samples.count - 2 * TestSignal.count16k) < 2000)
        #expect(Measures.correlation(Array(samples.prefix(TestSignal.count16k)), TestSignal.at16k) > 0.99)
        #expect(Measures.bestLag(Array(samples.suffix(20_000)), Array(TestSignal.at16k.suffix(20_000))) < 20)
    }
}
