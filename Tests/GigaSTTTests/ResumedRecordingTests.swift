import GigaSTT
import TestSupport
import Testing

/// A recording that is recognised in two goes has the utterances of one.
@Suite struct ResumedRecordingTests {
    @Test(arguments: ["10", "11", "12"]) func goesOnBehindEachUtterance(_ name: String) async throws {
        let recognizer = try await Recognizer(.demo)
        let source = AudioSource.file(try Recordings.named(name).url)
        var options = TranscriptionOptions()
        options.endpointing = Endpointing(silence: .milliseconds(500), blankRun: true)
        let whole = try await collect(recognizer.segments(of: source, options: options))
        #expect(whole.count > 2)
        for (index, segment) in whole.enumerated() where segment.endpoint == .silence {
            let rest = try await collect(recognizer.segments(of: source, options: options, after: [segment.end]))
            #expect(rest == Array(whole[(index + 1)...]), "after \(segment.end) s")
        }
        await recognizer.shutDown()
    }

    @Test func nothingIsLeftBehindTheLastUtterance() async throws {
        let recognizer = try await Recognizer(.demo)
        let source = AudioSource.file(try Recordings.named("07").url)
        let whole = try await collect(recognizer.segments(of: source))
        let end = try #require(whole.last).end
        #expect(try await collect(recognizer.segments(of: source, options: .init(), after: [end])).isEmpty)
        #expect(try await collect(recognizer.segments(of: source, options: .init(), after: [end + 100])).isEmpty)
        await recognizer.shutDown()
    }

    /// A gap of a minute, of which the recognition hears ten seconds, keeps its length.
    @Test func timesCountAGap() async throws {
        let recognizer = try await Recognizer(.demo)
        let speech = try Recordings.samples(Recordings.named("07"))
        let samples = speech + [Float](repeating: 0, count: 16_000 * 20) + speech
        let source = AudioSource.bytes([UInt8](WaveFile.data(samples)))
        let whole = try await collect(recognizer.segments(of: source))
        let first = try #require(whole.first { $0.endpoint == .silence })
        let rest = try await collect(recognizer.segments(of: source, options: .init(), after: [first.end]))
        #expect(rest == Array(whole.dropFirst()))
        await recognizer.shutDown()
    }

    private func collect(_ segments: TranscriptSegments) async throws -> [Segment] {
        var all: [Segment] = []
        for try await segment in segments { all.append(segment) }
        return all
    }
}
