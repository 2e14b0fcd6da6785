import STTValues
import Testing

@testable import STTRecognition

/// What holds for any audio, any rules, any blocking and any order in which decodes end.
@Suite struct UtteranceMachinePropertyTests {
    private struct Performance {
        let seed: UInt64
        let script: Rehearsal
        /// As a file: no previews, frame by frame, each decode at once.
        let file: Stage
        /// As live streams: by chance.
        let streams: [Stage]
        /// By chance, without previews.
        let silent: Stage

        init(seed: UInt64) {
            self.seed = seed
            script = Rehearsal(seed: seed)
            file = script.play(partials: nil, chance: nil)
            var policy = PartialPolicy()
            policy.unstableEdge = 20
            streams = (0..<3).map { [script] in script.play(partials: policy, chance: seed * 10 + $0) }
            silent = script.play(partials: nil, chance: seed + 77)
        }

        var all: [Stage] { streams + [file, silent] }
    }

    private static let performances = (0..<120).map { Performance(seed: UInt64($0)) }

    private func exceptions(_ isTrue: (Performance) -> Bool) -> [UInt64] {
        Self.performances.filter { !isTrue($0) }.map(\.seed)
    }

    @Test func thePerformancesAreWorthLookingAt() {
        let finals = Self.performances.flatMap(\.file.finals)
        for reason in EndpointReason.allCases {
            #expect(finals.count { $0.endpoint == reason } > 20, "\(reason)")
        }
        let streams = Self.performances.flatMap(\.streams)
        #expect(streams.flatMap(\.partials).count > 1_500)
        #expect(streams.flatMap(\.partials).count { $0.stableWordCount > 0 } > 600)
        #expect(streams.reduce(0) { $0 + $1.withdrawn.count } > 500)
        #expect(streams.reduce(0) { $0 + $1.asked(.probe).count } > 300)
        #expect(finals.flatMap(\.words).count > 1_500)
    }

    @Test func whatStandsDoesNotDependOnBlocksOrOrderOrPreviews() {
        #expect(
            exceptions { performance in
                (performance.streams + [performance.silent]).allSatisfy {
                    $0.events.filter(\.stands) == performance.file.events.filter(\.stands)
                }
            } == [])
    }

    @Test func nothingIsAskedForTwiceOrWithdrawnInVain() {
        #expect(exceptions { $0.all.allSatisfy { $0.nonsense.isEmpty } } == [])
    }

    @Test func nothingIsLeftWaiting() {
        #expect(
            exceptions { performance in
                performance.all.allSatisfy { $0.machine.undecodedCount == 0 && $0.machine.pendingEventCount == 0 }
            } == [])
    }

    @Test func segmentsTileTheStream() {
        #expect(
            exceptions { performance in
                performance.all.allSatisfy { stage in
                    var end = 0.0
                    for segment in stage.finals {
                        guard segment.start == end, segment.end >= segment.start else { return false }
                        end = segment.end
                    }
                    return end == Double(stage.frameCount * 160 + 160) / 16_000
                }
            } == [])
    }

    @Test func thereIsOneLastFinalAndEveryFlushIsEchoedOnce() {
        #expect(
            exceptions { performance in
                let flushes = performance.script.flushes.sorted { $0.key < $1.key }.map(\.value)
                return performance.all.allSatisfy { stage in
                    let echoes = stage.events.compactMap { if case .flushed(let number) = $0 { number } else { nil } }
                    let ends = stage.finals.indices.filter { stage.finals[$0].endpoint == .endOfInput }
                    guard case .final? = stage.events.last else { return false }
                    return ends == [stage.finals.count - 1] && echoes == flushes
                }
            } == [])
    }

    @Test func aPartialIsShownOnlyWhileItsUtteranceIsOpen() {
        #expect(
            exceptions { performance in
                performance.all.allSatisfy { stage in
                    var isOpen = false
                    for event in stage.events {
                        switch event {
                        case .speechStarted: isOpen = true
                        case .speechStopped: isOpen = false
                        case .partial: if !isOpen { return false }
                        case .final, .flushed, .speakers, .speakersUnavailable: break
                        }
                    }
                    return true
                }
            } == [])
    }

    @Test func theStablePartOfAnUtteranceIsNeverTakenBack() {
        #expect(
            exceptions { performance in
                performance.streams.allSatisfy { stage in
                    var stable: [String] = []
                    for event in stage.events {
                        switch event {
                        case .partial(let partial):
                            let words = partial.words.prefix(partial.stableWordCount).map(\.text)
                            guard words.starts(with: stable) else { return false }
                            stable = words
                        case .final: stable = []
                        default: break
                        }
                    }
                    return true
                }
            } == [])
    }

    @Test func wordsAreInOrderOfTimeAndWithinTheStream() {
        #expect(
            exceptions { performance in
                performance.all.allSatisfy { stage in
                    let lists = stage.partials.map(\.words) + [stage.finals.flatMap(\.words)]
                    let end = Double(stage.frameCount) / 100
                    return lists.allSatisfy { words in
                        words.allSatisfy { 0 <= $0.start && $0.start <= $0.end && $0.end <= end }
                            && zip(words, words.dropFirst()).allSatisfy { $0.start <= $1.start }
                    }
                }
            } == [])
    }

    @Test func everySpokenWordAppearsExactlyOnceInOrder() {
        var probeCount = 0
        var cutCount = 0
        for seed in 0..<UInt64(120) {
            let script = Rehearsal(seed: seed, isReliable: true)
            let stages = [
                script.play(partials: nil, chance: nil), script.play(partials: PartialPolicy(), chance: seed),
            ]
            let expected = script.completeWords
            for stage in stages {
                let words = stage.finals.flatMap(\.words).map(\.text)
                #expect(words.filter(expected.contains) == expected, "seed \(seed)")
                probeCount += stage.asked(.probe).count
                cutCount += stage.finals.count { $0.endpoint == .maximumLength }
            }
        }
        #expect(probeCount > 100 && cutCount > 100)
    }

    @Test func noSpokenWordAppearsTwice() {
        #expect(
            exceptions { performance in
                performance.all.allSatisfy { stage in
                    let words = stage.finals.flatMap(\.words).map { $0.text.trimmingPrefix { $0 == "w" } }
                    let numbers = words.map { $0.prefix { $0.isNumber } }
                    return zip(numbers, numbers.dropFirst()).allSatisfy { $0 != $1 }
                }
            } == [])
    }
}

extension LiveEvent {
    /// Whether the event is not a preview.
    fileprivate var stands: Bool {
        if case .partial = self { false } else { true }
    }
}
