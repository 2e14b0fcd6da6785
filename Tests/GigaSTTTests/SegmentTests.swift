import Foundation
import GigaSTT
import TestSupport
import Testing

/// The segments of a recording of which the manifest gives the time of each sentence.
@Suite struct SegmentTests {
    private static let iterated = Task {
        var segments: [Segment] = []
        let url = try Recordings.named("12").url
        for try await segment in try await SharedRecognizer.get().segments(of: .file(url)) {
            segments.append(segment)
        }
        return segments
    }
    private let item: Recordings.Item
    private let recognizer: Recognizer
    private let segments: [Segment]

    init() async throws {
        item = try Recordings.named("12")
        recognizer = try await SharedRecognizer.get()
        segments = try await Self.iterated.value
    }

    @Test func eachSentenceBetweenPausesIsOneSegmentAtItsTime() async throws {
        let spoken = segments.filter { !$0.words.isEmpty }
        #expect(spoken.map(\.text) == item.sentences.map(\.written))
        for (segment, sentence) in zip(spoken, item.sentences) {
            let first = try #require(segment.words.first)
            let last = try #require(segment.words.last)
            #expect(abs(first.start - sentence.start) < 0.3)
            // The sound of the last word ends with the sentence.
            #expect(abs(last.end - sentence.end) < 0.2)
        }
    }

    @Test func segmentsAccountForEverySampleOnce() async throws {
        let samples = try Recordings.samples(item).count
        #expect(segments.first?.start == 0)
        for (segment, next) in zip(segments, segments.dropFirst()) { #expect(segment.end == next.start) }
        #expect(segments.last?.end == Double(samples) / 16_000)
        #expect(segments.last?.endpoint == .endOfInput)
    }

    @Test func wordsAreInOrderWithinTheirSegment() async throws {
        for segment in segments {
            var time = segment.start
            for word in segment.words {
                #expect(word.start >= time && word.end >= word.start && word.end <= segment.end)
                #expect(word.confidence > 0 && word.confidence <= 1)
                time = word.start
            }
        }
    }

    @Test func nothingIsReadBeforeTheFirstSegmentIsAskedFor() async throws {
        let feed = ByteFeed()
        let source = feed.source(of: [UInt8](try Data(contentsOf: item.url)))
        var iterator = recognizer.segments(of: source).makeAsyncIterator()
        #expect(feed.handedOut.count == 0)
        #expect(try await iterator.next() != nil)
        #expect(feed.handedOut.count > 0)
    }

    @Test func theFirstSegmentComesBeforeTheRecordingHasBeenRead() async throws {
        let samples = try Recordings.samples(item)
        let file = [UInt8](WaveFile.data(samples + samples + samples))
        let feed = ByteFeed()
        var iterator = recognizer.segments(of: feed.source(of: file)).makeAsyncIterator()
        #expect(try await iterator.next()?.text == item.sentences.first?.written)
        #expect(feed.handedOut.count < file.count / 2)
    }

    @Test func aSequenceOfAFileCanBeIteratedAgain() async throws {
        let sequence = recognizer.segments(of: .file(item.url))
        for try await _ in sequence { break }
        var again: [Segment] = []
        for try await segment in sequence { again.append(segment) }
        #expect(again == segments)
    }

    @Test func afterTheLastSegmentThereIsNone() async throws {
        var iterator = recognizer.segments(of: .file(try Recordings.named("01").url)).makeAsyncIterator()
        while try await iterator.next() != nil {}
        #expect(try await iterator.next() == nil)
    }

    @Test func withoutEndpointsARecordingIsOneSegment() async throws {
        var options = TranscriptionOptions()
        options.endpointing = .manual
        // Shorter than the longest window.
        let samples = Array(try Recordings.samples(item).prefix(18 * 16_000))
        let transcript = try await recognizer.transcribe(samples: samples, options: options)
        #expect(transcript.segments.count == 1)
    }
}
