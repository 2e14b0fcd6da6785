import STTMedia
import STTRecognition

/// What a voice must have to be enrolled.
public struct VoiceRules: Sendable, Hashable {
    /// Seconds of speech in all recordings together.
    public var leastSpeech = 5.0
    /// The shortest and the longest recording, in seconds; no limit from 10⁹ s on.
    public var durations = 0.0...1_800.0

    /// 5 s of speech in recordings of up to half an hour.
    public init() {}

    /// A reference of one request: 2 to 10 s, of which 1 s is speech.
    public static let reference: VoiceRules = {
        var rules = VoiceRules()
        (rules.leastSpeech, rules.durations) = (1, 2...10)
        return rules
    }()

    /// What headers of compressed files add to the length of a recording.
    static let tolerance = 0.2
    /// The share of speech that another voice may have.
    static let otherShare = 0.15
    /// Similarity from which on two groups of speech are the same voice.
    static let sameVoice = KnownVoices.standardSimilarity
}

extension Recognizer {
    /// The voice of the one person who speaks in some recordings, to be known by `name`.
    ///
    /// The recordings are recognised: noise and music have no words, and so no voice. Cost: that of transcribing them with
    /// speakers. Nothing is kept.
    ///
    /// Throws `GigaSTTError`: `invalidOption` without `RecognizerConfiguration.identifiesSpeakers` or a speaker model and for
    /// a name that cannot be used, `voiceUnusable` for too little speech and more than one voice, and what transcribing
    /// throws.
    public func voicePrint(
        named name: String, of recordings: [AudioSource], rules: VoiceRules = .init(),
        options: TranscriptionOptions = .init()
    ) async throws -> VoicePrint {
        let name = try VoicePrint.checkedName(name)
        guard let voiceModel else { throw KnownVoices.off }
        var options = options
        (options.speakers, options.channels, options.knownVoices) = (SpeakerSeparation(), .mixed, nil)
        // A duration cannot hold any number of seconds.
        let longest = rules.durations.upperBound
        options.maximumDuration = longest < 1e9 ? .seconds(longest + VoiceRules.tolerance) : nil
        var (sum, seconds): ([Float], Double) = ([], 0)
        for recording in recordings {
            let voice = try await voice(of: recording, rules, options)
            guard !voice.vector.isEmpty else { continue }
            let similarity = zip(KnownVoices.unit(sum), voice.vector).reduce(Float(0)) { $0 + $1.0 * $1.1 }
            guard sum.isEmpty || similarity >= VoiceRules.sameVoice else {
                throw GigaSTTError(
                    .voiceUnusable, "The recordings have different voices. Give recordings of one person.")
            }
            if sum.isEmpty { sum = [Float](repeating: 0, count: voice.vector.count) }
            for index in sum.indices { sum[index] += voice.vector[index] * Float(voice.seconds) }
            seconds += voice.seconds
        }
        guard seconds >= rules.leastSpeech else {
            let found = (seconds * 10).rounded(.down) / 10
            throw GigaSTTError(
                .voiceUnusable,
                "There are \(found) s of speech, and a voice needs \(rules.leastSpeech) s. Give a recording with more speech, "
                    + "and without noise.")
        }
        return VoicePrint(name: name, vector: KnownVoices.unit(sum), seconds: seconds, model: voiceModel)
    }

    /// The voice of a recording and the seconds of its speech; an empty vector where there is no speech.
    private func voice(
        of recording: AudioSource, _ rules: VoiceRules, _ options: TranscriptionOptions
    ) async throws -> (vector: [Float], seconds: Double) {
        var iterator = segments(of: recording, options: options).makeAsyncIterator()
        var segments: [Segment] = []
        while let segment = try await iterator.next() { segments.append(segment) }
        let duration = segments.last?.end ?? 0
        guard duration + VoiceRules.tolerance >= rules.durations.lowerBound else {
            throw GigaSTTError(
                .voiceUnusable,
                "The recording is shorter than \(rules.durations.lowerBound) s. Give one of \(rules.durations.lowerBound) "
                    + "to \(rules.durations.upperBound) s.")
        }
        guard try await iterator.labelled(segments) != nil else {
            throw GigaSTTError(.inferenceFailed, "The speaker model failed.")
        }
        return try VoiceRules.single(iterator.voices)
    }
}

extension VoiceRules {
    /// The one voice of those found: groups that are alike count as one.
    ///
    /// Throws `voiceUnusable` when another one has too much of the speech.
    static func single(
        _ voices: [(vector: [Float], seconds: Double)]
    ) throws(GigaSTTError) -> (vector: [Float], seconds: Double) {
        guard let main = voices.max(by: { $0.seconds < $1.seconds }) else { return ([], 0) }
        var (sum, seconds) = ([Float](repeating: 0, count: main.vector.count), 0.0)
        var others = 0.0
        for voice in voices {
            let similarity = zip(main.vector, voice.vector).reduce(Float(0)) { $0 + $1.0 * $1.1 }
            guard similarity >= sameVoice else {
                others += voice.seconds
                continue
            }
            for index in sum.indices { sum[index] += voice.vector[index] * Float(voice.seconds) }
            seconds += voice.seconds
        }
        guard others <= otherShare * (seconds + others) else {
            throw GigaSTTError(
                .voiceUnusable, "The recording has more than one voice. Give one in which only this person speaks.")
        }
        return (KnownVoices.unit(sum), seconds)
    }
}

extension KnownVoices {
    static let off = GigaSTTError(
        .invalidOption,
        "Speakers cannot be named: it is not allowed (RecognizerConfiguration.identifiesSpeakers), or there is no speaker "
            + "model.")

    /// Throws `invalidOption` where names are off, and for voices of another speaker model.
    func check(_ loaded: String?) throws(GigaSTTError) {
        guard let loaded else { throw Self.off }
        guard model == loaded else {
            throw GigaSTTError(
                .invalidOption,
                "The known voices were enrolled with another speaker model than the one that is loaded. "
                    + "Enrol them again.")
        }
    }
}
