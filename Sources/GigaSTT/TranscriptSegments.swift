import STTMedia
import STTRecognition

/// The utterances of one recording in order of time, recognised while they are iterated.
///
/// The last one ends where the recording ends; it has no words when the recording ends in silence. Channels that are
/// recognised separately have their own utterances, which may overlap; they come in order of their first words.
public struct TranscriptSegments: AsyncSequence, Sendable {
    /// One utterance.
    public typealias Element = Segment

    enum Input: Sendable {
        case media(MediaFile)
        case samples([Float], sampleRate: Int)
    }

    let recognizer: Recognizer
    let input: Input
    let options: TranscriptionOptions
    /// Seconds up to which each channel is recognised already; empty: from the start.
    var positions: [Double] = []
    /// Seconds at which the last utterance ends, in a pause; `nil`: at the end of the recording.
    var end: Double?
    /// Whether `Iterator.nextEvent` also gives previews of the utterance that is being read. Reading then waits for each.
    package var hasPartials = false

    /// Starts at the first utterance.
    public func makeAsyncIterator() -> Iterator { Iterator(self) }

    /// Reads audio and hands out utterances; it owns all that is under way for them.
    public struct Iterator: AsyncIteratorProtocol {
        private var channels: MergedChannels
        let options: TranscriptionOptions
        /// The voices of the recording, where its speakers are told apart.
        let speakers: SpeakerTrack?
        /// The names of the speakers, once `labelled` has told them apart; `nil` unless names were asked for.
        public internal(set) var speakerNames: [SpeakerName]?
        /// The voice of each speaker and the seconds of its speech, once they are told apart.
        var voices: [(vector: [Float], seconds: Double)] = []
        private let voiceModel: String?
        private let geometry: ModelGeometry
        private let head: RecognitionHead
        private let canFuse: Bool
        /// Replaces `channels` if those of the recording turn out to be distinct.
        private var separate: (file: MediaFile, channels: MergedChannels)?

        init(_ segments: TranscriptSegments) {
            options = segments.options
            (head, canFuse) = (segments.recognizer.head, segments.recognizer.decoder.canFuse)
            voiceModel = segments.recognizer.voiceModel
            geometry = segments.recognizer.decoder.model.geometry
            let recognizer = segments.recognizer
            let isLabelled = options.speakers != nil && options.channels == .mixed && segments.positions.isEmpty
            speakers = isLabelled ? recognizer.speakers.map { SpeakerTrack($0, queue: recognizer.queue) } : nil
            channels = MergedChannels([segments.channel(segments.input, voices: speakers)])
            guard options.channels == .apart, case .media(let file) = segments.input else { return }
            let sides = (0..<2).map { segments.channel(.media(MediaFile(file.source.channel($0, of: 2))), speaker: $0) }
            separate = (file, MergedChannels(sides))
        }

        /// The channel of the utterance that was handed out last, from 0: 0 unless the channels are recognised apart.
        package var channel: Int { channels.channel }

        /// Whether `labelled` is to be asked after the last utterance.
        package var wantsSpeakers: Bool { options.speakers != nil }

        /// The next utterance, or `nil` after the last one.
        public mutating func next() async throws -> Segment? {
            try await chooseChannels()
            return try await channels.next()
        }

        /// The next utterance as a final or, with `hasPartials` and channels that are not recognised apart, a partial of
        /// it; `nil` after the last one.
        package mutating func nextEvent() async throws -> LiveEvent? {
            try await chooseChannels()
            return try await channels.nextEvent()
        }

        /// Before the first utterance: whether the channels are recognised apart.
        private mutating func chooseChannels() async throws {
            try options.validate(head, canFuse: canFuse)
            try options.knownVoices?.check(voiceModel)
            guard let separate else { return }
            // A recording that states that it is too long, or cannot be read, is not read through to compare channels.
            var source = SampleSource(.media(separate.file), for: geometry, maximumDuration: options.maximumDuration)
            if separate.file.source.canRestart { _ = try await source.next() }
            if try await separate.file.isTwoVoices() { channels = separate.channels }
            self.separate = nil
        }

        /// What the reader of the recording should know, by what was read of it so far: channels that cancel each other,
        /// further audio tracks. After the last utterance, everything.
        ///
        /// - Throws: `CancellationError` when the task is cancelled.
        public mutating func notes() async throws -> [MediaNote] { try await channels.notes() }
    }

    private func channel(_ input: Input, speaker: Int? = nil, voices: SpeakerTrack? = nil) -> ChannelRecognition {
        let geometry = recognizer.decoder.model.geometry
        let rules = SegmentationRules(options.endpointing, geometry)
        let stream = recognizer.stream {
            $0.rules = rules
            // The recording is admitted once, with a window of its first channel.
            $0.isAdmitted = speaker == 1
            if hasPartials, speaker == nil { ($0.partials, $0.awaitsPartials) = (.recording, true) }
            $0.decodeOptions.wordEnds = options.wordEnds
            $0.decodeOptions.calibration = recognizer.calibration(options.confidence)
            $0.decodeOptions.fuses = recognizer.fuses(options.text)
            $0.decodeOptions.hypothesisCount = options.maximumAlternatives
            $0.finisher = recognizer.finisher(options.text)
            $0.tap = voices?.tap
            if !options.usesVoiceActivityModel { $0.voiceActivity = EnergyActivity() }
            $0.decodeOptions.bias = recognizer.hotwords.bias(options.hotwords)
            guard options.queueTimeout != nil || options.progressTimeout != nil else { return }
            $0.watchdog = Watchdog(queueTimeout: options.queueTimeout, progressTimeout: options.progressTimeout)
        }
        return ChannelRecognition(
            stream,
            SampleSource(input, for: geometry, maximumDuration: options.maximumDuration), speaker: speaker,
            voices: voices, from: positions.dropFirst(speaker ?? 0).first ?? 0,
            until: end.map { PauseEnd($0, rules: rules, geometry) })
    }
}

extension MediaFile {
    fileprivate func isTwoVoices() async throws -> Bool {
        guard source.canRestart else {
            throw GigaSTTError(
                .invalidOption,
                "The channels of a stream cannot be recognised separately. Put the recording into a file first.")
        }
        do {
            return try await hasDistinctStereoChannels()
        } catch let error as MediaError {
            throw GigaSTTError(error)
        }
    }
}
