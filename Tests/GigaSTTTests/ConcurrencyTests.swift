import GigaSTT
import TestSupport
import Testing

@Suite struct ConcurrencyTests {
    private let items: [Recordings.Item]

    init() throws { items = try Recordings.all().filter { $0.sentences.isEmpty } }

    @Test func twentyRecordingsAtOnceReadAsOneByOne() async throws {
        let recognizer = try await SharedRecognizer.get()
        var alone: [Transcript] = []
        for item in items { alone.append(try await recognizer.transcribe(item.url)) }
        let together = try await withThrowingTaskGroup(of: (Int, Transcript).self) { group in
            for number in 0..<20 {
                let url = items[number % items.count].url
                group.addTask { (number, try await recognizer.transcribe(url)) }
            }
            return try await group.reduce(into: [Int: Transcript]()) { $0[$1.0] = $1.1 }
        }
        for number in 0..<20 { #expect(together[number] == alone[number % items.count]) }
    }

    @Test func theSameAudioGivesTheSameTranscriptBitForBit() async throws {
        let recognizer = try await SharedRecognizer.get()
        let item = try Recordings.named("05")
        let first = try await recognizer.transcribe(item.url)
        let second = try await recognizer.transcribe(item.url)
        #expect(first == second)
        #expect(first.words.map(\.confidence.bitPattern) == second.words.map(\.confidence.bitPattern))
        #expect(first.words.map(\.start.bitPattern) == second.words.map(\.start.bitPattern))
    }

    @Test func twoRecognizersWorkSideBySide() async throws {
        let item = try Recordings.named("08")
        async let one = Recognizer(.demo).transcribe(item.url)
        async let other = Recognizer(.demo).transcribe(item.url)
        let transcripts = try await (one, other)
        #expect(transcripts.0 == transcripts.1)
        #expect(transcripts.0.text == item.written)
    }
}
