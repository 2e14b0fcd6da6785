import Testing

@testable import STTMedia

@Suite struct PresentationTimelineTests {
    /// A block of a tenth of a second, what its packet states, and the silence that must come before it.
    struct Step: Sendable {
        let time: Double?
        let gap: Double
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let steps: [Step]
        let end: Double
    }

    private static func step(_ time: Double?, _ gap: Double = 0) -> Step { Step(time: time, gap: gap) }

    static let cases = [
        Case(testDescription: "no times", steps: [step(nil), step(nil)], end: 0.2),
        Case(testDescription: "consecutive", steps: [step(0), step(0.1), step(0.2)], end: 0.3),
        Case(testDescription: "rounded to milliseconds", steps: [step(0), step(0.099), step(0.201)], end: 0.3),
        Case(testDescription: "late start", steps: [step(5, 5), step(5.1)], end: 5.2),
        Case(testDescription: "rounded encoder delay", steps: [step(0.0065), step(0.1065)], end: 0.2),
        Case(testDescription: "a short late start", steps: [step(0.043, 0.043), step(0.143)], end: 0.243),
        Case(testDescription: "gap", steps: [step(0), step(3, 2.9), step(3.1)], end: 3.2),
        Case(
            testDescription: "gap after a block that states nothing", steps: [step(0), step(nil), step(3, 2.8)],
            end: 3.1),
        Case(
            testDescription: "small losses add up", steps: [step(0), step(0.14), step(0.28, 0.08), step(0.38)],
            end: 0.48),
        Case(testDescription: "overlap keeps all samples", steps: [step(0), step(0.05), step(0.15)], end: 0.3),
        Case(testDescription: "after an overlap the times count", steps: [step(0), step(0), step(1, 0.8)], end: 1.1),
        Case(testDescription: "joined recordings", steps: [step(2, 2), step(2.1), step(0), step(1, 0.9)], end: 3.3),
        Case(testDescription: "hours", steps: [step(0), step(36_000, 35_999.9)], end: 36_000.1),
        Case(testDescription: "more than a day is a jump", steps: [step(0), step(1e9), step(1e9 + 1, 0.9)], end: 1.2),
        Case(testDescription: "not a number", steps: [step(.nan), step(.infinity), step(-.infinity)], end: 0.3),
    ]

    @Test(arguments: cases)
    func silenceFillsWhatPacketsLeaveOut(_ test: Case) {
        var timeline = PresentationTimeline()
        for step in test.steps {
            #expect(abs(timeline.gap(before: step.time) - step.gap) < 1e-6)
            timeline.advance(4800, sampleRate: 48_000)
        }
        #expect(abs(timeline.position - test.end) < 1e-6)
    }

    @Test func aRateOfZeroMovesNothing() {
        var timeline = PresentationTimeline()
        timeline.advance(100, sampleRate: 0)
        #expect(timeline.position == 0)
    }
}
