/// How slow an upload may be: whoever is slower holds a place that others need.
package struct UploadPace: Sendable, Hashable {
    /// Time for the connection to get going.
    var grace = Duration.seconds(30)
    /// Bytes that must have come for each second beyond: 16 kB, the rate of telephone speech twice over.
    package var bytesPerSecond = 16_000

    /// Whether this many bytes in this time are enough.
    func admits(byteCount: Int, in time: Duration) -> Bool {
        let late = time - grace
        return late <= .zero || Double(byteCount) >= late / .seconds(1) * Double(bytesPerSecond)
    }
}
