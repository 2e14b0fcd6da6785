import Testing

@testable import STTInference

@Suite struct WorkerRosterTests {
    @Test func aGivenUpThreadIsReplacedUpToTheLimit() {
        var roster = WorkerRoster(workers: 2, abandonedLimit: 1)
        let replaced = [roster.abandon(isOpen: true), roster.abandon(isOpen: true), roster.abandon(isOpen: true)]
        #expect(replaced == [true, false, false])
        #expect(roster.workers == 0)
        #expect(roster.abandoned == 3)
    }

    @Test func aThreadThatComesBackIsKeptOnlyIfAWorkerIsMissing() {
        var roster = WorkerRoster(workers: 2, abandonedLimit: 1)
        _ = roster.abandon(isOpen: true)
        _ = roster.abandon(isOpen: true)
        let kept = [roster.comeBack(isOpen: true), roster.comeBack(isOpen: true)]
        #expect(kept == [true, false])
        #expect(roster.workers == 2)
        #expect(roster.abandoned == 0)
    }

    @Test func nothingIsReplacedOrKeptOnceTheQueueIsShutDown() {
        var roster = WorkerRoster(workers: 2, abandonedLimit: 4)
        let isReplaced = roster.abandon(isOpen: false)
        let isKept = roster.comeBack(isOpen: false)
        roster.leave()
        #expect(!isReplaced && !isKept)
        #expect(roster.workers == 0)
    }
}
