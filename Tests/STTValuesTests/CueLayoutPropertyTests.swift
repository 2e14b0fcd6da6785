import TestSupport
import Testing

@testable import STTValues

/// What holds for any words and any limits.
@Suite struct CueLayoutPropertyTests {
    private struct Layout {
        let words: [Word]
        let options: RenderingOptions
        let cues: [Cue]

        init(seed: UInt64, grouping: CueGrouping = .compat) {
            var random = SeededRandom(seed)
            words = random.words()
            var options = random.options()
            options.cues = grouping
            self.options = options
            cues = CueLayout.cues(of: words, options: options)
        }

        /// The words of a cue without the label.
        func words(of cue: Cue) -> [Substring] {
            cue.text.split(separator: " ").filter { !$0.hasPrefix("[SPEAKER_") }
        }

        func isWithinLimits(_ text: String, wordCount: Int) -> Bool {
            let length = options.width == .characters ? text.count : text.utf8.count
            return (options.maxCharactersPerLine == 0 || length <= options.maxCharactersPerLine)
                && (options.maxWordsPerLine == 0 || wordCount <= options.maxWordsPerLine)
        }
    }

    @Test(arguments: UInt64(0)..<200)
    func everyWordIsInExactlyOneCueInOrder(seed: UInt64) {
        let layout = Layout(seed: seed)
        #expect(layout.cues.flatMap(layout.words).map(String.init) == layout.words.map(\.text))
    }

    @Test(arguments: UInt64(0)..<200)
    func aCueRunsFromItsFirstWordToItsLast(seed: UInt64) {
        let layout = Layout(seed: seed)
        var rest = layout.words[...]
        for cue in layout.cues {
            let own = rest.prefix(layout.words(of: cue).count)
            rest = rest.dropFirst(own.count)
            #expect(cue.start == own.first?.start)
            #expect(cue.end == own.last?.end)
            #expect(Set(own.map(\.speaker)).count == 1)
            let label = own.first?.speaker.map { "[SPEAKER_\($0)] " } ?? ""
            #expect(cue.text == label + own.map(\.text).joined(separator: " "))
        }
        #expect(rest.isEmpty)
    }

    @Test(arguments: UInt64(0)..<200)
    func timesNeverRunBackwards(seed: UInt64) {
        let times = Layout(seed: seed).cues.flatMap { [$0.start, $0.end] }
        #expect(times == times.sorted())
    }

    @Test(arguments: UInt64(0)..<200)
    func onlyASingleWordExceedsTheLimits(seed: UInt64) {
        let layout = Layout(seed: seed)
        for cue in layout.cues {
            let count = layout.words(of: cue).count
            #expect(count == 1 || layout.isWithinLimits(cue.text, wordCount: count))
        }
    }

    @Test(arguments: UInt64(0)..<200)
    func aCueEndsOnlyWhereTheNextWordDoesNotFit(seed: UInt64) {
        let layout = Layout(seed: seed)
        var next = 0
        for (cue, following) in zip(layout.cues, layout.cues.dropFirst()) {
            let count = layout.words(of: cue).count
            next += count
            guard layout.words[next].speaker == layout.words[next - 1].speaker else { continue }
            let longer = "\(cue.text) \(layout.words[next].text)"
            #expect(!layout.isWithinLimits(longer, wordCount: count + 1))
            #expect(following.start == layout.words[next].start)
        }
    }

    @Test(arguments: UInt64(0)..<200)
    func everyWordIsInExactlyOneNaturalCueInOrder(seed: UInt64) {
        let layout = Layout(seed: seed, grouping: .natural)
        #expect(layout.cues.flatMap(layout.words).map(String.init) == layout.words.map(\.text))
    }

    @Test(arguments: UInt64(0)..<200)
    func aNaturalCueSpansNoPauseAndNoSpeakersAndShowsItsWordsLongEnough(seed: UInt64) {
        let layout = Layout(seed: seed, grouping: .natural)
        var rest = layout.words[...]
        for (index, cue) in layout.cues.enumerated() {
            let own = rest.prefix(layout.words(of: cue).count)
            rest = rest.dropFirst(own.count)
            #expect(Set(own.map(\.speaker)).count == 1)
            for (word, next) in zip(own, own.dropFirst()) { #expect(next.start - word.end < 0.8) }
            let following = index + 1 < layout.cues.count ? layout.cues[index + 1].start : .infinity
            #expect(cue.start == own.first?.start)
            #expect(cue.end >= min(cue.start + 0.3, following) && cue.end > cue.start)
            // It stays no longer than its words, but for the reader's sake.
            #expect(cue.end <= max(own.last?.end ?? 0, cue.start + 0.3))
        }
    }
}
