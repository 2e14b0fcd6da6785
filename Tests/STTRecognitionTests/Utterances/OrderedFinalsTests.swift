import STTValues
import Testing

@testable import STTRecognition

@Suite struct OrderedFinalsTests {
    private func span(_ coverage: Range<Int>, endpoint: EndpointReason = .silence) -> UtteranceSpan {
        UtteranceSpan(coverage: coverage, window: coverage, endpoint: endpoint)
    }

    private let a = DecodeID(number: 1)
    private let b = DecodeID(number: 2)
    private let c = DecodeID(number: 3)

    /// The order in which three decodes end → how many events are out after each: start, final, start, final, …
    @Test(arguments: [
        ([1, 2, 3], [3, 5, 7]),
        ([1, 3, 2], [3, 3, 7]),
        ([2, 1, 3], [1, 5, 7]),
        ([2, 3, 1], [1, 1, 7]),
        ([3, 1, 2], [1, 3, 7]),
        ([3, 2, 1], [1, 1, 7]),
    ]) func eventsKeepTheOrderOfTheAudio(order: [Int], out: [Int]) {
        var finals = OrderedFinals()
        for (index, id) in [a, b, c].enumerated() {
            finals.append(.speechStarted(at: Double(index)))
            finals.append(span(index * 100..<index * 100 + 100), decodedBy: id)
        }
        finals.append(.flushed(9))
        var story = finals.release().map(\.story)
        var counts: [Int] = []
        for number in order {
            _ = finals.resolve(DecodeID(number: number), [Reading(words: [Word("w\(number)", 0, 0)])])
            story += finals.release().map(\.story)
            counts.append(story.count)
        }
        #expect(counts == out)
        #expect(
            story == [
                "start 0.0", "final silence: w1", "start 1.0", "final silence: w2", "start 2.0", "final silence: w3",
                "flushed 9",
            ])
        #expect(finals.isEmpty)
    }

    @Test func aDecodeThatIsNotAwaitedIsRefusedAndOneIsTakenOnce() {
        var finals = OrderedFinals()
        var isTaken = [finals.resolve(a, [Reading(words: [])])]
        finals.append(span(0..<10), decodedBy: a)
        isTaken.append(finals.resolve(b, [Reading(words: [])]))
        #expect(finals.undecodedCount == 1)
        isTaken.append(finals.resolve(a, [Reading(words: [])]))
        #expect(finals.undecodedCount == 0)
        isTaken.append(finals.resolve(a, [Reading(words: [])]))
        #expect(isTaken == [false, false, true, false])
    }

    @Test func theLastSegmentEndsWithTheLastSampleAndTheOthersWithTheirFrames() {
        var finals = OrderedFinals()
        finals.duration = 2.0123
        finals.append(span(0..<150), [])
        finals.append(span(150..<200, endpoint: .endOfInput), [])
        let segments = finals.release().compactMap { if case .final(let segment) = $0 { segment } else { nil } }
        #expect(segments.map(\.start) == [0, 1.5])
        #expect(segments.map(\.end) == [1.5, 2.0123])
    }

    @Test func wordsBehindACutAreLeftToTheNextSegment() {
        var finals = OrderedFinals()
        finals.append(UtteranceSpan(coverage: 0..<100, window: 0..<200, endpoint: .maximumLength), decodedBy: a)
        finals.append(
            UtteranceSpan(coverage: 100..<300, window: 0..<300, endpoint: .silence, continues: true), decodedBy: b)
        // Both windows hear all three words; the second is ready first.
        let words = [Word("before", 0.1, 0.5), Word("across", 0.8, 1.3), Word("behind", 1.4, 1.8)]
        _ = finals.resolve(b, [Reading(words: words)])
        #expect(finals.release() == [])
        _ = finals.resolve(a, [Reading(words: words)])
        #expect(finals.release().map(\.story) == ["final maximumLength: before", "final silence: across behind"])
    }
}

extension OrderedFinals {
    /// The events that are complete, where no text is written.
    fileprivate mutating func release() -> [LiveEvent] {
        var count = 0
        return release(decodeCount: &count).events
    }
}
