/// What ends an utterance, besides the end of the audio, a flush, and the longest length a model takes.
public struct Endpointing: Sendable, Hashable {
    /// Silence by voice activity that ends an utterance, at least 80 ms; `nil`: none does. Less than 200 ms may end it
    /// within a word, where a plosive closes.
    public var silence: Duration?
    /// Whether a run of 0.6 s without a word ends an utterance where noise hides the silence.
    ///
    /// Costs a decode of three seconds every 1.5 s while no silence is heard.
    public var blankRun: Bool

    /// Endpoints by silence, by lack of words, by both, or by neither.
    public init(silence: Duration?, blankRun: Bool) {
        self.silence = silence
        self.blankRun = blankRun
    }

    /// Half a second of silence.
    public static let automatic = Endpointing(silence: .milliseconds(500), blankRun: false)
    /// Silence or, where it is never quiet, half a second without words.
    public static let noisy = Endpointing(silence: .milliseconds(500), blankRun: true)
    /// Nothing: the caller ends utterances by flushing.
    public static let manual = Endpointing(silence: nil, blankRun: false)
}
