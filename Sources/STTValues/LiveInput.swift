/// What goes into a live stream. Control travels within the audio, in order; the end of the input is the end of
/// speech.
public enum LiveInput: Sendable {
    /// Samples, mono, 16 kHz, −1…1, in blocks of any length.
    case audio([Float])
    /// Ends the open utterance; `flushed` with this number follows its final.
    case flush(Int)
}
