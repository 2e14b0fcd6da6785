import GigaSTT
import TestSupport
import Testing

/// Speech without a pause, longer than the model takes at once: it is cut, and the cuts leave no trace.
@Suite struct LongSpeechTests {
    private static let longestSegment = 24.0
    private static let whole = Task {
        let samples = try Speech.withoutPauses()
        return (samples, try await SharedRecognizer.get().transcribe(samples: samples))
    }
    private let samples: [Float]
    private let transcript: Transcript
    private let recognizer: Recognizer

    init() async throws {
        (samples, transcript) = try await Self.whole.value
        recognizer = try await SharedRecognizer.get()
    }

    @Test func itIsCutAndNothingIsLostOrSaidTwice() async throws {
        #expect(transcript.duration > 60)
        let cuts = transcript.segments.filter { $0.endpoint == .maximumLength }.map(\.end)
        #expect(cuts.count >= 3)
        for segment in transcript.segments { #expect(segment.end - segment.start <= Self.longestSegment) }
        for cut in cuts { try await compareWords(at: cut) }
    }

    @Test func wordsAreInOrderAcrossCuts() async throws {
        for (segment, next) in zip(transcript.segments, transcript.segments.dropFirst()) {
            #expect(segment.end == next.start)
        }
        for (word, next) in zip(transcript.words, transcript.words.dropFirst()) {
            #expect(word.start <= next.start && word.start <= word.end)
        }
        // Both windows at a cut read a second beyond it, and a word belongs to the side that its middle is on.
        for segment in transcript.segments {
            for word in segment.words {
                #expect(word.start >= segment.start - 1 && word.end <= segment.end + 1)
            }
        }
    }

    /// Decodes a window that has the cut in its middle, where nothing is cut, and compares the words near it.
    private func compareWords(at cut: Double) async throws {
        let (reach, near) = (6.0, 2.5)
        let start = max(0, cut - reach)
        var options = TranscriptionOptions()
        options.endpointing = .manual
        let window = Array(samples[Int(start * 16_000)..<min(Int((cut + reach) * 16_000), samples.count)])
        let whole = try await recognizer.transcribe(samples: window, options: options)
        #expect(whole.segments.count == 1)
        let expected = whole.words.filter { abs(($0.start + $0.end) / 2 + start - cut) < near }
        let got = transcript.words.filter { abs(($0.start + $0.end) / 2 - cut) < near }
        #expect(expected.count >= 5)
        let errors = WordErrors.count(
            got.map(\.text).joined(separator: " "), against: expected.map(\.text).joined(separator: " "))
        // A word at either edge may fall on the other side of it, and the model hears one differently with other
        // surroundings; a second that is said twice or lost is three words and more.
        #expect(errors <= 2, "\(expected.map(\.text)) became \(got.map(\.text))")
    }
}
