import CGigaSTT
import Dispatch
import Foundation
import GigaSTT
import Synchronization

/// Reads the events of a stream on a thread of its own and hands them to a callback.
final class EventReader: Sendable {
    private struct State {
        /// The number of the last flush before which everything was handed over.
        var flushed = 0
        var hasEnded = false
        var failure: CallFailure?
        /// Whether the callback is to be called no more.
        var isClosed = false
        var thread: ObjectIdentifier?
        var waiting: [DispatchSemaphore] = []
    }

    private let stream: LiveStream
    private let callback: EventCallback
    private let translate: @Sendable (any Error) -> CallFailure
    private let state = Mutex(State())

    /// `translate` makes a failure of what ends the stream.
    init(
        _ stream: LiveStream, _ callback: EventCallback, _ translate: @escaping @Sendable (any Error) -> CallFailure
    ) {
        (self.stream, self.callback, self.translate) = (stream, callback, translate)
    }

    func start() { Thread { [self] in read() }.start() }

    /// Whether this is called from the callback.
    var isCurrentThread: Bool { state.withLock { $0.thread == ObjectIdentifier(Thread.current) } }

    /// Returns when everything before a flush was handed over. Throws what ended the stream before.
    func waitForFlush(_ number: Int) throws(CallFailure) {
        wait { $0.flushed >= number || $0.hasEnded }
        let failure = state.withLock { $0.flushed >= number ? nil : $0.failure }
        if let failure { throw failure }
    }

    /// Returns when the last event was handed over. Throws what ended the stream.
    func waitForEnd() throws(CallFailure) {
        wait { $0.hasEnded }
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }

    /// Ends the stream. The callback is not called any more when this returns; called from there, after it has returned.
    func close() {
        state.withLock { $0.isClosed = true }
        stream.cancel()
        if !isCurrentThread { wait { $0.hasEnded } }
    }

    private func read() {
        state.withLock { $0.thread = ObjectIdentifier(Thread.current) }
        var failure: CallFailure?
        do {
            // The callback runs outside of the task, as it may block or call the library.
            while let timed = try next() { handle(timed) }
        } catch {
            failure = translate(error)
        }
        if !state.withLock({ $0.isClosed }) { callback.deliverEnd(failure) }
        update { ($0.hasEnded, $0.failure, $0.thread) = (true, failure, nil) }
    }

    private func next() throws -> TimedLiveEvent? {
        let stream = stream
        return try CallingThread.wait { try await stream.nextTimed() }
    }

    private func handle(_ timed: TimedLiveEvent) {
        if case .flushed(let number) = timed.event { return update { $0.flushed = number } }
        if !state.withLock({ $0.isClosed }) { callback.deliver(timed) }
    }

    private func update(_ change: (inout State) -> Void) {
        let waiting = state.withLock { state in
            change(&state)
            defer { state.waiting = [] }
            return state.waiting
        }
        for semaphore in waiting { semaphore.signal() }
    }

    private func wait(until condition: (State) -> Bool) {
        while true {
            let changed = DispatchSemaphore(value: 0)
            let isDone = state.withLock { state in
                if !condition(state) { state.waiting.append(changed) }
                return condition(state)
            }
            if isDone { return }
            changed.wait()
        }
    }
}
