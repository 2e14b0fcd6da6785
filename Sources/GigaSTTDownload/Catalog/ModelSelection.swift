public import STTValues

/// The files that a model folder is to hold.
public struct ModelSelection: Sendable, Hashable {
    /// Which encoder of a head: each is enough to recognise speech.
    public enum Encoder: Sendable, Hashable {
        /// Eight-bit weights, about 225 MB; what a recognizer prefers.
        case quantized
        /// 32-bit weights, about 850 MB; needed to quantise by oneself.
        case float
    }

    /// A model that is not needed for words.
    public enum Extra: Sendable, Hashable, CaseIterable {
        /// Silero's voice activity detection.
        case voiceActivity
        /// Punctuation and capital letters for the bare heads.
        case punctuation
        /// Voice vectors, which tell speakers apart.
        case speaker
    }

    /// The head to recognise with; `nil` for extras only.
    public var head: RecognitionHead?
    /// Which encoder of the head.
    public var encoder: Encoder
    /// What else.
    public var extras: Set<Extra>

    /// A head with the encoder that a recognizer prefers, and extras.
    public init(_ head: RecognitionHead?, encoder: Encoder = .quantized, extras: Set<Extra> = []) {
        self.head = head
        self.encoder = encoder
        self.extras = extras
    }
}
