/// A piece of a recording at 16 kHz.
package enum MediaBlock: Sendable, Hashable {
    /// Samples, −1…1; a second at most.
    case samples([Float])
    /// So many samples of silence, where the recording has a gap: any number, without the memory for them.
    case silence(Int)

    /// Samples in the piece.
    package var count: Int {
        switch self {
        case .samples(let samples): samples.count
        case .silence(let count): count
        }
    }
}
