import STTValues
import TestSupport
import Testing

@testable import STTRecognition

/// What holds for any activity, any levels and any sensible rules.
@Suite struct SegmenterPropertyTests {
    /// A probe and its answer.
    private struct Probe {
        let window: Range<Int>
        /// `nil` also when the token belongs to the utterance before.
        let lastToken: Int?
        /// Whether the probe read the open utterance from its start.
        let readsWhole: Bool
    }

    /// A random recording: runs of speech, doubt and silence, with some flushes.
    private struct Recording {
        let rules: SegmentationRules
        let activity: [Float]
        let log: [(frame: Int, action: Segmenter.Action)]
        let probes: [Probe]
        let retained: [Int]
        let hasFlushes: Bool
        var hasProbes: Bool { rules.probing != nil }
        let seed: UInt64

        var spans: [UtteranceSpan] {
            log.compactMap { if case .closed(let span) = $0.action { span } else { nil } }
        }

        init(seed: UInt64) {
            var random = SeededRandom(seed)
            let rules = Self.rules(&random)
            let count = random.within(0...3000)
            let hasFlushes = seed % 3 == 0
            var activity: [Float] = []
            let silenceLimit = seed % 5 == 0 ? 6 : 90
            while activity.count < count {
                activity += (0..<random.within(1...160)).map { _ in random.within(Float(0.3)...1) }
                activity += (0..<random.within(1...silenceLimit)).map { _ in random.within(Float(0)...0.45) }
            }
            activity.removeLast(activity.count - count)
            var segmenter = Segmenter(rules: rules)
            var log: [(Int, Segmenter.Action)] = []
            var retained: [Int] = []
            var probes: [Probe] = []
            for (frame, probability) in activity.enumerated() {
                retained.append(segmenter.retainedFrom)
                let actions = segmenter.next(activity: probability, level: random.within(Float(-80)...0))
                log += actions.map { (frame, $0) }
                if case .probe(let window) = actions.last {
                    let token = random.within(0...2) == 0 ? nil : random.within(window.lowerBound...frame)
                    let start = segmenter.openWindow?.lowerBound
                    let own = token.flatMap { $0 >= Self.coverageEnd(log) ? $0 : nil }
                    probes.append(Probe(window: window, lastToken: own, readsWhole: window.lowerBound == start))
                    log += segmenter.answer(window, lastToken: token).map { (frame, $0) }
                }
                if hasFlushes, random.within(0...120) == 0 { log += segmenter.flush().map { (frame, $0) } }
            }
            retained.append(segmenter.retainedFrom)
            log += segmenter.finish().map { (count, $0) }
            (self.rules, self.activity, self.log, self.retained) = (rules, activity, log, retained)
            (self.probes, self.hasFlushes, self.seed) = (probes, hasFlushes, seed)
        }

        private static func coverageEnd(_ log: [(Int, Segmenter.Action)]) -> Int {
            for case (_, .closed(let span)) in log.reversed() { return span.coverage.upperBound }
            return 0
        }

        private static func rules(_ random: inout SeededRandom) -> SegmentationRules {
            var rules = SegmentationRules()
            rules.onset = random.within(1...6)
            rules.preRoll = random.within(0...40)
            rules.tail = random.within(0...40)
            rules.trailingSilence = random.within(0...4) == 0 ? nil : random.within(8...70)
            rules.shortPause = random.within(4...24)
            rules.overlap = random.within(24...48)
            rules.cutSearch = random.within(8...80)
            rules.longestWindow = 2 * rules.overlap + rules.cutSearch + random.within(60...400)
            rules.softLimit = random.within(rules.longestWindow / 2...rules.longestWindow)
            if random.within(0...2) == 0 {
                var probing = SegmentationRules.Probing()
                probing.shortSilence = random.within(1...12)
                probing.firstProbeDelay = random.within(40...200)
                probing.stride = random.within(20...150)
                probing.window = random.within(40...300)
                probing.blankRun = random.within(8...80)
                rules.probing = probing
            }
            return rules
        }
    }

    private static let recordings = (0..<400).map { Recording(seed: UInt64($0)) }

    /// The recordings for which `isTrue` does not hold.
    private func exceptions(_ isTrue: (Recording) -> Bool) -> [UInt64] {
        Self.recordings.filter { !isTrue($0) }.map(\.seed)
    }

    @Test func theRecordingsAreWorthLookingAt() {
        let spans = Self.recordings.flatMap(\.spans)
        for reason in EndpointReason.allCases {
            #expect(spans.count { $0.endpoint == reason } > 50, "\(reason)")
        }
        #expect(spans.count { $0.continues } > 50)
        #expect(spans.count { $0.window == nil } > 20)
    }

