import Foundation
import GigaSTT
import TestSupport
import Testing

/// Speakers of recordings with the small speaker model beside the built-in one.
@Suite struct SpeakerTests {
    private func options(_ count: Int? = nil) throws -> TranscriptionOptions {
        var options = TranscriptionOptions()
        options.speakers = try SpeakerSeparation(count: count)
        return options
    }

    @Test func aDialogueHasTheSpeakersOfItsTurns() async throws {
        let recognizer = try await SharedRecognizer.get()
        #expect(recognizer.capabilities.speakers && recognizer.speakerFailure == nil)
        let item = try Recordings.named("11_")
        let transcript = try await recognizer.transcribe(item.url, options: try options())
        let plain = try await recognizer.transcribe(item.url)
        // The text is the same; only speakers are added.
        var bare = transcript
        for index in bare.segments.indices {
            for word in bare.segments[index].words.indices { bare.segments[index].words[word].speaker = nil }
        }
        #expect(bare == plain)
        // The turns alternate (Demo/manifest.json), with pauses of half a second.
        let turns = item.sentences.map { sentence in
            transcript.words.filter {
                ($0.start + $0.end) / 2 > sentence.start && ($0.start + $0.end) / 2 < sentence.end
            }
            .map(\.speaker)
        }
        // The model is small: it may take one of the turns of little more than a second for the other voice's.
        let wrong = turns.indices.filter { Set(turns[$0]) != [$0 % 2] }
        #expect(turns.count == 8 && wrong.count <= 1 && wrong.allSatisfy { Set(turns[$0]).count == 1 }, "\(turns)")
    }

    @Test func theNumberOfSpeakersCanBeGiven() async throws {
        let recognizer = try await SharedRecognizer.get()
        let url = try Recordings.named("11_").url
        let one = try await recognizer.transcribe(url, options: try options(1))
        #expect(Set(one.words.map(\.speaker)) == [0])
        let two = try await recognizer.transcribe(url, options: try options(2))
        #expect(Set(two.words.map(\.speaker)) == [0, 1])
    }

    @Test func oneVoiceWithPausesIsOneSpeaker() async throws {
        let recognizer = try await SharedRecognizer.get()
        for name in ["10_", "12_"] {
            let transcript = try await recognizer.transcribe(try Recordings.named(name).url, options: try options())
            #expect(Set(transcript.words.map(\.speaker)) == [0], "\(name)")
        }
    }

    @Test func silenceAndTonesHaveNoOrOneSpeaker() async throws {
        let recognizer = try await SharedRecognizer.get()
        let silence = try await recognizer.transcribe(
            samples: [Float](repeating: 0, count: 160_000), options: try options())
        #expect(silence.words.isEmpty && silence.duration == 10)
        let chords: [Float] = (0..<320_000).map { index in
            let time = Double(index) / 16_000
            let root = [220.0, 277.2, 329.6, 440][index / 8_000 % 4]
            return Float(0.2 * sin(2 * .pi * root * time) + 0.1 * sin(2 * .pi * root * 1.5 * time))
        }
        let music = try await recognizer.transcribe(samples: chords, options: try options())
        #expect(music.words.allSatisfy { $0.speaker != nil })
    }

    @Test func noSpeakersAreFoundWhereNoneAreAskedForOrThereIsNoModel() async throws {
        let folder = try TemporaryFolder(model: ModelFileName.quantized)
        let recognizer = try await Recognizer(ModelFolder(at: folder.url))
        let item = try Recordings.named("11_")
        #expect(!recognizer.capabilities.speakers && recognizer.speakerFailure == nil)
        let transcript = try await recognizer.transcribe(item.url, options: try options())
        #expect(!transcript.words.isEmpty && transcript.words.allSatisfy { $0.speaker == nil })
        await recognizer.shutDown()
        let plain = try await SharedRecognizer.get().transcribe(item.url)
        #expect(plain.words.allSatisfy { $0.speaker == nil })
    }

    @Test func soundsBesideADialogueLeaveItsTwoSpeakers() async throws {
        let samples = try Recordings.samples(Recordings.named("11_"))
        var random = SeededRandom(5)
        func sound(_ value: (Double) -> Double) -> [Float] { (0..<80_000).map { Float(value(Double($0) / 16_000)) } }
        // Laughter: bursts of voiced sound, five a second. Music: a chord with a beat.
        let laughter = sound { time in
            let burst = max(0, sin(2 * .pi * 5 * time))
            return 0.2 * burst
                * (sin(2 * .pi * 240 * time) + 0.6 * sin(2 * .pi * 720 * time)
                    + Double.random(in: -1...1, using: &random))
        }
        let music = sound { time in
            [220.0, 277, 330].reduce(0) { $0 + 0.08 * sin(2 * .pi * $1 * time) } * (1 + sin(2 * .pi * 2 * time)) / 2
        }
        let noise = sound { _ in Double.random(in: -0.1...0.1, using: &random) }
        let recognizer = try await SharedRecognizer.get()
        var options = TranscriptionOptions()
        options.speakers = SpeakerSeparation()
        let before = laughter + music
        let source = AudioSource.bytes([UInt8](WaveFile.data(before + samples + noise)))
        let transcript = try await recognizer.transcribe(source, options: options)
        let (start, end) = (Double(before.count) / 16_000, Double(before.count + samples.count) / 16_000)
        let speakers = transcript.words.filter { $0.start >= start && $0.end <= end }.map(\.speaker)
        #expect(Set(speakers).count == 2 && !speakers.contains(nil), "\(speakers)")
    }

    @Test func aDamagedSpeakerModelDoesNotKeepSpeechFromBeingRecognised() async throws {
        let folder = try TemporaryFolder(model: ModelFileName.quantized)
        try folder.write(Data("not a model".utf8), as: "wespeaker_resnet34.onnx")
        let recognizer = try await Recognizer(ModelFolder(at: folder.url))
        #expect(!recognizer.capabilities.speakers && recognizer.speakerFailure?.code == .modelDamaged)
        #expect(try await !recognizer.transcribe(try Recordings.named("06_").url).text.isEmpty)
        await recognizer.shutDown()
    }
}
