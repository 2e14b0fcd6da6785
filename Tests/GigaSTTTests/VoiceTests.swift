import Foundation
import GigaSTT
import TestSupport
import Testing

/// Voices with names, with the small speaker model: two voices of the bundled dialogue.
@Suite struct VoiceTests {
    static func recognizer(_ folder: ModelFolder = .demo) async throws -> Recognizer {
        var configuration = RecognizerConfiguration()
        configuration.identifiesSpeakers = true
        configuration.workerCount = 2
        return try await Recognizer(folder, configuration: configuration)
    }

    /// What one of the two speakers of the dialogue says, `turns` of its turns.
    static func turns(_ speaker: Int, _ range: Range<Int> = 0..<4) throws -> [Float] {
        let item = try Recordings.named("11_")
        let samples = try Recordings.samples(item)
        return item.sentences.enumerated().filter { $0.offset % 2 == speaker && range.contains($0.offset / 2) }
            .flatMap { _, sentence -> [Float] in
                let (start, end) = (Int(sentence.start * 16_000), Int(sentence.end * 16_000))
                return Array(samples[max(0, start)..<min(samples.count, end)]) + [Float](repeating: 0, count: 8_000)
            }
    }

    static func source(_ samples: [Float]) -> AudioSource { .bytes([UInt8](WaveFile.data(samples))) }

    @Test func aVoiceOfTheDialogueIsNamedAndTheOtherOneStaysANumber() async throws {
        let recognizer = try await Self.recognizer()
        #expect(recognizer.capabilities.speakerNames)
        let voice = try await recognizer.voicePrint(named: " Анна ", of: [Self.source(try Self.turns(0))])
        #expect(voice.name == "Анна" && voice.seconds > 5 && voice.model.count == 64)
        #expect(abs(voice.vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-4)
        var options = TranscriptionOptions()
        options.speakers = try SpeakerSeparation(count: 2)
        options.knownVoices = try KnownVoices([voice])
        let item = try Recordings.named("11_")
        let transcript = try await recognizer.transcribe(item.url, options: options)
        // The first turn is that of the first speaker.
        let first = try #require(transcript.words.first?.speaker)
        #expect(transcript.speakerNames?.map(\.speaker) == [first] && transcript.speakerNames?.first?.name == "Анна")
        // Another person's recording has no name.
        let other = try await recognizer.transcribe(try Recordings.named("12_").url, options: options)
        #expect(other.speakerNames == [])
        await recognizer.shutDown()
    }

    @Test func whatShowsNoSingleVoiceIsRefused() async throws {
        let recognizer = try await Self.recognizer()
        var random = SeededRandom(3)
        let noise = (0..<320_000).map { _ in Float.random(in: -0.3...0.3, using: &random) }
        let tones = (0..<320_000).map { Float(0.2 * sin(2 * .pi * 330 * Double($0) / 16_000)) }
        let recordings: [(String, [Float])] = [
            ("silence", [Float](repeating: 0, count: 320_000)), ("noise", noise), ("tones", tones),
            ("a second", Array(try Self.turns(0).prefix(16_000))),
            ("two voices", try Self.turns(0) + Self.turns(1)),
        ]
        for (name, samples) in recordings {
            let error = await #expect(throws: GigaSTTError.self, "\(name)") {
                try await recognizer.voicePrint(named: "Анна", of: [Self.source(samples)])
            }
            #expect(error?.code == .voiceUnusable, "\(name)")
        }
        let error = await #expect(throws: GigaSTTError.self) {
            try await recognizer.voicePrint(
                named: "Анна", of: [Self.source(try Self.turns(0)), Self.source(try Self.turns(1))])
        }
        #expect(error?.code == .voiceUnusable && error?.message.contains("different voices") == true)
        await recognizer.shutDown()
    }

    /// The voices of several recordings at once can be enrolled as one, which is none of the dialogue.
    @Test func babbleGivesNoNames() async throws {
        let recognizer = try await Self.recognizer()
        var babble = [Float](repeating: 0, count: 320_000)
        for name in ["06_", "07_", "08_", "09_", "12_"] {
            let samples = try Recordings.samples(Recordings.named(name))
            for index in babble.indices { babble[index] += 0.3 * samples[index % samples.count] }
        }
        let voice = try await recognizer.voicePrint(named: "Анна", of: [Self.source(babble)])
        var options = TranscriptionOptions()
        (options.speakers, options.knownVoices) = (try SpeakerSeparation(count: 2), try KnownVoices([voice]))
        let transcript = try await recognizer.transcribe(try Recordings.named("11_").url, options: options)
        #expect(transcript.speakerNames == [])
        await recognizer.shutDown()
    }

    @Test func referencesHaveAShortestAndALongestLength() async throws {
        let recognizer = try await Self.recognizer()
        let speech = try Self.turns(0)
        let short = await #expect(throws: GigaSTTError.self) {
            try await recognizer.voicePrint(
                named: "Анна", of: [Self.source(Array(speech.prefix(24_000)))], rules: .reference)
        }
        #expect(short?.code == .voiceUnusable && short?.message.contains("shorter than 2.0 s") == true)
        let long = await #expect(throws: GigaSTTError.self) {
            try await recognizer.voicePrint(named: "Анна", of: [Self.source(speech + speech)], rules: .reference)
        }
        #expect(long?.code == .audioTooLong)
        await recognizer.shutDown()
    }

    @Test func withoutTheSwitchThereAreNoNames() async throws {
        let recognizer = try await SharedRecognizer.get()
        #expect(recognizer.capabilities.speakers && !recognizer.capabilities.speakerNames)
        let error = await #expect(throws: GigaSTTError.self) {
            try await recognizer.voicePrint(named: "Анна", of: [Self.source(try Self.turns(0))])
        }
        #expect(error?.code == .invalidOption)
        var options = TranscriptionOptions()
        options.speakers = SpeakerSeparation()
        options.knownVoices = try KnownVoices([VoicePrint(name: "Анна", vector: [1, 0], seconds: 9, model: "m")])
        let refused = await #expect(throws: GigaSTTError.self) {
            try await recognizer.transcribe(try Recordings.named("06_").url, options: options)
        }
        #expect(refused?.code == .invalidOption)
        var live = LiveOptions()
        (live.speakers, live.knownVoices) = (SpeakerSeparation(), options.knownVoices)
        let closed = #expect(throws: GigaSTTError.self) { try recognizer.liveStream(options: live) }
        #expect(closed?.code == .invalidOption)
    }

    @Test func voicesOfAnotherModelAreRefused() async throws {
        let recognizer = try await Self.recognizer()
        var options = TranscriptionOptions()
        options.speakers = SpeakerSeparation()
        options.knownVoices = try KnownVoices([VoicePrint(name: "Анна", vector: [1, 0], seconds: 9, model: "m")])
        let error = await #expect(throws: GigaSTTError.self) {
            try await recognizer.transcribe(try Recordings.named("06_").url, options: options)
        }
        #expect(error?.code == .invalidOption && error?.message.contains("another speaker model") == true)
        await recognizer.shutDown()
    }

    @Test func aRecordingOfAnyLengthMayBeAllowed() async throws {
        let recognizer = try await Self.recognizer()
        var rules = VoiceRules()
        for longest in [Double.infinity, .greatestFiniteMagnitude, 1e9, 1e9.nextDown] {
            rules.durations = 0...longest
            let voice = try await recognizer.voicePrint(
                named: "Анна", of: [Self.source(try Self.turns(0))], rules: rules)
            #expect(voice.seconds > 5)
        }
        await recognizer.shutDown()
    }
}
