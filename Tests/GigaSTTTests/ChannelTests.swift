import GigaSTT
import TestSupport
import Testing

@Suite struct ChannelTests {
    private let left: [Float]
    private let right: [Float]

    /// Two who speak at the same time, and the second goes on alone.
    init() throws {
        left = try Recordings.samples(Recordings.named("09_"))
        let pause = [Float](repeating: 0, count: 16_000)
        right =
            try pause + Recordings.samples(Recordings.named("07_")) + pause
            + Recordings.samples(Recordings.named("06_"))
    }

    private func stereo(_ left: [Float], _ right: [Float]) -> AudioSource {
        let count = max(left.count, right.count)
        let all = (0..<count).flatMap { [$0 < left.count ? left[$0] : 0, $0 < right.count ? right[$0] : 0] }
        return .bytes([UInt8](WaveFile.data(all, channels: 2)))
    }

    private var apart: TranscriptionOptions {
        var options = TranscriptionOptions()
        options.channels = .apart
        return options
    }

    @Test func eachChannelIsASpeaker() async throws {
        let recognizer = try await SharedRecognizer.get()
        let transcript = try await recognizer.transcribe(stereo(left, right), options: apart)
        let silence = [Float](repeating: 0, count: right.count - left.count)
        let alone = [
            try await recognizer.transcribe(samples: left + silence).words,
            try await recognizer.transcribe(samples: right).words,
        ]
        for (speaker, words) in alone.enumerated() {
            let found = transcript.words.filter { $0.speaker == speaker }
            #expect(!words.isEmpty && found.map(\.text) == words.map(\.text))
            #expect(found.map(\.start) == words.map(\.start))
        }
        #expect(transcript.words.count == alone[0].count + alone[1].count)
        #expect(zip(transcript.words, transcript.words.dropFirst()).allSatisfy { $0.start <= $1.start })
        // They overlap, so words alternate, but utterances are in order of their first words.
        #expect(Set(transcript.words.prefix(8).map(\.speaker)).count == 2)
        let starts = transcript.segments.compactMap { $0.words.first?.start }
        #expect(starts == starts.sorted() && starts.count > 2)
        #expect(transcript.duration == Double(right.count) / 16_000)
    }

    @Test func sameSoundInBothChannelsIsOneVoice() async throws {
        let recognizer = try await SharedRecognizer.get()
        let source = stereo(left, left)
        let transcript = try await recognizer.transcribe(source, options: apart)
        #expect(try await transcript == recognizer.transcribe(source))
        #expect(!transcript.words.isEmpty && transcript.words.allSatisfy { $0.speaker == nil })
    }

    @Test func monoAndSamplesAreOneVoice() async throws {
        let recognizer = try await SharedRecognizer.get()
        let mono = try await recognizer.transcribe(Recordings.named("09_").url, options: apart)
        let samples = try await recognizer.transcribe(samples: left, options: apart)
        #expect(mono == samples && mono.words.allSatisfy { $0.speaker == nil } && !mono.words.isEmpty)
    }

    @Test func streamCannotBeToldApart() async throws {
        let recognizer = try await SharedRecognizer.get()
        let options = apart
        let failure = await #expect(throws: GigaSTTError.self) {
            try await recognizer.transcribe(.stream { _ in 0 }, options: options)
        }
        #expect(failure?.code == .invalidOption)
    }

    @Test func damagedRecordingIsRefused() async throws {
        let recognizer = try await SharedRecognizer.get()
        let options = apart
        let failure = await #expect(throws: GigaSTTError.self) {
            try await recognizer.transcribe(.bytes([1, 2, 3]), options: options)
        }
        #expect(failure?.code == .audioUnreadable)
    }
}
