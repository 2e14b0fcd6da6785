/// When an encoder is prepared: a start is delayed once by seconds, never by a minute.
enum PreparationPlan: Sendable, Hashable {
    /// Nothing to do, or nothing to gain.
    case nothing
    /// Before the model is loaded.
    case first
    /// While a server runs, for its next start.
    case meanwhile
    /// Not now; `gigastt download` does it.
    case advise

    /// What is read of a model in a second while its encoder is prepared, on one core.
    private static let bytesPerSecond: Int64 = 40_000_000
    private static let longestDelay: Int64 = 10  // seconds
    /// Smaller encoders gain nothing.
    private static let fewestBytes: Int64 = 32_000_000

    /// - Parameters:
    ///   - byteCount: of the encoder that is to be prepared; `nil` when none is.
    ///   - isLongRunning: whether the program runs for long.
    ///   - freeMemory: bytes that the machine has to spare; `nil` when that is not known.
    init(byteCount: Int64?, isLongRunning: Bool, freeMemory: Int64?) {
        guard let byteCount, byteCount >= Self.fewestBytes else {
            self = .nothing
            return
        }
        if byteCount <= Self.longestDelay * Self.bytesPerSecond {
            self = .first
        } else {
            // The source and the new encoder run side by side once, beside the one that serves.
            self = isLongRunning && freeMemory.map { $0 > 3 * byteCount } ?? true ? .meanwhile : .advise
        }
    }
}
