import Foundation
import TestSupport
import Testing

@testable import STTMedia

/// Several channels become one without losing the voice that is in them.
@Suite struct DownmixTests {
    /// Pulsed noise in place of speech: as irregular as it, and with pauses.
    private static func voice(_ seed: UInt64, count: Int = 64_000) -> [Float] {
        var random = SeededRandom(seed)
        var last: Float = 0
        return (0..<count).map { index in
            last = 0.7 * last + Float.random(in: -0.1...0.1, using: &random)
            return index / 3200 % 3 == 0 ? 0 : last
        }
    }

    private static func noise(_ seed: UInt64, level: Float, count: Int = 64_000) -> [Float] {
        var random = SeededRandom(seed)
        return (0..<count).map { _ in Float.random(in: -level...level, using: &random) }
    }

    private static func delayed(_ samples: [Float], by count: Int) -> [Float] {
        [Float](repeating: 0, count: count) + samples.dropLast(count)
    }

    private func read(_ channels: [[Float]]) throws -> (samples: [Float], notes: [MediaNote]) {
        let frames = (0..<channels[0].count).flatMap { frame in
            channels.map { Int16(max(-1, min(1, $0[frame])) * 32_767) }
        }
        let file = WaveBytes(channelCount: UInt16(channels.count)).file(WaveBytes.pcm16(frames))
        let reader = try AudioReader(.bytes(file))
        var samples: [Float] = []
        while case let block = try reader.read(upTo: 5000), !block.isEmpty { samples += block }
        return (samples, reader.notes)
    }

    /// What is read in relation to the voice: 1 = its own level.
    private func level(_ samples: [Float], of voice: [Float]) -> Double {
        (Measures.power(samples) / Measures.power(voice)).squareRoot()
    }

    @Test(arguments: [0, 3, 16, 160, 319])
    func invertedCopyAtAnyDelayUsesTheStrongerChannel(_ delay: Int) throws {
        let voice = Self.voice(1)
        let copy = Self.delayed(voice, by: delay).map { -0.8 * $0 }
        for channels in [[voice, copy], [copy, voice]] {
            let (samples, notes) = try read(channels)
            #expect(Measures.correlation(samples, voice) > 0.999)
            #expect(abs(level(samples, of: voice) - 1) < 0.01)
            #expect(notes.map(\.code) == [.cancellingChannels])
        }
    }

    @Test(arguments: [8, 16, 160, 319])
    func lateCopyIsNoComb(_ delay: Int) throws {
        let voice = Self.voice(2)
        let (samples, notes) = try read([voice, Self.delayed(voice, by: delay)])
        #expect(max(Measures.correlation(samples, voice), Measures.correlation(samples, voice, lag: delay)) > 0.999)
        #expect(notes.map(\.code) == [.cancellingChannels])
    }

    @Test func equalChannelsAreTheirMean() throws {
        let voice = Self.voice(3)
        let (samples, notes) = try read([voice, voice])
        #expect(zip(samples, voice).allSatisfy { abs($0 - $1) < 1e-4 })
        #expect(notes.isEmpty)
    }

    @Test func differentVoicesAreBothKept() throws {
        let (first, second) = (Self.voice(4), Self.voice(5))
        let (samples, notes) = try read([first, second])
        #expect(zip(samples, zip(first, second)).allSatisfy { abs($0 - ($1.0 + $1.1) / 2) < 1e-4 })
        #expect(notes.isEmpty)
    }

    @Test(arguments: [0, 0.001, 0.02])
    func deadOrNoisyChannelDoesNotHalveTheLevel(_ noise: Float) throws {
        let voice = Self.voice(6)
        for channels in [[voice, Self.noise(7, level: noise)], [Self.noise(8, level: noise), voice]] {
            let (samples, notes) = try read(channels)
            #expect(zip(samples, voice).allSatisfy { abs($0 - $1) < 1e-4 })
            #expect(notes.isEmpty)
        }
    }

