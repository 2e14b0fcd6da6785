/// Where the time of decodes went.
package struct DecodeTiming: Sendable {
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
