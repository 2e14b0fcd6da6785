/// The slowest upload that is accepted.
package struct MinimumUploadRate: Sendable, Hashable {
    /// Time for the connection to get going.
    var gracePeriod = Duration.seconds(30)
    /// Bytes that must have arrived for each further second: 16 kB, twice the rate of telephone speech. 0: no minimum.
    package var bytesPerSecond = 16_000

    /// How long an upload may wait for its client in all, when this many bytes have arrived.
    func waitLimit(byteCount: Int) -> Duration? {
        bytesPerSecond > 0 ? gracePeriod + .seconds(Double(byteCount) / Double(bytesPerSecond)) : nil
    }
}

/// How long an upload has waited for its client: only the time in which the server was ready to read counts.
struct UploadClock: Sendable {
    typealias Instant = ContinuousClock.Instant

    private let rate: MinimumUploadRate
    private var byteCount = 0
    private var waited = Duration.zero
    private var waitingSince: Instant?

    init(_ rate: MinimumUploadRate) { self.rate = rate }

    /// The server is ready for the next bytes.
    mutating func wait(at now: Instant) { waitingSince = now }

    /// Bytes have arrived.
    mutating func receive(byteCount count: Int, at now: Instant) {
        if let waitingSince { waited += waitingSince.duration(to: now) }
        waitingSince = nil
        byteCount += count
    }

    /// When the upload becomes too slow unless more arrives; `nil` while it does not wait for its client.
    var deadline: Instant? {
        guard let waitingSince, let limit = rate.waitLimit(byteCount: byteCount) else { return nil }
        return waitingSince + (limit - waited)
    }
}
