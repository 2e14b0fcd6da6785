import Synchronization

/// The progress of a batch: a line that is redrawn on a terminal, and one for each recording that ends.
final class BatchConsole: Sendable {
    private struct State {
        var progress = BatchProgress()
        var drawn = ContinuousClock.now
    }

    private static let redraw = Duration.milliseconds(200)

    private let state = Mutex(State())
    private let start = ContinuousClock.now
    private let isDrawn = Console.isTerminal && Console.level.load() <= .info

    /// Seconds since the start.
    var elapsed: Double { (ContinuousClock.now - start) / .seconds(1) }

    func add(_ source: BatchSource) { state.withLock { $0.progress.add(source) } }

    func advance(_ source: BatchSource, to seconds: Double) {
        let line = state.withLock { state -> String? in
            state.progress.advance(source, to: seconds)
            let now = ContinuousClock.now
            guard isDrawn, now - state.drawn >= Self.redraw else { return nil }
            state.drawn = now
            return state.progress.line(elapsed: elapsed)
        }
        if let line { Console.draw("\r\u{1B}[K" + line) }
    }

    /// Prints `what` became of a recording, and the progress. `seconds` is its audio where it was recognised.
    func finish(_ source: BatchSource, seconds: Double?, _ what: String) {
        let line = state.withLock { state in
            state.progress.finish(source, seconds: seconds)
            return state.progress.line(elapsed: elapsed)
        }
        if isDrawn { Console.draw("\r\u{1B}[K") }
        Console.note("\(source.path.printable): \(what) (\(line))")
    }
}
