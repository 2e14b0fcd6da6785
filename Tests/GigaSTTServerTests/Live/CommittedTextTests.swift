import Foundation
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer

/// Committed text never changes.
@Suite struct CommittedTextTests {
    private static func words(_ text: String, from start: Double = 0) -> [Word] {
        text.split(separator: " ").enumerated().map { index, word in
            let start = start + Double(index)
            return Word(text: String(word), start: start, end: start + 0.6, confidence: 1)
        }
    }

    private static func close(_ committed: String, _ preview: String, _ final: Segment) -> Segment {
        var text = CommittedText()
        text.note(
            Partial(words: words(preview), stableWordCount: committed.split(separator: " ").count))
        return text.close(final)
    }

    /// What was committed, what the final heard at the same seconds, and what is sent.
    @Test(arguments: [
        ("", "да нет", "да нет"), ("да", "да нет", "да нет"), ("да нет", "да нет", "да нет"),
        ("поезд казан", "поезд казань прибывает", "поезд казан прибывает"), ("да", "дай нет", "да нет"),
        ("да нет", "", "да нет"), ("да нет", "да", "да нет"), ("а б", "в г д", "а б д"),
    ])
    func finalKeepsWhatWasCommitted(committed: String, final: String, expected: String) {
        let segment = Segment(words: Self.words(final), start: 0, end: 9, endpoint: .silence)
        let closed = Self.close(committed, committed + " э", segment)
        #expect(closed.text == expected && closed.words.map(\.text).joined(separator: " ") == expected)
        #expect((closed.start, closed.end, closed.endpoint) == (0, 9, .silence))
        if final == expected { #expect(closed == segment) }
    }

    @Test func mapOfTheWordsStaysTrue() {
        var segment = Segment(words: Self.words("дом двадцать пять тут"), start: 0, end: 4, endpoint: .silence)
        (segment.text, segment.wordSpans) = ("дом 25 тут", [0..<6, 7..<9, 7..<9, 10..<16])
        let closed = Self.close("том", "том двадцать", segment)
        #expect(closed.text == "том 25 тут" && closed.wordSpans == [0..<6, 7..<9, 7..<9, 10..<16])
        #expect(Self.close("дом", "дом", segment) == segment)
    }

    @Test func nextUtteranceOwesNothing() {
        var text = CommittedText()
        text.note(Partial(words: Self.words("да"), stableWordCount: 1))
        let segment = Segment(words: Self.words("нет"), start: 0, end: 1, endpoint: .silence)
        #expect(text.close(segment).text == "да" && text.close(segment).text == "нет")
    }

    /// The shipped recordings, and mixes of them with noise that comes and goes, under both policies.
    @Test func nothingIsRetractedOverTheCorpusAndRandomMixes() async throws {
        let recognizer = try await RunningServer.recognizer(workers: 2)
        let recordings = try Recordings.all().map { try Recordings.samples($0) }
        var random = SeededRandom(12)
        var committedCount = 0
        for number in 0..<recordings.count + 12 {
            let samples =
                number < recordings.count ? recordings[number] : Self.mix(of: recordings, &random)
            for policy in [CommitPolicy.stablePrefix, .onFinalize] {
                let (broken, count) = try await Self.brokenPromises(samples, policy, recognizer)
                #expect(broken == [], "\(policy), \(number)")
                #expect(policy == .stablePrefix || count == 0)
                committedCount += count
            }
        }
        #expect(committedCount > 50)
        await recognizer.shutDown()
    }

    private static func mix(of recordings: [[Float]], _ random: inout SeededRandom) -> [Float] {
        var samples: [Float] = []
        for _ in 0..<random.within(1...3) {
            let recording = recordings[random.within(0...recordings.count - 1)]
            let start = random.within(0...max(0, recording.count - 80_000))
            let (gain, noise) = (random.within(0.05...1), random.within(0...3) == 0 ? Float(0.02) : 0)
            let clip = recording[start..<min(recording.count, start + random.within(32_000...160_000))]
            samples += clip.map { gain * ($0 + noise * random.within(-1...1)) }
            samples += [Float](repeating: 0, count: random.within(0...16_000))
        }
        return samples
    }

    /// What a session breaks of the promises about committed text, and how many partials commit some.
    private static func brokenPromises(
        _ samples: [Float], _ policy: CommitPolicy, _ recognizer: Recognizer
    ) async throws -> ([String], Int) {
        var wire = GigaProtocol(settings: SessionSettings(), model: "m")
        _ = wire.receive(.text(#"{"type":"configure","commit_policy":"\#(policy.rawValue)"}"#))
        guard case .input(.begin(_, let request, _)) = wire.receive(.bytes(2)).first else { return (["no begin"], 0) }
        var machine = ConversationMachine()
        machine.begin(request)
        _ = machine.opened()
        let stream = try recognizer.liveStream(
            options: request.liveOptions(ServerSettings(), recognizer.capabilities))
        async let fed: Void = {
            for start in stride(from: 0, to: samples.count, by: 1_600) {
                try await stream.append(Array(samples[start..<min(start + 1_600, samples.count)]))
            }
            try await stream.finish()
        }()
        var (broken, committed, count) = ([String](), "", 0)
        for try await event in stream {
            guard let event = machine.receive(event, offset: 0) else { continue }
            for message in wire.receive(event, at: 0) {
                let object = try JSONSerialization.jsonObject(with: Data(message.json.description.utf8))
                guard let fields = object as? [String: Any], let text = fields["text"] as? String,
                    let now = fields["committed"] as? String, let rest = fields["tentative"] as? String
                else { continue }
                if now + rest != text { broken.append("'\(now)' and '\(rest)' are not '\(text)'") }
                if !now.hasPrefix(committed) { broken.append("'\(committed)' became '\(now)'") }
                let isFinal = fields["is_final"] as? Bool == true
                if isFinal, !rest.isEmpty { broken.append("'\(rest)' is tentative in a final") }
                if !isFinal, !now.isEmpty { count += 1 }
                committed = isFinal ? "" : now
            }
        }
        try await fed
        return (broken, count)
    }
}
