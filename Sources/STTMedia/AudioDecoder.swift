/// Decoded samples at the rate in which they were stored, plane after plane.
struct DecodedBlock: Sendable, Hashable {
    /// The samples of the first channel, then those of the next; all planes are equally long.
    var samples: [Float] = []
    var channelCount = 1
    var sampleRate = 0
    /// When the first sample is due, in seconds from the recording's start; `nil` where nothing states it.
    ///
    /// The empty block at the end may have a time as well: what lies before it was too damaged to decode.
    var time: Double?

    /// Samples in each plane.
    var frameCount: Int { samples.count / channelCount }
}

/// Decodes one recording, front to back; one thread at a time.
protocol AudioDecoder: AnyObject {
    var properties: AudioProperties { get }
    /// Damaged packets left out so far.
    var skippedPacketCount: Int { get }
    /// Audio tracks of the container; empty where it holds one, or where there is no container.
    var tracks: [AudioTrack] { get }
    /// The next samples, `count` values in all planes together at most; none at the end.
    ///
    /// Rate and number of channels may differ from block to block.
    func read(upTo count: Int) throws(MediaError) -> DecodedBlock
}
