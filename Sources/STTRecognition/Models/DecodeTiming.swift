import Synchronization

/// Where the time of recognition went.
package struct DecodeTiming: Sendable {
    /// Time in the front end.
    package var features = Duration.zero
    /// Time in the encoder.
    package var encoder = Duration.zero
    /// Time in the search, with prediction network and joint.
    package var search = Duration.zero

    package init() {}

    mutating func measure<Value>(
        _ part: WritableKeyPath<DecodeTiming, Duration>, _ body: () throws -> Value
    ) rethrows -> Value {
        let start = ContinuousClock.now
        defer { self[keyPath: part] += ContinuousClock.now - start }
        return try body()
    }
}

/// The timing of everything that a model has done so far, whatever thread did it.
package final class TimingTotal: Sendable {
    private let total = Mutex(DecodeTiming())

    package init() {}

    /// What was added so far.
    package var value: DecodeTiming { total.withLock { $0 } }

    func add(_ timing: DecodeTiming) {
        total.withLock {
            $0.features += timing.features
            $0.encoder += timing.encoder
            $0.search += timing.search
        }
    }
}
