import GigaSTT
import TestSupport
import Testing

/// Partials of a recording: reading waits for them, and nothing else changes.
@Suite struct RecordingPartialTests {
    private static func events(_ item: Recordings.Item, _ options: TranscriptionOptions) async throws -> [LiveEvent] {
        var segments = try await LiveModel.shared.segments(of: .file(item.url), options: options)
        segments.hasPartials = true
        var iterator = segments.makeAsyncIterator()
        var events: [LiveEvent] = []
        while let event = try await iterator.nextEvent() { events.append(event) }
        return events
    }

    /// The partials of each utterance, and its final.
    private static func utterances(_ events: [LiveEvent]) -> [(partials: [Partial], final: Segment)] {
        var (utterances, partials): ([(partials: [Partial], final: Segment)], [Partial]) = ([], [])
        for event in events {
            switch event {
            case .partial(let partial): partials.append(partial)
            case .final(let segment):
                utterances.append((partials, segment))
                partials = []
            case .speechStarted, .speechStopped, .flushed, .speakers, .speakersUnavailable:
                Issue.record("not an event of a recording")
            }
        }
        return utterances
    }

    /// With the passes of the built-in model and without, which commits words sooner.
    @Test(arguments: ["01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12"], [true, false])
    func finalsAreThoseWithoutPartialsAndNothingCommittedChanges(name: String, isPunctuated: Bool) async throws {
        let item = try Recordings.named(name)
        var options = TranscriptionOptions()
        options.text.punctuation = isPunctuated
        let finals = try await LiveModel.shared.transcribe(item.url, options: options).segments
        let events = try await mustEnd { [options] in try await Self.events(item, options) }
        let utterances = Self.utterances(events)
        #expect(utterances.map(\.final) == finals)
        for (partials, final) in utterances {
            // At most one for each second; one at least where two blocks of a second lie within the speech.
            let length = final.end - final.start
            #expect(Double(partials.count) <= length + 1)
            let spoken = (final.words.last?.end ?? 0) - (final.words.first?.start ?? 0)
            #expect(spoken < 2 || !partials.isEmpty, "\(final.text)")
            var committed = ""
            for partial in partials {
                #expect(partial.committedText + partial.tentativeText == partial.text)
                #expect(partial.committedText.hasPrefix(committed))
                committed = partial.committedText
                let times = partial.words.flatMap { [$0.start, $0.end] }
                #expect(times.allSatisfy { (final.start - 0.5...final.end + 0.5).contains($0) })
            }
        }
        if !isPunctuated, item.text.split(separator: " ").count > 40 {
            #expect(utterances.flatMap(\.partials).contains { !$0.committedText.isEmpty })
        }
    }

    @Test func theyAreOffUnlessTheyAreAskedFor() async throws {
        let item = try Recordings.named("12")
        var iterator = try await LiveModel.shared.segments(of: .file(item.url)).makeAsyncIterator()
        while let event = try await iterator.nextEvent() {
            if case .partial = event { Issue.record("a partial") }
        }
    }

    /// As samples in memory, and through the sequence of segments alone.
    @Test func theSequenceLeavesThemOut() async throws {
        let item = try Recordings.named("12")
        let recognizer = try await LiveModel.shared
        var segments = recognizer.segments(ofSamples: try Recordings.samples(item))
        segments.hasPartials = true
        var finals: [Segment] = []
        for try await segment in segments { finals.append(segment) }
        #expect(finals == (try await recognizer.transcribe(item.url).segments))
    }
}
