import Foundation
import GigaSTT
import TestSupport
import Testing

/// The words of one head in the writing of another: the built-in model, and the small model of `e2e_rnnt`.
@Suite struct FusionTests {
    private static func recognizer(_ folder: TemporaryFolder) async throws -> Recognizer {
        var configuration = RecognizerConfiguration()
        configuration.fusion = true
        configuration.workerCount = 2
        return try await Recognizer(ModelFolder(at: folder.url), configuration: configuration)
    }

    @Test func finalsAreWrittenByTheSecondHead() async throws {
        let folder = try TemporaryFolder.withTwoHeads()
        let recognizer = try await Self.recognizer(folder)
        #expect(recognizer.capabilities.fusion && recognizer.head == .rnnt)
        let url = try Recordings.named("12").url
        let fused = try await recognizer.transcribe(url)
        var options = TranscriptionOptions()
        (options.text.fusion, options.text.numbers) = (false, false)
        let bare = try await recognizer.transcribe(url, options: options)
        #expect(bare.words.count > 5 && fused.words == bare.words)
        #expect(bare.text == bare.text.lowercased() && bare.text == bare.words.map(\.text).joined(separator: " "))
        // Each utterance is a sentence, and its numerals are digits.
        for segment in fused.segments where !segment.words.isEmpty {
            #expect(segment.text.first?.isUppercase == true && ".?!".contains(segment.text.last ?? " "))
        }
        #expect(fused.text.contains("6") && fused.text.contains("30"))
        await recognizer.shutDown()
    }

    /// Without numerals the words stay what they are, and all that is added are marks and capitals.
    @Test(arguments: ["01", "06", "07", "09"]) func wordsKeepTheirLetters(name: String) async throws {
        let recognizer = try await Self.recognizer(TemporaryFolder.withTwoHeads())
        var options = TranscriptionOptions()
        options.maximumAlternatives = 3
        let transcript = try await recognizer.transcribe(try Recordings.named(name).url, options: options)
        let readings = transcript.segments.compactMap(\.alternatives).flatMap(\.self)
        #expect(!readings.isEmpty)
        for reading in readings {
            // Where the heads part words differently, the second one decides.
            #expect(reading.text.lowercased().filter(\.isLetter) == reading.words.map(\.text).joined())
        }
        #expect(transcript.text.first?.isUppercase == true)
        await recognizer.shutDown()
    }

    @Test func liveFinalsAreThoseOfTheFile() async throws {
        let folder = try TemporaryFolder.withTwoHeads()
        let recognizer = try await Self.recognizer(folder)
        let samples = try Recordings.samples(Recordings.named("12"))
        let file = try await recognizer.transcribe(samples: samples)
        let blocks = AsyncStream<LiveInput> { source in
            for start in stride(from: 0, to: samples.count, by: 1_600) {
                source.yield(.audio(Array(samples[start..<min(start + 1_600, samples.count)])))
            }
            source.finish()
        }
        var (texts, partials) = ([String](), [Partial]())
        try await recognizer.transcribe(live: blocks) { event in
            switch event {
            case .final(let segment): texts.append(segment.text)
            case .partial(let partial): partials.append(partial)
            default: break
            }
        }
        #expect(texts.filter { !$0.isEmpty } == file.segments.map(\.text).filter { !$0.isEmpty })
        // Partials are bare, and nothing of them is committed that a final would write otherwise.
        #expect(partials.allSatisfy { $0.text == $0.text.lowercased() && $0.committedText.isEmpty })
        await recognizer.shutDown()
    }

    @Test func fusionNeedsBothHeads() async throws {
        var configuration = RecognizerConfiguration()
        configuration.fusion = true
        let missing = await #expect(throws: GigaSTTError.self) {
            _ = try await Recognizer(.demo, configuration: configuration)
        }
        #expect(missing?.code == .modelMissing && missing?.message.contains("e2e_rnnt") == true)
        let folder = try TemporaryFolder.withTwoHeads()
        let wrong = await #expect(throws: GigaSTTError.self) {
            _ = try await Recognizer(ModelFolder(at: folder.url, head: .e2eRNNT), configuration: configuration)
        }
        #expect(wrong?.code == .invalidOption)
        let recognizer = try await Recognizer(.demo)
        var options = TranscriptionOptions()
        options.text.fusion = true
        let refused = await #expect(throws: GigaSTTError.self) {
            _ = try await recognizer.transcribe(samples: [0], options: options)
        }
        #expect(refused?.code == .invalidOption && !recognizer.capabilities.fusion)
        await recognizer.shutDown()
    }

    /// The calibration of a folder, where it is asked for.
    @Test func calibratedConfidencesFollowTheFile() async throws {
        let folder = try TemporaryFolder.withTwoHeads()
        try Data(#"{"rnnt":{"slope":0.5,"offset":-1}}"#.utf8)
            .write(to: folder.url.appendingPathComponent("confidence.json"))
        let recognizer = try await Recognizer(ModelFolder(at: folder.url))
        #expect(recognizer.capabilities.calibratedConfidence)
        let samples = try Recordings.samples(Recordings.named("01"))
        let raw = try await recognizer.transcribe(samples: samples)
        var options = TranscriptionOptions()
        options.confidence = .calibrated
        let calibrated = try await recognizer.transcribe(samples: samples, options: options)
        #expect(calibrated.text == raw.text && !raw.words.isEmpty)
        for (word, other) in zip(raw.words, calibrated.words) {
            let odds = Double(word.confidence) / (1 - Double(word.confidence))
            let expected = 1 / (1 + exp(1) / odds.squareRoot())
            #expect(word.confidence > 0.999_99 || abs(Double(other.confidence) - expected) < 1e-3)
            #expect(other.confidence < word.confidence)
        }
        await recognizer.shutDown()
    }
}
