/// Reads any recording as 16 kHz mono samples.
///
/// Blocking, and for one thread at a time; ``MediaFile`` is the asynchronous form of it. Memory does not grow with the
/// length of the recording. WAV (PCM, float, G.711) and raw PCM and G.711 are read natively; everything else needs the
/// FFmpeg libraries, which are loaded when the first such recording is opened, or on Apple's systems those of the system.
///
/// A sample's place is its time in the recording: what is missing between two packets, or before the first one, is
/// silence. Opening FFmpeg turns its log off for the whole process, and limits its allocations to 128 MB each.
public final class AudioReader {
    /// The rate of the samples that are read, in Hz.
    public static let sampleRate = 16_000

    /// The longest block that is read at once: one minute.
    private static let longestBlock = 60 * sampleRate
    /// Values decoded at a time, at the recording's own rate.
    private static let longestStep = 16_384
    /// A gap up to this is written out as samples.
    private static let writtenGap = 1.0

    private let decoder: any AudioDecoder
    private var timeline = PresentationTimeline()
    private var downmixer: Downmixer?
    private var resampler: Resampler?
    private var resampledRate = 0
    private var mixedChannels = 0
    private var channelsCancel = false
    /// Mixed but not yet resampled.
    private var unresampled: ArraySlice<Float> = []
    /// Set while a stretch of consecutive samples of one form is being finished.
    private var ending: Ending?
    /// What follows the end of the stretch.
    private var held: DecodedBlock?
    /// Resampled but not yet asked for.
    private var pending: [Float] = []
    /// Samples of silence that follow what is pending.
    private var silence = 0
    /// Samples of silence that ``read(upTo:)`` has begun to write out.
    private var zeros = 0
    private var isAtEnd = false

    /// Opens a recording and reads its header.
    ///
    /// - Throws: `MediaError` saying why it cannot be read.
    public convenience init(_ source: AudioSource) throws(MediaError) {
        try self.init(source.opened(), as: source)
    }

    /// Reads `bytes` with the format, channel and track of `source`.
    init(_ bytes: any ByteSource, as source: AudioSource) throws(MediaError) {
        decoder = try Self.decoder(for: bytes, as: source)
        if let channel = source.channel, decoder.properties.channelCount != channel.count {
            throw .otherChannels(decoder.properties.channelCount, wanted: channel.count)
        }
    }

    init(_ decoder: any AudioDecoder) {
        self.decoder = decoder
    }

    /// Whether a recording has exactly two channels that are not one voice; reads it to its end.
    static func hasDistinctStereoChannels(
        in bytes: any ByteSource, as source: AudioSource
    ) throws(MediaError) -> Bool {
        let decoder = try decoder(for: bytes, as: source)
        guard decoder.properties.channelCount == 2 else { return false }
        var comparison: ChannelComparison?
        while true {
            let block = try decoder.read(upTo: longestStep)
            if block.samples.isEmpty { break }
            if comparison == nil { comparison = ChannelComparison(sampleRate: block.sampleRate) }
            comparison?.append(block)
        }
        return comparison?.isOneVoice() != true
    }

    /// What the header says.
    public var properties: AudioProperties { decoder.properties }

    /// Damaged packets left out so far.
    public var skippedPacketCount: Int { decoder.skippedPacketCount }

    /// Audio tracks of the recording; empty where there are not several.
    public var tracks: [AudioTrack] { decoder.tracks }

    /// What the reader of the recording should know, by what was read of it so far.
    public var notes: [MediaNote] {
        let cancels = channelsCancel || downmixer?.hasCancelled == true
        return [MediaNote.otherTracks(tracks), cancels ? .cancellingChannels : nil].compactMap(\.self)
    }

