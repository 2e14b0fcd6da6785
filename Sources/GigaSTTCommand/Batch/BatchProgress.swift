/// How much audio is left and how long it takes, from what is finished.
///
/// The length of a waiting recording is estimated by its size, from those of the same kind that were read.
struct BatchProgress {
    private struct Rate {
        var bytes = 0.0
        var seconds = 0.0
    }

    private(set) var finishedCount = 0
    private(set) var totalCount = 0
    /// Seconds of audio that were recognised.
    private(set) var seconds = 0.0
    private var waitingBytes: [String: Double] = [:]
    private var rates: [String: Rate] = [:]
    /// Seconds of audio that were read of the recordings in work.
    private var running: [RawPath: Double] = [:]

    /// Adds a recording that waits.
    mutating func add(_ source: BatchSource) {
        totalCount += 1
        waitingBytes[source.path.fileExtension, default: 0] += Double(source.size)
    }

    /// Work on a recording has come to this position.
    mutating func advance(_ source: BatchSource, to position: Double) { running[source.path] = position }

    /// A recording is done with: recognised, with its seconds of audio, or not (`nil`).
    mutating func finish(_ source: BatchSource, seconds: Double?) {
        finishedCount += 1
        running[source.path] = nil
        waitingBytes[source.path.fileExtension, default: 0] -= Double(source.size)
        guard let seconds, source.size > 0 else { return }
        self.seconds += seconds
        rates[source.path.fileExtension, default: Rate()].bytes += Double(source.size)
        rates[source.path.fileExtension, default: Rate()].seconds += seconds
    }

    /// Seconds of audio that are left; `nil` before the first recording was recognised.
    var remaining: Double? {
        let total = rates.values.reduce(into: Rate()) {
            $0 = Rate(bytes: $0.bytes + $1.bytes, seconds: $0.seconds + $1.seconds)
        }
        guard total.bytes > 0 else { return nil }
        let waiting = waitingBytes.reduce(0) { sum, waiting in
            let rate = rates[waiting.key] ?? total
            return sum + max(0, waiting.value) * rate.seconds / rate.bytes
        }
        return max(0, waiting - running.values.reduce(0, +))
    }

    /// Seconds until everything is done, when it goes on as in the `elapsed` seconds until now; `nil` as for `remaining`.
    func timeLeft(elapsed: Double) -> Double? {
        guard seconds > 0, let remaining else { return nil }
        return remaining * elapsed / (seconds + running.values.reduce(0, +))
    }

    /// `12 of 340 done, 4210 s of audio left, about 95 s to go`.
    func line(elapsed: Double) -> String {
        var line = "\(finishedCount) of \(totalCount) done"
        if finishedCount < totalCount, let remaining, let left = timeLeft(elapsed: elapsed) {
            line += ", \(Int(remaining.rounded())) s of audio left, about \(Int(left.rounded(.up))) s to go"
        }
        return line
    }
}
