import STTValues
import Testing

@testable import STTRecognition

/// Writes "двадцать пять" as "25"; the last settled word is open as long as more may follow.
private struct TwentyFive: TextPass {
    func apply(to text: FinishedText, of words: [Word], isComplete: Bool) -> FinishedText {
        let settled = isComplete ? words.count : max(0, text.settledWordCount - 1)
        var result = FinishedText(text: "", spans: [], settledWordCount: settled)
        var index = 0
        while index < words.count {
            if !result.text.isEmpty { result.text += " " }
            let isPair = words[index...].prefix(2).map(\.text) == ["двадцать", "пять"]
            let start = result.text.utf8.count
            result.text += isPair ? "25" : words[index].text
            let count = isPair ? 2 : 1
            result.spans += Array(repeating: start..<result.text.utf8.count, count: count)
            index += count
        }
        return result
    }
}

/// Ends a sentence with a full stop, which is not settled until it ends.
private struct FullStop: TextPass {
    func apply(to text: FinishedText, of words: [Word], isComplete: Bool) -> FinishedText {
        var text = text
        if isComplete { text.text += "." }
        text.settledWordCount = max(0, min(text.settledWordCount, words.count - 3))
        return text
    }
}

private struct Broken: TextPass {
    let change: @Sendable (inout FinishedText) -> Void

    func apply(to text: FinishedText, of words: [Word], isComplete: Bool) -> FinishedText {
        var text = text
        change(&text)
        return text
    }
}

@Suite struct SegmentFinisherTests {
    private let words = ["мне", "двадцать", "пять", "лет"].enumerated().map {
        Word($0.element, Double($0.offset), Double($0.offset) + 0.5)
    }

    private func parts(_ text: FinishedText) -> [String] {
        text.spans.map { String(decoding: Array(text.text.utf8)[$0], as: UTF8.self) }
    }

    @Test func withoutPassesTheTextIsTheWordsJoined() throws {
        let text = try SegmentFinisher().text(of: words, isComplete: true)
        #expect(text.text == "мне двадцать пять лет")
        #expect(parts(text) == words.map(\.text))
        #expect(text.settledWordCount == 4)
        #expect(FinishedText([]) == FinishedText(text: "", spans: [], settledWordCount: 0))
    }

    @Test func passesFollowOneAnotherAndKeepTheMap() throws {
        let finisher = SegmentFinisher([TwentyFive(), FullStop()])
        let text = try finisher.text(of: words, isComplete: true)
        #expect(text.text == "мне 25 лет.")
        #expect(parts(text) == ["мне", "25", "25", "лет"])
        let segment = try finisher.finish(Segment(words: words, start: 0, end: 4, endpoint: .silence))
        #expect(segment.text == "мне 25 лет." && segment.wordSpans == text.spans)
        #expect(segment.words == words)
    }

    @Test func onlyWhatEveryPassHasSettledIsSettled() throws {
        func settled(_ passes: [any TextPass], _ isComplete: Bool) throws -> Int {
            try SegmentFinisher(passes).text(of: words, isComplete: isComplete).settledWordCount
        }
        #expect(try settled([TwentyFive()], false) == 3)
        #expect(try settled([TwentyFive(), FullStop()], false) == 1)
        // One word is settled by the first pass, and the second keeps the last one open.
        #expect(try settled([FullStop(), TwentyFive()], false) == 0)
        #expect(try settled([FullStop(), TwentyFive()], true) == 4)
    }

    struct Open: Sendable {
        let stable: Int
        let text: String
        let committed: String
    }

    /// Of "мне двадцать пять лет", so many words are settled: "двадцать" alone may become a number still.
    @Test(arguments: [
        Open(stable: 0, text: "мне 25 лет", committed: ""), Open(stable: 1, text: "мне 25 лет", committed: ""),
        Open(stable: 2, text: "мне 25 лет", committed: "мне"),
        Open(stable: 4, text: "мне 25 лет", committed: "мне 25"),
    ])
    func onlySettledTextOfSettledWordsIsCommitted(_ open: Open) throws {
        let partial = try SegmentFinisher([TwentyFive()]).finish(Partial(words: words, stableWordCount: open.stable))
        #expect(partial.text == open.text && partial.committedText == open.committed)
        #expect(partial.committedText + partial.tentativeText == partial.text)
        #expect(partial.words == words && partial.stableWordCount == open.stable)
    }

