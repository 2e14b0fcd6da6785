import Foundation
import STTInference
import TestSupport
import Testing

@testable import GigaSTT

/// A recording that is not wanted any more costs nothing any more.
@Suite struct CancellationTests {
    /// Four sentences with pauses between them.
    private static func recording() throws -> [UInt8] {
        [UInt8](try Data(contentsOf: Recordings.named("12").url))
    }

    @Test(arguments: [0, 1, 2, 3])
    func cancellingAfterASegmentEndsTheIteration(count: Int) async throws {
        let recognizer = try await SharedRecognizer.get()
        let feed = ByteFeed()
        let bytes = try Self.recording()
        let work = Task {
            var segments = 0
            if count == 0 { withUnsafeCurrentTask { $0?.cancel() } }
            for try await _ in recognizer.segments(of: feed.source(of: bytes)) {
                segments += 1
                if segments == count { withUnsafeCurrentTask { $0?.cancel() } }
            }
        }
        await #expect(throws: CancellationError.self) { try await mustEnd { try await work.value } }
        try await mustEnd { await feed.released.wait() }
    }

    /// Cancels from the thread that reads, so that workers are at any point of their work meanwhile.
    @Test(arguments: [0, 9, 23, 38, 47, 64, 82, 95])
    func cancellingAnywhereEndsAtOnceAndLeavesNothingBehind(percent: Int) async throws {
        let bytes = try Self.recording()
        let point = bytes.count / 100 * percent
        let feed = ByteFeed()
        let slot = TaskSlot()
        let recognizer = try await Recognizer(.demo)
        let task = Task {
            try await recognizer.transcribe(
                feed.source(of: bytes) { handedOut in if handedOut >= point { slot.cancel() } })
        }
        slot.hold(task)
        await #expect(throws: CancellationError.self) { try await mustEnd { try await task.value } }
        // Sources are read by steps of less than a second.
        #expect(feed.handedOut.count <= point + 64_000)
        #expect(recognizer.queue.statistics.lanes.file.waiting == 0)
        try await mustEnd { await feed.released.wait() }
        try await mustEnd { await recognizer.shutDown() }
        #expect(recognizer.queue.statistics.abandonedThreads == 0)
    }

    @Test func leavingTheLoopStopsTheWork() async throws {
        let recognizer = try await Recognizer(.demo)
        let bytes = try Self.recording()
        let feed = ByteFeed()
        try await Self.takeFirst(of: recognizer.segments(of: feed.source(of: bytes)))
        #expect(recognizer.queue.statistics.lanes.file.waiting == 0)
        try await mustEnd { await feed.released.wait() }
        #expect(feed.handedOut.count < bytes.count)
    }

    private static func takeFirst(of segments: TranscriptSegments) async throws {
        for try await segment in segments where !segment.words.isEmpty { break }
    }

    @Test func aRecognizerGoesWithItsLastUser() async throws {
        var recognizer: Recognizer? = try await Recognizer(.demo)
        weak let witness = recognizer
        weak let queue = recognizer?.queue
        let samples = try Recordings.samples(try Recordings.named("03"))
        _ = try await recognizer?.transcribe(samples: samples)
        var iterator = recognizer?.segments(ofSamples: samples).makeAsyncIterator()
        recognizer = nil
        // An iterator holds what it needs, and no more.
        #expect(witness == nil)
        #expect(try await iterator?.next() != nil)
        iterator = nil
        // The worker that decoded the segment holds the queue until it has left its last job.
        try await mustEnd { while queue != nil { await Task.yield() } }
    }
}