    /// The next `count` samples (1…960 000), −1…1 and finite; fewer only at the end, and none after it.
    ///
    /// - Throws: `MediaError` when nothing at all can be decoded or the source fails. A recording that is cut short or
    ///   damaged further on ends where it does, without an error.
    public func read(upTo count: Int) throws(MediaError) -> [Float] {
        let count = min(max(1, count), Self.longestBlock)
        var output: [Float] = []
        while output.count < count {
            if zeros > 0 {
                let written = min(zeros, count - output.count)
                output.append(contentsOf: repeatElement(0, count: written))
                zeros -= written
            } else {
                switch try nextBlock(upTo: count - output.count) {
                case .samples(let samples)? where output.isEmpty: output = samples
                case .samples(let samples)?: output += samples
                case .silence(let length)?: zeros = length
                case nil: return output
                }
            }
        }
        return output
    }

    /// The next `count` samples, fewer before silence and at the end; the whole of a long silence; or `nil` at the end.
    func nextBlock(upTo count: Int) throws(MediaError) -> MediaBlock? {
        while pending.count < count, silence == 0, !isAtEnd { try decode() }
        guard pending.isEmpty else { return .samples(take(count)) }
        guard silence > 0 else { return nil }
        defer { silence = 0 }
        return .silence(silence)
    }

    /// The first `count` pending samples, of which only those that remain are copied.
    private func take(_ count: Int) -> [Float] {
        let rest = Array(pending.dropFirst(count))
        defer { pending = rest }
        pending.removeLast(rest.count)
        return pending
    }

    /// What follows a stretch of samples.
    private enum Ending {
        case gap(seconds: Double, isLast: Bool)
        case otherForm
    }

    /// Moves one step of samples from the decoder through down-mix and resampler.
    private func decode() throws(MediaError) {
        if !unresampled.isEmpty { return resample() }
        if let ending { return finishStretch(ending) }
        if let block = held {
            held = nil
            return try append(block)
        }
        let block = try decoder.read(upTo: Self.longestStep)
        let gap = timeline.gap(before: block.time)
        timeline.advance(block.frameCount, sampleRate: block.sampleRate)
        guard gap > 0 || block.samples.isEmpty else { return try append(block) }
        end(.gap(seconds: gap, isLast: block.samples.isEmpty), before: block)
    }

    private func append(_ block: DecodedBlock) throws(MediaError) {
        if resampler == nil {
            resampler = try Resampler(from: block.sampleRate, to: Self.sampleRate, clamps: true)
            (resampledRate, mixedChannels) = (block.sampleRate, block.channelCount)
            guard mixedChannels > 1 else { return unresampled = block.samples[...] }
            downmixer = Downmixer(channelCount: mixedChannels, sampleRate: resampledRate)
        }
        guard block.sampleRate == resampledRate, block.channelCount == mixedChannels else {
            return end(.otherForm, before: block)
        }
        unresampled = (downmixer?.append(block) ?? block.samples)[...]
    }

    /// Ends the stretch; `next` comes after it.
    private func end(_ ending: Ending, before next: DecodedBlock) {
        self.ending = ending
        held = next.samples.isEmpty ? nil : next
        unresampled = (downmixer?.finish() ?? [])[...]
    }

    private func finishStretch(_ ending: Ending) {
        self.ending = nil
        resampler?.finish(to: &pending)
        switch ending {
        case .otherForm:
            channelsCancel = channelsCancel || downmixer?.hasCancelled == true
            (resampler, downmixer) = (nil, nil)
        case .gap(let seconds, let isLast):
            isAtEnd = isLast
            let count = Int((seconds * Double(Self.sampleRate)).rounded())
            if seconds > Self.writtenGap {
                silence = count
            } else {
                pending.append(contentsOf: repeatElement(0, count: count))
            }
        }
    }

    /// A second of the recording at most: at 1 Hz one sample becomes 16 000.
    private func resample() {
        let step = unresampled.prefix(resampledRate)
        unresampled = unresampled.dropFirst(resampledRate)
        resampler?.append(finite: Array(step), to: &pending)
    }
}
