import STTJobs
import Testing

/// What may happen to a job, written out by hand.
@Suite struct JobTransitionTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let transition: JobTransition
        /// The state after it, for `queued`, `processing`, `done`, `failed`, `cancelled`.
        let targets: [JobState?]
        var testDescription: String { "\(transition)" }
    }

    static let rows = [
        Row(transition: .claim, targets: [.processing, nil, nil, nil, nil]),
        Row(transition: .release, targets: [nil, .queued, nil, nil, nil]),
        Row(transition: .abandon, targets: [nil, .queued, nil, nil, nil]),
        Row(transition: .bury, targets: [nil, .failed, nil, nil, nil]),
        Row(transition: .complete, targets: [nil, .done, nil, nil, nil]),
        Row(transition: .fail, targets: [nil, .failed, nil, nil, nil]),
        Row(transition: .cancel, targets: [.cancelled, .cancelled, nil, nil, nil]),
    ]

    @Test(arguments: rows) func leadsFromEachStateToItsTarget(_ row: Row) {
        #expect(JobState.allCases.map { row.transition.target(from: $0) } == row.targets)
    }

    @Test func everyTransitionIsInTheTable() {
        #expect(Set(Self.rows.map(\.transition)) == Set(JobTransition.allCases))
    }

    @Test func terminalStatesAreThoseThatNothingLeaves() {
        for state in JobState.allCases {
            let isLeft = JobTransition.allCases.contains { $0.target(from: state) != nil }
            #expect(state.isTerminal != isLeft, "\(state)")
        }
    }

    @Test(arguments: [
        (JobState.queued, 0.0, 10.0, 0), (.processing, 48, 120, 40), (.processing, 120, 120, 99), (.done, 0, 0, 100),
        (.failed, 5, 10, 50), (.cancelled, 1, 3, 33), (.processing, 1e300, 1e-300, 99),
    ]) func percentIsTheShareThatIsRecognised(
        _ state: JobState, _ processed: Double, _ duration: Double, _ percent: Int
    ) {
        var job = Job.example
        (job.state, job.processed, job.duration) = (state, processed, duration)
        #expect(job.percent == percent)
    }

    @Test func percentOfAnUnknownLengthIsZeroUntilTheEnd() {
        var job = Job.example
        (job.state, job.processed, job.duration) = (.processing, 30, nil)
        #expect(job.percent == 0)
    }
}