    /// A pass that writes settled words otherwise once more follow: what was committed stays, and what follows is new.
    @Test func committedTextStaysWhateverFollows() throws {
        struct Fickle: TextPass {
            func apply(to text: FinishedText, of words: [Word], isComplete: Bool) -> FinishedText {
                guard words.count >= 3 else { return text }
                var result = FinishedText(words.map { Word($0.text.uppercased() + ",", $0.start, $0.end) })
                result.settledWordCount = text.settledWordCount
                return result
            }
        }
        let finisher = SegmentFinisher([Fickle()])
        func finish(_ count: Int, stable: Int, after before: Partial? = nil) throws -> Partial {
            let partial = Partial(words: Array(words.prefix(count)), stableWordCount: stable)
            return try finisher.finish(partial, after: before?.written)
        }
        let first = try finish(2, stable: 2)
        #expect(first.committedText == "мне двадцать" && first.tentativeText.isEmpty)
        let second = try finish(4, stable: 2, after: first)
        #expect(second.committedText == "мне двадцать" && second.tentativeText == " ПЯТЬ, ЛЕТ,")
        let third = try finish(4, stable: 3, after: second)
        #expect(third.committedText == "мне двадцать ПЯТЬ," && third.tentativeText == " ЛЕТ,")
        let last = try finish(4, stable: 4, after: third)
        #expect(last.committedText == "мне двадцать ПЯТЬ, ЛЕТ," && last.tentativeText.isEmpty)
        #expect(try finish(4, stable: 4, after: last).written == last.written)
    }

    /// A mark that comes later is no part of what was committed without it.
    @Test func aCommittedWordGetsNoMarkLater() throws {
        struct Mark: TextPass {
            func apply(to text: FinishedText, of words: [Word], isComplete: Bool) -> FinishedText {
                var result = FinishedText(words.map { Word($0.text + (words.count > 2 ? "," : ""), $0.start, $0.end) })
                result.settledWordCount = text.settledWordCount
                return result
            }
        }
        let finisher = SegmentFinisher([Mark()])
        let first = try finisher.finish(Partial(words: Array(words.prefix(2)), stableWordCount: 1))
        let second = try finisher.finish(Partial(words: words, stableWordCount: 2), after: first.written)
        #expect(second.committedText == "мне двадцать," && second.tentativeText == " пять, лет,")
    }

    @Test func withoutPassesTheSettledWordsAreCommitted() {
        let partial = Partial(words: words, stableWordCount: 2)
        #expect(partial.committedText == "мне двадцать" && partial.tentativeText == " пять лет")
        #expect(Partial(words: words, stableWordCount: 0).tentativeText == "мне двадцать пять лет")
    }

    static let breakages: [@Sendable (inout FinishedText) -> Void] = [
        { $0.spans.removeLast() }, { $0.spans.append(0..<1) }, { $0.text = "" }, { $0.spans.reverse() },
        { $0.settledWordCount = 5 }, { $0.settledWordCount = -1 },
    ]

    @Test(arguments: breakages.indices) func aMapThatDoesNotFitIsAnError(_ index: Int) {
        let finisher = SegmentFinisher([Broken(change: Self.breakages[index])])
        let error = #expect(throws: GigaSTTError.self) { try finisher.text(of: words, isComplete: true) }
        #expect(error?.code == .inferenceFailed)
    }

    /// Live and from a worker: the final has the finished text, whatever else goes on.
    @Test func aStreamWritesItsFinalsWithItsPasses() async throws {
        let booth = try Booth(workers: 2)
        let stream = booth.stream {
            $0.partials = PartialPolicy()
            $0.decodesAhead = true
            $0.finisher = SegmentFinisher([FullStop()])
        }
        let samples = try Recording.samples("12_long_pauses.wav")
        async let feeding: Void = {
            for start in stride(from: 0, to: samples.count, by: 1_600) {
                try await stream.append(Array(samples[start..<min(start + 1_600, samples.count)]))
            }
            try await stream.finish()
        }()
        let finals = try await stream.rest().compactMap { event -> Segment? in
            if case .final(let segment) = event { segment } else { nil }
        }
        try await feeding
        #expect(finals.count { !$0.words.isEmpty } > 2)
        for segment in finals where !segment.words.isEmpty {
            #expect(segment.text == segment.words.map(\.text).joined(separator: " ") + ".")
        }
        #expect(zip(finals, finals.dropFirst()).allSatisfy { $0.end == $1.start })
    }

    @Test func aPassThatFailsEndsTheStream() async throws {
        let stream = try Booth().stream { $0.finisher = SegmentFinisher([Broken { $0.spans = [] }]) }
        try await stream.append(Recording.samples("01_commands.wav"))
        try? await stream.finish()
        await #expect(throws: GigaSTTError.self) { try await stream.rest() }
    }
}
