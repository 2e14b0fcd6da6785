import STTRecognition

/// What a recognizer can do with the models that it has loaded.
///
/// Programs that offer choices or refuse requests read it instead of assuming what a version can do.
public struct Capabilities: Sendable, Hashable {
    /// The head of the speech model.
    public var head: RecognitionHead
    /// Whether the weights of its encoder are 8-bit integers.
    public var isQuantized: Bool
    /// How many tokens the model can write.
    public var vocabularyCount: Int
    /// The hardware on which the encoder runs.
    public var provider = RecognizerConfiguration.Provider.cpu
    /// Whether a model finds the speech; else its energy does.
    public var voiceActivityModel = false
    /// Whether punctuation and capitals can be added to text that has none.
    public var punctuation = false
    /// Whether numbers, dates and the like can be written in digits (inverse text normalisation).
    public var numbers = false
    /// Whether several readings of an utterance can be given.
    public var alternatives: Bool { head.isTransducer }
    /// Whether the words of `rnnt` can be written with the marks, capitals and digits of `e2e_rnnt`.
    public var fusion = false
    /// Whether the model's folder has a calibration of confidences for its head.
    public var calibratedConfidence = false
    /// Whether the speakers of a recording can be told apart by their voices.
    public var speakers = false
    /// Whether they can be given the names of known voices.
    public var speakerNames = false

    /// A speech model and nothing beside it.
    public init(head: RecognitionHead, isQuantized: Bool = false, vocabularyCount: Int = 0) {
        self.head = head
        self.isQuantized = isQuantized
        self.vocabularyCount = vocabularyCount
    }
}

extension Recognizer {
    /// What this recognizer can do.
    public var capabilities: Capabilities {
        var capabilities = Capabilities(head: head, isQuantized: isQuantized, vocabularyCount: vocabularyCount)
        capabilities.provider = configuration.provider
        capabilities.voiceActivityModel = configuration.voiceActivityModel != nil
        capabilities.numbers = true
        capabilities.punctuation = punctuation != nil
        capabilities.speakers = speakers != nil
        capabilities.speakerNames = voiceModel != nil
        capabilities.fusion = decoder.canFuse
        capabilities.calibratedConfidence = calibration != nil
        return capabilities
    }
}
