import Testing

@testable import STTInference

@Suite struct WorkerCountTests {
    @Test func aGivenUpThreadIsReplacedUpToTheLimit() {
        var threads = WorkerCount(workers: 2, abandonedLimit: 1)
        let replaced = [threads.abandon(isOpen: true), threads.abandon(isOpen: true), threads.abandon(isOpen: true)]
        #expect(replaced == [true, false, false])
        #expect(threads.workers == 0)
        #expect(threads.abandoned == 3)
    }

    @Test func aThreadThatComesBackIsKeptOnlyIfAWorkerIsMissing() {
        var threads = WorkerCount(workers: 2, abandonedLimit: 1)
        _ = threads.abandon(isOpen: true)
        _ = threads.abandon(isOpen: true)
        let kept = [threads.returned(isOpen: true), threads.returned(isOpen: true)]
        #expect(kept == [true, false])
        #expect(threads.workers == 2)
        #expect(threads.abandoned == 0)
    }

    @Test func nothingIsReplacedOrKeptOnceTheQueueIsShutDown() {
        var threads = WorkerCount(workers: 2, abandonedLimit: 4)
        let isReplaced = threads.abandon(isOpen: false)
        let isKept = threads.returned(isOpen: false)
        threads.leave()
        #expect(!isReplaced && !isKept)
        #expect(threads.workers == 0)
    }
}
