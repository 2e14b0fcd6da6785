package import STTValues
import Synchronization

extension RecognitionStream {
    /// The next event; `nil` when the stream is over. Cancelling the caller cancels the stream.
    package func next() async throws -> TimedLiveEvent? {
        while !isOver {
            try await wait(at: .reading) { !$0.events.isEmpty }
            // Another reader may have taken it.
            if let event = try poll() { return event }
        }
        return nil
    }

    /// The next event if there is one. What was decided before a failure comes before it.
    package func poll() throws -> TimedLiveEvent? {
        let (event, feeders) = try state.withLock { state in
            guard !state.events.isEmpty else {
                if let failure = state.failure { throw failure }
                return (TimedLiveEvent?.none, [Continuation]())
            }
            let event = state.events.removeFirst()
            return (event, hasRoom(state) ? state.waiting.removeValue(forKey: .feeding) ?? [] : [])
        }
        for feeder in feeders { feeder.resume() }
        return event
    }

    /// Returns when there is an event to read, or room for more samples: for a task that feeds and reads.
    package func waitForEventOrRoom() async throws {
        try await wait(at: .feedingAndReading) { !$0.events.isEmpty || (!$0.isInputOver && self.hasRoom($0)) }
    }

    /// Whether the last event has been read.
    package var isOver: Bool { state.withLock { $0.isOver && !$0.awaitsSpeakers && $0.events.isEmpty } }

    /// Suspends until the audio so far makes no more text and the reader waits for the next event, or until `deadline`;
    /// returns whether it came so far.
    package func settled(by deadline: ContinuousClock.Instant) async throws -> Bool {
        if state.withLock({ $0.isSettled || $0.isEnded }) { return true }
        async let _ = wakeSettling(at: deadline)
        try await wait(at: .settling) { $0.isSettled || .now >= deadline }
        return state.withLock { $0.isSettled || $0.isEnded }
    }

    private func wakeSettling(at deadline: ContinuousClock.Instant) async {
        do { try await ContinuousClock().sleep(until: deadline) } catch { return }
        let waiting = state.withLock { $0.waiting.removeValue(forKey: .settling) ?? [] }
        for continuation in waiting { continuation.resume() }
    }
}
