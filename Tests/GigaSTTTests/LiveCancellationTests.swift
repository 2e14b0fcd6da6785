import GigaSTT
import Synchronization
import TestSupport
import Testing

/// Who cancels at whatever point gets a `CancellationError` or the end, and so does who works with them.
@Suite struct LiveCancellationTests {
    /// 1.6 s of speech in 8 blocks.
    private static let blocks = Result {
        Blocking.every(3_200).blocks(Array(try Recordings.samples(Recordings.named("06")).prefix(25_600)))
    }
    private static let points = 0...9

    /// Blocks that do something before the one with a certain number.
    private struct Input: AsyncSequence, AsyncIteratorProtocol, Sendable {
        let blocks: [[Float]]
        let point: Int
        let action: @Sendable () -> Void
        var count = 0

        func makeAsyncIterator() -> Input { self }

        mutating func next() async throws -> LiveInput? {
            if count == point { action() }
            guard count < blocks.count else { return nil }
            defer { count += 1 }
            return .audio(blocks[count])
        }
    }

    private static func cancelCurrentTask() { withUnsafeCurrentTask { $0?.cancel() } }

    /// Runs it in a task of its own, to be cancelled; whether it came to its end.
    private func isCompleted(
        _ caller: Caller = Caller(), _ body: @escaping @Sendable () async throws -> Void
    ) async throws -> Bool {
        try await mustEnd {
            do {
                try await caller.run(body).value
                return true
            } catch is CancellationError {
                return false
            }
        }
    }

    // MARK: Body form

    @Test(arguments: points) func cancellingTheFeederAtAnyBlockEndsTheCall(_ point: Int) async throws {
        let recognizer = try await LiveModel.shared
        let input = Input(blocks: try Self.blocks.get(), point: point) { Self.cancelCurrentTask() }
        let isCompleted = try await isCompleted { try await recognizer.transcribe(live: input) { _ in } }
        #expect(isCompleted == (point > input.blocks.count))
    }

    @Test(arguments: points) func cancellingTheCallerAtAnyBlockEndsTheCall(_ point: Int) async throws {
        let recognizer = try await LiveModel.shared
        let caller = Caller()
        let input = Input(blocks: try Self.blocks.get(), point: point) { caller.cancel() }
        let isCompleted = try await isCompleted(caller) { try await recognizer.transcribe(live: input) { _ in } }
        #expect(isCompleted == (point > input.blocks.count))
    }

    @Test(arguments: 0...6) func cancellingTheReaderAtAnyEventEndsTheCall(_ point: Int) async throws {
        let recognizer = try await LiveModel.shared
        let input = Input(blocks: try Self.blocks.get(), point: -1) {}
        let seen = Atomic(0)
        let isCutShort = Atomic(false)
        let isCompleted = try await isCompleted {
            try await recognizer.transcribe(live: input) { event in
                if seen.load(ordering: .relaxed) == point {
                    let isLast = if case .final(let final) = event { final.endpoint == .endOfInput } else { false }
                    isCutShort.store(!isLast, ordering: .relaxed)
                    Self.cancelCurrentTask()
                }
                seen.add(1, ordering: .relaxed)
            }
        }
        #expect(isCompleted == !isCutShort.load(ordering: .relaxed))
        #expect(isCompleted || seen.load(ordering: .relaxed) == point + 1)
    }

    // MARK: Sequence form

    @Test(arguments: points) func aFeederThatIsCancelledTakesTheReaderAlong(_ point: Int) async throws {
        let stream = try await LiveModel.shared.liveStream()
        let blocks = try Self.blocks.get()
        let results = try await mustEnd {
            async let feeding = Ending.of {
                for (index, block) in blocks.enumerated() {
                    if index == point { Self.cancelCurrentTask() }
                    try await stream.append(block)
                }
                if point == blocks.count { Self.cancelCurrentTask() }
                try await stream.finish()
            }
            async let reading = Ending.of { for try await _ in stream {} }
            return await [feeding, reading]
        }
        if point > blocks.count {
            #expect(results.allSatisfy { $0 == .completed })
        } else {
            #expect(results.allSatisfy { $0 == .cancelled })
        }
    }

