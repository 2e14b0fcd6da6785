import Dispatch
import Foundation
import Synchronization

/// Writes lines on a thread of its own, so that a reader that has stopped reading the log never stops a request.
///
/// Bounded: lines that find no room are dropped, and a line with their number follows once there is room again.
public final class LogQueue: Sendable {
    /// Most lines that wait, a few megabytes at most.
    public static let lineLimit = 1_024

    private struct State {
        var lines: [String] = []
        var dropCount = 0
        var hasEnded = false
    }

    private let state = Mutex(State())
    private let work = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)
    private let limit: Int
    private let write: @Sendable (String) -> Void
    private let dropped: @Sendable (Int) -> String

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - limit: most lines that wait.
    ///   - dropped: the line that says how many were dropped.
    ///   - write: writes text; called on the thread, may block.
    public init(
        limit: Int = LogQueue.lineLimit, dropped: @escaping @Sendable (Int) -> String,
        write: @escaping @Sendable (String) -> Void
    ) {
        self.limit = max(1, limit)
        self.dropped = dropped
        self.write = write
        let thread = Thread { [self] in run() }
        thread.name = "log"
        thread.start()
    }

    /// Appends a line with its end. Never waits.
    public func append(_ line: String) {
        let isFirst = state.withLock { state in
            guard !state.hasEnded, state.lines.count < limit else {
                state.dropCount += 1
                return false
            }
            state.lines.append(line)
            return state.lines.count == 1
        }
        if isFirst { work.signal() }
    }

    /// Takes no more lines, and waits until those that wait are written, at most for `duration`: blocks the thread.
    public func finish(within duration: Duration) {
        state.withLock { $0.hasEnded = true }
        work.signal()
        _ = ended.wait(timeout: .now() + duration / .seconds(1))
    }

    private func run() {
        while true {
            work.wait()
            let (lines, dropCount, hasEnded) = state.withLock { state in
                defer { (state.lines, state.dropCount) = ([], 0) }
                return (state.lines, state.dropCount, state.hasEnded)
            }
            for line in lines { write(line) }
            if dropCount > 0 { write(dropped(dropCount)) }
            if hasEnded {
                ended.signal()
                return
            }
        }
    }
}
