import STTMedia
import STTRecognition
import STTValues

/// One channel of audio that is being recognised, utterance by utterance.
struct ChannelRecognition {
    private let stream: RecognitionStream
    private var source: SampleSource
    /// The speaker of every word; `nil` where that is not known.
    private let speaker: Int?
    /// Reads the voices of each utterance, where speakers are told apart.
    private let voices: SpeakerTrack?
    /// Seconds of the recording that are recognised already, until they are passed over.
    private var position: Double
    /// Where its last utterance ends; `nil`: where the recording does.
    private var end: PauseEnd?
    /// Whether everything is recognised.
    private var isComplete: Bool
    /// Whether the stream has all of its audio.
    private var isFed = false

    init(
        _ stream: RecognitionStream, _ source: SampleSource, speaker: Int?, voices: SpeakerTrack? = nil,
        from position: Double = 0, until end: PauseEnd? = nil
    ) {
        self.stream = stream
        self.source = source
        self.speaker = speaker
        self.voices = voices
        self.position = position
        self.end = end
        isComplete = end.map { $0.time <= position } ?? false
    }

    /// The next utterance, or `nil` after the last one.
    mutating func next() async throws -> Segment? {
        while let event = try await nextEvent() {
            if case .final(let segment) = event { return segment }
        }
        return nil
    }

    /// The next final, or a partial where the stream has them; `nil` after the last final.
    mutating func nextEvent() async throws -> LiveEvent? {
        if isComplete { return nil }
        let stream = stream
        // Ends with the scope.
        async let _ = stream.watch()
        if position > 0 { try await passOver() }
        return isComplete ? nil : try await advance()
    }

    /// Reads up to the position. Voice activity is detected from the last seconds before it on.
    private mutating func passOver() async throws {
        let start = try await source.passOver(position)
        position = 0
        guard let start else {
            isComplete = true
            return
        }
        stream.begin(at: start.frame, contextCount: start.contextCount)
        end?.read(start.samples.count, upTo: source.position)
        try await stream.append(start.samples)
    }

    private mutating func advance() async throws -> LiveEvent? {
        while true {
            while let next = try stream.poll() {
                switch next.event {
                case .final(let segment):
                    try await voices?.read()
                    let segment = spoken(segment)
                    if let end, segment.end >= end.time { isComplete = true }
                    return .final(segment)
                case .partial(var partial):
                    partial.words = partial.words.map(spoken)
                    return .partial(partial)
                case .speechStarted, .speechStopped, .flushed, .speakers, .speakersUnavailable: continue
                }
            }
            if stream.isOver { return nil }
            // Workers decode meanwhile: reading goes on as long as there is room for what is read.
            if isFed || !stream.hasRoom {
                try await stream.waitForEventOrRoom()
            } else if end?.isRead != true, let block = try await source.next() {
                end?.read(block.count, upTo: source.position)
                try await stream.append(block)
            } else {
                isFed = true
                try await stream.finish()
            }
        }
    }

    /// What the reader of the recording should know.
    mutating func notes() async throws -> [MediaNote] { try await source.notes() }

    /// The segment at its time in the recording, with its speaker.
    private func spoken(_ segment: Segment) -> Segment {
        var segment = segment
        segment.start = time(segment.start)
        segment.end = time(segment.end)
        segment.changeWords { $0 = spoken($0) }
        return segment
    }

    private func spoken(_ word: Word) -> Word {
        var word = word
        word.start = time(word.start)
        word.end = time(word.end)
        word.lastToken = time(word.lastToken)
        word.speaker = speaker ?? word.speaker
        return word
    }

    /// The time in the recording for a time in the stream.
    private func time(_ seconds: Double) -> Double { source.recordingTime(seconds) }
}

/// A pause in which the recognition of a recording ends before the recording does.
struct PauseEnd {
    /// Seconds of the recording at which the last utterance ends.
    let time: Double
    /// Samples behind it that are still to be read: the pause that ends the utterance.
    private var rest: Int
    private var isReached = false

    init(_ time: Double, rules: SegmentationRules, _ geometry: ModelGeometry) {
        self.time = time
        rest = (rules.trailingSilence ?? 0) * geometry.hop + geometry.analysisLength
    }

    /// Whether enough was read.
    var isRead: Bool { rest <= 0 }

    /// Takes note of samples that were read, which end at a time in the recording.
    mutating func read(_ count: Int, upTo position: Double) {
        if isReached { rest -= count }
        isReached = isReached || position >= time
    }
}
