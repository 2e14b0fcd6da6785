/// Mono samples at the rate in which they were stored.
struct NativeBlock: Sendable, Hashable {
    let samples: [Float]
    let sampleRate: Int
}

/// Decodes one recording, front to back; one thread at a time.
protocol NativeRateReader: AnyObject {
    var properties: AudioProperties { get }
    /// Damaged packets left out so far.
    var skippedPacketCount: Int { get }
    /// The next samples, `count` at most; none at the end. All have the same rate; the next block may have another.
    func read(upTo count: Int) throws(MediaError) -> NativeBlock
}
