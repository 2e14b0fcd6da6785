/// How a live stream is recognised.
public struct LiveOptions: Sendable, Hashable {
    /// What ends an utterance.
    public var endpointing = Endpointing.automatic
    /// Whether the voice activity model finds the speech, where one is loaded; else the energy of the audio does.
    public var usesVoiceActivityModel = true
    /// What the end of a word is.
    public var wordEnds = WordEnds.spoken
    /// What the confidence of a word is.
    public var confidence = ConfidenceScale.raw
    /// How the text is written.
    public var text = TextFormatting()
    /// Phrases to prefer; `nil` for those of the recognizer (`RecognizerConfiguration.hotwords`), without phrases for none.
    public var hotwords: Hotwords?
    /// Readings of each utterance that are wanted in finals, 1…10; as in `TranscriptionOptions`.
    public var maximumAlternatives = 1
    /// How the speakers are told apart by their voices, where the recognizer has a speaker model; `nil`: not at all.
    ///
    /// Finals do not wait for it: `LiveEvent.speakers` follows them.
    public var speakers: SpeakerSeparation?
    /// Voices by which the speakers that are told apart get names, in `LiveEvent.speakers`; `nil`: none. The recognizer
    /// must have been loaded with `RecognizerConfiguration.identifiesSpeakers`.
    public var knownVoices: KnownVoices?
    /// Whether previews of the open utterance are wanted.
    public var partials = true
    /// How long a final may take from its endpoint, waiting included, before the stream ends with `timedOut`; `nil` for
    /// no limit.
    public var finalTimeout: Duration?

    /// Endpoints by silence, with partials.
    public init() {}
}