    @Test func everyFrameIsCoveredExactlyOnceAndInOrder() {
        #expect(
            exceptions { recording in
                var next = 0
                for span in recording.spans {
                    guard span.coverage.lowerBound == next else { return false }
                    next = span.coverage.upperBound
                }
                return next == recording.activity.count
            } == [])
    }

    @Test func theEndOfTheInputIsTheLastEndpointAndTheOnlyOneOfItsKind() {
        #expect(
            exceptions { recording in
                recording.spans.count { $0.endpoint == .endOfInput } == 1
                    && recording.spans.last?.endpoint == .endOfInput
            } == [])
    }

    @Test func windowsHoldSpeechAndAreNeverTooLong() {
        #expect(
            exceptions { recording in
                recording.spans.compactMap(\.window).allSatisfy { window in
                    window.count <= recording.rules.longestWindow && window.upperBound <= recording.activity.count
                        && (recording.hasProbes
                            || recording.activity[window].contains { $0 >= recording.rules.offThreshold })
                }
            } == [])
    }

    @Test func onlyTheLastUtteranceMayBeWithoutAWindow() {
        #expect(
            exceptions { $0.spans.dropLast().allSatisfy { $0.window != nil } } == [])
    }

    @Test func windowsBeginOnTheGridAndBehindTheUtteranceBefore() {
        #expect(
            exceptions { recording in
                var end = 0
                for span in recording.spans {
                    if let start = span.window?.lowerBound {
                        let reach = span.continues ? recording.rules.overlap : 0
                        let mayBeLater = !span.continues || recording.hasProbes
                        guard start % 4 == 0, (0...3).contains(end - start - reach) || start > end - reach && mayBeLater
                        else { return false }
                    }
                    end = span.coverage.upperBound
                }
                return true
            } == [])
    }

    @Test func anUtteranceContinuesExactlyWhenTheOneBeforeWasCut() {
        #expect(
            exceptions { recording in
                zip(recording.spans, recording.spans.dropFirst()).allSatisfy { $1.continues == Self.isCut($0) }
            } == [])
    }

    @Test func eachSpanEndsWithTheSpeechThatOpenedItAndReadinessPrecedesSilence() {
        #expect(exceptions { Self.isLegal($0) } == [])
    }

    /// opened → (ready → resumed)* → ready? → closed; after a cut the next one is open already. The answer to a probe
    /// may move the start of the window.
    private static func isLegal(_ recording: Recording) -> Bool {
        var windowStart: Int?
        var ready: Range<Int>?
        for (frame, action) in recording.log {
            switch action {
            case .opened(let start):
                guard windowStart == nil, start >= recording.retained[frame] else { return false }
                windowStart = start
            case .speculate(let window):
                guard ready == nil, isStart(window.lowerBound, windowStart, recording),
                    window.upperBound <= frame + 1
                else { return false }
                ready = window
            case .speechResumed:
                guard ready != nil else { return false }
                ready = nil
            case .probe(let window):
                guard let windowStart, window.lowerBound >= windowStart, window.upperBound == frame + 1 else {
                    return false
                }
            case .closed(let span):
                if let window = span.window, !isStart(window.lowerBound, windowStart, recording) { return false }
                guard isAsReady(span, ready, recording) else { return false }
                windowStart = isCut(span) ? (span.coverage.upperBound - recording.rules.overlap) / 4 * 4 : nil
                ready = nil
            }
        }
        return true
    }

    private static func isCut(_ span: UtteranceSpan) -> Bool {
        span.window.map { $0.upperBound > span.coverage.upperBound } ?? false
    }

    private static func isStart(_ start: Int, _ expected: Int?, _ recording: Recording) -> Bool {
        expected.map { recording.hasProbes ? start >= $0 : start == $0 } ?? false
    }

    private static func isAsReady(_ span: UtteranceSpan, _ ready: Range<Int>?, _ recording: Recording) -> Bool {
        guard let ready else { return span.endpoint != .silence }
        // Whoever interrupts, or a probe that moves the start, may make another window of it.
        guard !isCut(span), span.endpoint != .flush, span.endpoint != .blankRun else { return true }
        return recording.hasProbes ? span.window?.upperBound == ready.upperBound : span.window == ready
    }

    @Test func windowsAskOnlyForFramesThatWereKept() {
        #expect(
            exceptions { recording in
                recording.log.allSatisfy { frame, action in
                    guard case .closed(let span) = action, let window = span.window else { return true }
                    return window.lowerBound >= recording.retained[frame]
                }
            } == [])
    }

    /// Frames of a probe that are known to hold no word: behind the last token, but not where a word may reach into
    /// the probe from before or may begin without a token yet.
    private static func wordless(_ probe: Probe, _ rules: SegmentationRules) -> Range<Int> {
        let start = probe.readsWhole ? probe.window.lowerBound : probe.window.lowerBound + rules.overlap
        let first = probe.lastToken.map { $0 + 1 } ?? start
        return first..<max(first, probe.window.upperBound - rules.overlap)
    }

    @Test func noSpeechIsLostUnlessTheCallerInterrupts() {
        #expect(Self.recordings.count { !$0.hasFlushes && $0.probes.contains { $0.lastToken == nil } } > 20)
        #expect(
            exceptions { recording in
                guard !recording.hasFlushes else { return true }
                var isHeard = [Bool](repeating: false, count: recording.activity.count)
                let wordless = recording.probes.map { Self.wordless($0, recording.rules) }
                for window in recording.spans.compactMap(\.window) + wordless {
                    for frame in window { isHeard[frame] = true }
                }
                var run = 0
                for (frame, probability) in recording.activity.enumerated() {
                    run = probability >= recording.rules.onThreshold ? run + 1 : 0
                    let onset = recording.rules.onset
                    if run >= onset, !isHeard[frame - onset + 1...frame].allSatisfy(\.self) { return false }
                }
                return true
            } == [])
    }
}
