/// How the speakers of a recording are told apart by their voices.
public struct SpeakerSeparation: Sendable, Hashable {
    /// The most speakers that can be asked for.
    public static let limit = 64

    /// How many speakers there are; `nil`: estimated.
    public let count: Int?
    /// How many an estimate may give.
    public let range: ClosedRange<Int>

    /// A number of speakers that is estimated, 1…64.
    public init() { (count, range) = (nil, 1...Self.limit) }

    /// A number of speakers that is given, or estimated between two others.
    ///
    /// - Throws: `GigaSTTError` with code `invalidOption` for numbers outside 1…64 or that exclude each other.
    public init(count: Int?, minimum: Int? = nil, maximum: Int? = nil) throws(GigaSTTError) {
        for number in [count, minimum, maximum] {
            guard let number, !(1...Self.limit).contains(number) else { continue }
            throw GigaSTTError(.invalidOption, "A number of speakers must be 1 to \(Self.limit), not \(number)")
        }
        let (least, most) = (minimum ?? 1, maximum ?? Self.limit)
        if least > most {
            throw GigaSTTError(.invalidOption, "The fewest speakers, \(least), must not be more than the most, \(most)")
        }
        if let count, !(least...most).contains(count) {
            throw GigaSTTError(
                .invalidOption, "The number of speakers, \(count), must be between the fewest and the most")
        }
        (self.count, range) = (count, count.map { $0...$0 } ?? least...most)
    }
}
