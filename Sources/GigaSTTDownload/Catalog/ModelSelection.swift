public import STTValues

/// The files that a model folder is to hold.
public struct ModelSelection: Sendable, Hashable {
    /// Which encoder of a head: each is enough to recognise speech.
    public enum Encoder: Sendable, Hashable {
        /// Eight-bit weights, which a recognizer prefers: of the published forms the one that is there, else `reference`.
        case quantized
        /// Eight-bit weights in this form, about 225 MB as `reference` and 320 MB as `matmul`; replaces the other form.
        case form(ModelFile.Form)
        /// 32-bit weights, about 850 MB; needed to quantise by oneself.
        case float
        /// The one that is in the folder, whatever it is: only what the head needs beside it.
        case own
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
    /// Whether a file that is there stays, whatever its content, so that only absent files are fetched.
    public var keepsFiles: Bool

    /// A head with the encoder that a recognizer prefers, and extras.
    public init(
        _ head: RecognitionHead?, encoder: Encoder = .quantized, extras: Set<Extra> = [], keepsFiles: Bool = false
    ) {
        self.head = head
        self.encoder = encoder
        self.extras = extras
        self.keepsFiles = keepsFiles
    }
}
