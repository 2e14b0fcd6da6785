import STTValues
import Testing

@testable import STTRecognition

@Suite struct ProgressDeadlineTests {
    /// What happened at which second; when to look again after that, and what has run out a second later.
    struct Case: Sendable, CustomTestStringConvertible {
        var wait: Int?
        var stall: Int?
        let steps: [(second: Int, step: ProgressDeadline.Step)]
        let look: Int?
        let failure: GigaSTTError.Code?
        var testDescription: String { "wait \(wait ?? -1), stall \(stall ?? -1): \(steps)" }
    }

    @Test(arguments: [
        Case(steps: [(0, .queued)], look: nil, failure: nil),
        // Nothing is queued yet, so nothing that waits can run out before ten seconds from now.
        Case(wait: 10, steps: [(5, .done)], look: 15, failure: nil),
        Case(wait: 10, steps: [(2, .queued)], look: 12, failure: nil),
        Case(wait: 10, steps: [(2, .queued), (11, .done)], look: 12, failure: .overloaded),
        // What is queued later does not begin the wait anew.
        Case(wait: 10, steps: [(2, .queued), (11, .queued)], look: 12, failure: .overloaded),
        Case(wait: 10, steps: [(2, .queued), (3, .begun), (20, .queued)], look: nil, failure: nil),
        Case(stall: 10, steps: [(2, .done)], look: 12, failure: nil),
        // Waiting for a first worker is no stall, but what waits may begin at any time.
        Case(stall: 10, steps: [(2, .queued), (40, .queued)], look: 50, failure: nil),
        Case(wait: 100, stall: 10, steps: [(2, .queued), (40, .done)], look: 102, failure: nil),
        Case(wait: 5, stall: 10, steps: [(2, .queued), (3, .begun)], look: 13, failure: nil),
        // Later waits count as a stall.
        Case(wait: 5, stall: 10, steps: [(2, .queued), (3, .begun), (4, .queued)], look: 14, failure: nil),
        Case(wait: 5, stall: 2, steps: [(1, .done)], look: 3, failure: nil),
        Case(wait: 1, stall: 9, steps: [(1, .done)], look: 2, failure: nil),
        Case(stall: 1, steps: [(1, .begun)], look: 2, failure: .timedOut),
    ])
    func theDeadlineIsCheckedWhenItMayBeOver(_ example: Case) {
        var deadline = ProgressDeadline(
            queueTimeout: example.wait.map { .seconds($0) }, progressTimeout: example.stall.map { .seconds($0) },
            now: .zero)
        for (second, step) in example.steps { deadline.note(step, at: .seconds(second)) }
        let last = Duration.seconds(example.steps.last?.second ?? 0)
        #expect(deadline.nextCheck(at: last) == example.look.map { .seconds($0) })
        let failure = deadline.failure(at: last + .seconds(1))
        #expect(failure?.code == example.failure)
        #expect(failure?.retryAfter == (failure?.code == .overloaded ? example.wait.map { .seconds($0) } : nil))
    }
}
