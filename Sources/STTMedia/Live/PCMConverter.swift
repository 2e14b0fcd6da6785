/// Turns live audio bytes into 16 kHz samples, −1…1 and finite.
///
/// Messages may be cut anywhere, also within a sample: the bytes of an incomplete one wait for the next message.
public struct PCMConverter: Sendable {
    /// What the bytes are.
    public let format: PCMFormat
    /// The beginning of a sample, shorter than one.
    private(set) var carried: [UInt8] = []
    private var resampler: Resampler

    /// Prepares for a stream.
    public init(_ format: PCMFormat) {
        self.format = format
        resampler = Resampler(from: format)
    }

    /// Takes the next bytes and returns the samples that are complete.
    ///
    /// At 16 kHz these are all samples of the bytes; at other rates up to 16 ms stay in the filter.
    public mutating func convert(_ bytes: [UInt8]) -> [Float] {
        let width = format.encoding.byteCount
        let all = carried.isEmpty ? bytes : carried + bytes
        carried = Array(all.suffix(all.count % width))
        let samples = all.withUnsafeBytes { format.encoding.planes(in: $0, channelCount: 1) }
        var output: [Float] = []
        resampler.append(finite: samples, to: &output)
        return output
    }

    /// Returns what the filter still holds, as at the end of an utterance; an incomplete sample waits for the bytes that follow.
    public mutating func flush() -> [Float] { resampler.finish() }

    /// Returns what the filter still holds and lets go of an incomplete sample; a new stream may follow.
    public mutating func finish() -> [Float] {
        carried = []
        return flush()
    }
}
