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
    private struct State {
        var total = DecodeTiming()
        var uses: [EncoderPurpose: EncoderUse] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    /// What was added so far.
    package var value: DecodeTiming { state.withLock { $0.total } }

    /// How often and how long the encoder ran so far for a purpose.
    package func use(_ purpose: EncoderPurpose) -> EncoderUse { state.withLock { $0.uses[purpose] ?? EncoderUse() } }

    /// Adds the time of a front end, or that of one window that was decoded for a purpose.
    func add(_ timing: DecodeTiming, for purpose: EncoderPurpose? = nil) {
        state.withLock {
            $0.total.features += timing.features
            $0.total.encoder += timing.encoder
            $0.total.search += timing.search
            guard let purpose else { return }
            $0.uses[purpose, default: EncoderUse()].runCount += 1
            $0.uses[purpose, default: EncoderUse()].time += timing.encoder
        }
    }
}
