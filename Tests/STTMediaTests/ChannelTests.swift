import TestSupport
import Testing

@testable import STTMedia

@Suite struct ChannelTests {
    /// How much of the test signal is in `samples`: the factor with the least error.
    private func share(_ samples: [Float], of signal: [Float] = TestSignal.at16k) -> Double {
        let pairs = zip(samples, signal).map { (Double($0), Double($1)) }
        return pairs.map { $0 * $1 }.reduce(0, +) / pairs.map { $1 * $1 }.reduce(0, +)
    }

    @Test(arguments: [
        "sides.wav", "sides24.wav", "sides32.wav", "sides-alaw.wav", "sides.flac", "sides.mp3", "sides.ogg",
        "sides.m4a",
    ])
    func eachChannelCanBeReadAlone(name: String) async throws {
        let source = AudioSource.file(try Recordings.url(name))
        let left = try Reading(source.channel(0, of: 2)).samples
        let right = try Reading(source.channel(1, of: 2)).samples
        #expect(left.count == right.count)
        let last = TestSignal.count48k - 1
        let reversed = (0..<TestSignal.count16k).map { Float(TestSignal.value(at: Double(last - 3 * $0) / 48_000)) }
        // The encoder of MP3 makes everything 3 % quieter.
        #expect(abs(share(left) - 1) < 0.04 && Measures.correlation(left, TestSignal.at16k, lag: 0) > 0.99)
        #expect(abs(share(right, of: reversed) - 0.5) < 0.02 && Measures.correlation(right, reversed, lag: 0) > 0.99)
        #expect(try await MediaFile(source).hasDistinctStereoChannels())
    }

    @Test func samplesOfAChannelAreExact() throws {
        var wave = WaveBytes()
        wave.channelCount = 2
        let file = wave.file(WaveBytes.pcm16([1, -2, 3, -4, 5, -6]))
        let scale: Float = 32_768
        #expect(try Reading(.bytes(file).channel(0, of: 2)).samples == [1 / scale, 3 / scale, 5 / scale])
        #expect(try Reading(.bytes(file).channel(1, of: 2)).samples == [-2 / scale, -4 / scale, -6 / scale])
        #expect(try Reading(.bytes(file)).samples == [-0.5 / scale, -0.5 / scale, -0.5 / scale])
    }

    @Test func planesFollowOneAnother() {
        let bytes: [UInt8] = [1, 0, 3, 0, 5, 0, 7, 0, 9]
        let both = bytes.withUnsafeBytes { SampleEncoding.signed16.planes(in: $0, channelCount: 2, channel: nil) }
        #expect(both == [1, 5, 3, 7].map { $0 / 32_768 })
        let second = bytes.withUnsafeBytes { SampleEncoding.signed16.planes(in: $0, channelCount: 2, channel: 1) }
        #expect(second == [3, 7].map { $0 / 32_768 })
    }

    @Test(arguments: [("s16.wav", 1), ("three.wav", 3), ("mp3.mp3", 1)])
    func otherNumbersOfChannelsAreRefused(name: String, count: Int) async throws {
        let source = AudioSource.file(try Recordings.url(name))
        let failure = try #require(Reading.failure(source.channel(1, of: 2)))
        #expect(failure.code == .otherChannels && failure.message.contains("has \(count) channels instead of 2"))
        #expect(try await !MediaFile(source).hasDistinctStereoChannels())
    }

    @Test func streamIsNotReadToBeCompared() async throws {
        let source = AudioSource.trickle(try Recordings.bytes("sides.wav"))
        #expect(!source.canRestart)
        let failure = await #expect(throws: MediaError.self) { try await MediaFile(source).hasDistinctStereoChannels() }
        #expect(failure?.code == .unreadable)
    }

    @Test func copiesInBothChannelsAreOneVoice() async throws {
        #expect(try await !MediaFile(.file(Recordings.url("stereo.wav"))).hasDistinctStereoChannels())
    }

    /// Of `a` and `a + k·b`, where a and b are independent and equally strong, the correlation is 1 / √(1 + k²).
    @Test(arguments: [(0.0, 1.0), (0.19, 0.9824), (0.22, 0.9766), (1.0, 0.7071), (-1.0, 0.7071)])
    func correlationIsPearsons(share: Float, expected: Double) {
        var generator = SeededRandom(7)
        var correlation = ChannelCorrelation()
        for _ in 0..<100 {
            let first = (0..<1_000).map { _ in Float.random(in: -0.3...0.3, using: &generator) }
            let second = first.map { 0.5 + $0 + share * Float.random(in: -0.3...0.3, using: &generator) }
            correlation.append(first[...], second[...])
        }
        #expect(abs(correlation.value - expected) < 0.001)
    }

    @Test func silenceIsLikeNothing() {
        var correlation = ChannelCorrelation()
        #expect(correlation.value == 0)
        correlation.append([0.5, 0.5, 0.5], [0.1, -0.1, 0.2])
        #expect(correlation.value == 0)
        var opposite = ChannelCorrelation()
        opposite.append([0.1, -0.1], [-0.2, 0.2, 9])
        #expect(abs(opposite.value + 1) < 1e-9)
    }
}