    /// The second caller begins after four seconds of line noise: nothing of the first words may be lost.
    @Test func voiceThatBeginsLateInANoisyChannelIsKept() throws {
        let first = Self.voice(9, count: 160_000)
        let noise = Self.noise(10, level: 0.002, count: 160_000)
        let late = [Float](repeating: 0, count: 64_000) + Self.voice(11, count: 96_000)
        let second = zip(noise, late).map { $0 + $1 }
        let samples = try read([first, second]).samples
        let mean = zip(first, second).map { ($0 + $1) / 2 }
        let begin = 66_000
        #expect(Measures.correlation(Array(samples[begin...]), Array(mean[begin...])) > 0.99)
    }

    @Test func oneOfSixChannelsWithSpeechIsHeardAtItsLevel() throws {
        let voice = Self.voice(12)
        let silence = [Float](repeating: 0, count: voice.count)
        let samples = try read([silence, silence, voice, silence, silence, silence]).samples
        #expect(zip(samples, voice).allSatisfy { abs($0 - $1) < 1e-4 })
    }

    @Test func threeChannelsThatCancelLeaveTheStrongest() throws {
        let voice = Self.voice(13)
        let (samples, notes) = try read([voice, voice.map { -0.6 * $0 }, voice.map { -0.4 * $0 }])
        #expect(Measures.correlation(samples, voice) > 0.999)
        #expect(notes.map(\.code) == [.cancellingChannels])
    }

    @Test func moreChannelsThanAreComparedAreAveraged() throws {
        let voice = Self.voice(14, count: 20_000)
        let channels = [[Float]](repeating: voice, count: Downmixer.comparedChannels + 1)
        #expect(zip(try read(channels).samples, voice).allSatisfy { abs($0 - $1) < 1e-4 })
    }

    @Test(arguments: [1, 333, 16_384])
    func boundariesOfBlocksLeaveNoTrace(_ size: Int) {
        let (left, right) = (Self.voice(15, count: 40_000), Self.voice(15, count: 40_000).map { -$0 })
        func mixed(_ size: Int) -> [Float] {
            var mixer = Downmixer(channelCount: 2, sampleRate: 16_000)
            var output: [Float] = []
            for start in stride(from: 0, to: left.count, by: size) {
                let range = start..<min(left.count, start + size)
                output += mixer.append(
                    DecodedBlock(samples: Array(left[range] + right[range]), channelCount: 2, sampleRate: 16_000))
            }
            return output + mixer.finish()
        }
        #expect(mixed(size) == mixed(40_000))
        #expect(mixed(size).count == left.count)
    }

    @Test(arguments: [(0, 1), (0, -1), (16, 1), (40, -1), (160, 1), (320, -1)] as [(Int, Float)])
    func copiesAreOneVoiceWhateverTheirSignAndDelay(_ delay: Int, _ sign: Float) {
        let voice = Self.voice(16)
        var comparison = ChannelComparison(sampleRate: 16_000)
        let copy = Self.delayed(voice, by: delay).map { sign * $0 }
        comparison.append(DecodedBlock(samples: voice + copy, channelCount: 2, sampleRate: 16_000))
        let isOneVoice = comparison.isOneVoice()
        #expect(isOneVoice)
    }

    @Test func otherVoicesEchoesAndSilenceAreTwo() {
        let voice = Self.voice(17)
        let others = [Self.voice(18), Self.noise(19, level: 0.1), [Float](repeating: 0, count: voice.count)]
        // A second is no delay of a cable.
        for other in others + [Self.delayed(voice, by: 16_000)] {
            var comparison = ChannelComparison(sampleRate: 16_000)
            comparison.append(DecodedBlock(samples: voice + other, channelCount: 2, sampleRate: 16_000))
            let isOneVoice = comparison.isOneVoice()
            #expect(!isOneVoice)
        }
    }
}
