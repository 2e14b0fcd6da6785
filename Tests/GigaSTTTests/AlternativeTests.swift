import Foundation
import GigaSTT
import TestSupport
import Testing

/// Several readings of an utterance, with the built-in model.
@Suite struct AlternativeTests {
    private let samples: [Float]

    init() throws { samples = try Recordings.samples(Recordings.named("01")) }

    @Test func theReadingsOfARecordingDifferAndTheBestIsItsText() async throws {
        let recognizer = try await LiveModel.shared
        var options = TranscriptionOptions()
        options.maximumAlternatives = 5
        let transcript = try await recognizer.transcribe(samples: samples, options: options)
        let readings = try #require(transcript.alternatives)
        #expect((2...5).contains(readings.count) && readings[0].text == transcript.text)
        #expect(Set(readings.map(\.text)).count == readings.count)
        #expect(readings.map(\.score) == readings.map(\.score).sorted(by: >))
        for segment in transcript.segments where !segment.words.isEmpty {
            let own = try #require(segment.alternatives)
            #expect(own[0].words == segment.words && own[0].text == segment.text)
            #expect(own.allSatisfy { $0.words.allSatisfy { (segment.start...segment.end).contains($0.start) } })
        }
        // The model hears "чторы"; the word that was said is among its readings.
        #expect(readings.contains { $0.text.contains("шторы") })
    }

    @Test func oneReadingIsWhatItWasBefore() async throws {
        let recognizer = try await LiveModel.shared
        let transcript = try await recognizer.transcribe(samples: samples)
        #expect(transcript.segments.allSatisfy { $0.alternatives == nil } && transcript.alternatives == nil)
        #expect(!transcript.rendered(as: .json).contains("alternatives"))
    }

    @Test(arguments: [Blocking.every(1_600), .whole, .random(4)])
    func aLiveFinalHasTheReadingsOfTheFile(_ blocking: Blocking) async throws {
        let recognizer = try await LiveModel.shared
        var (live, file) = (LiveOptions(), TranscriptionOptions())
        (live.maximumAlternatives, file.maximumAlternatives) = (3, 3)
        let finals = try await recognizer.play(blocking.blocks(samples), live).finals
        #expect(finals == (try await recognizer.transcribe(samples: samples, options: file).segments))
        #expect(finals.contains { ($0.alternatives?.count ?? 0) > 1 })
    }

    @Test(arguments: [0, 11, -1]) func otherNumbersAreRefused(count: Int) async throws {
        let recognizer = try await LiveModel.shared
        var (live, file) = (LiveOptions(), TranscriptionOptions())
        (live.maximumAlternatives, file.maximumAlternatives) = (count, count)
        let error = await #expect(throws: GigaSTTError.self) {
            _ = try await recognizer.transcribe(samples: samples, options: file)
        }
        #expect(error?.code == .invalidOption)
        #expect(throws: GigaSTTError.self) { _ = try recognizer.liveStream(options: live) }
    }

    @Test func textsOfAllReadingsAreFormatted() async throws {
        let recognizer = try await LiveModel.shared
        let samples = try Recordings.samples(Recordings.named("04_"))
        var options = TranscriptionOptions()
        options.maximumAlternatives = 4
        let transcript = try await recognizer.transcribe(samples: samples, options: options)
        let readings = try #require(transcript.alternatives)
        #expect(readings[0].text == transcript.text)
        #expect(readings.allSatisfy { $0.text.contains(where: \.isNumber) })
    }
}