    @Test(arguments: 0...4) func aReaderThatIsCancelledTakesTheFeederAlong(_ point: Int) async throws {
        let stream = try await LiveModel.shared.liveStream()
        let blocks = try Self.blocks.get()
        let results = try await mustEnd {
            async let feeding = Ending.of {
                // The audio never ends: only the reader can stop this.
                var index = 0
                while true {
                    try await stream.append(blocks[index % blocks.count])
                    index += 1
                }
            }
            async let reading = Ending.of {
                var count = 0
                for try await _ in stream {
                    if count == point { Self.cancelCurrentTask() }
                    count += 1
                }
            }
            return await [feeding, reading]
        }
        #expect(results == [.cancelled, .cancelled])
    }

    @Test func cancelledWhileEverythingWaitsBothEndsReturn() async throws {
        let held = try await HeldRecognizer()
        let samples = try Recordings.samples(Recordings.named("10"))
        let stream = try held.recognizer.liveStream()
        let results = try await mustEnd {
            async let feeding = Ending.of {
                // More than may wait: the last append is suspended.
                try await stream.append(samples)
            }
            async let reading = Ending.of {
                for try await event in stream {
                    // The first thing that can be read is the beginning of speech, and then nothing, until cancelled.
                    if case .speechStarted = event { stream.cancel() }
                }
            }
            return await [feeding, reading]
        }
        #expect(results == [.cancelled, .cancelled])
        #expect(held.waiting == 0)
        held.gate.open()
    }

    // MARK: Letting go

    @Test func lettingGoOfAStreamWithdrawsItsWork() async throws {
        let held = try await HeldRecognizer()
        var stream: LiveStream? = try held.recognizer.liveStream()
        try await stream?.append(Array(try Recordings.samples(Recordings.named("01")).prefix(16_000)))
        try await stream?.flush(1)
        #expect(held.waiting == 1)
        stream = nil
        #expect(held.waiting == 0)
        held.gate.open()
    }

    // MARK: Shutdown

    @Test func shuttingDownEndsOpenStreams() async throws {
        let held = try await HeldRecognizer()
        let recognizer = held.recognizer
        let samples = Array(try Recordings.samples(Recordings.named("01")).prefix(16_000))
        let waiting = try recognizer.liveStream()
        let idle = try recognizer.liveStream()
        try await waiting.append(samples)
        try await waiting.flush(1)
        let (first, second) = try await mustEnd {
            async let stopped: Void = recognizer.shutDown()
            let first = await #expect(throws: GigaSTTError.self) { for try await _ in waiting {} }
            held.gate.open()
            await stopped
            // A stream that had nothing to do learns it when it has.
            try await idle.append(samples)
            try? await idle.flush(1)
            let second = await #expect(throws: GigaSTTError.self) { for try await _ in idle {} }
            return (first?.code, second?.code)
        }
        #expect(first == .shuttingDown)
        #expect(second == .shuttingDown)
    }
}

/// How a task ended.
private enum Ending: Equatable {
    case completed, cancelled, failed

    static func of(_ body: () async throws -> Void) async -> Ending {
        do {
            try await body()
            return .completed
        } catch is CancellationError {
            return .cancelled
        } catch {
            return .failed
        }
    }
}

/// A task that its own work may cancel from elsewhere.
private final class Caller: Sendable {
    private let task = Mutex<Task<Void, any Error>?>(nil)

    func run(_ body: @escaping @Sendable () async throws -> Void) -> Task<Void, any Error> {
        // Under the lock: the body cannot cancel before the task is known.
        task.withLock { task in
            let started = Task { try await body() }
            task = started
            return started
        }
    }

    func cancel() { task.withLock { $0 }?.cancel() }
}
