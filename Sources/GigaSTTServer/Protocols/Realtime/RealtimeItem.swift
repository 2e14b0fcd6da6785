import GigaSTT
import STTValues

/// One turn of speech: what of its text has been sent as deltas, and what ends it.
struct RealtimeItem: Sendable {
    let id: String
    /// The flush that completes it, once it is committed by the client.
    var flush: Int?
    var isCommitted = false
    /// Whether its speech was reported to have begun, and not to have ended.
    var isSpeaking = false
    /// The item that was committed before it.
    var previous: String?
    /// Whether the client cleared the buffer: nothing more is sent of it.
    var isCleared = false
    /// Seconds of audio.
    private(set) var duration = 0.0
    /// The text of the utterances that have ended.
    private(set) var text = ""
    /// How sure the written words are, where the session shows it.
    private(set) var logProbabilities: [JSONValue] = []
    /// The deltas, appended.
    private(set) var sent = ""

    init(id: String) { self.id = id }

    /// What is certain of the open utterance; returns the text to append, if any.
    mutating func receive(_ partial: Partial) -> String? { advance(to: Self.joined(text, partial.committedText)) }

    /// An utterance has ended; returns the text to append, if any.
    mutating func receive(_ segment: Segment, showsLogProbabilities: Bool) -> String? {
        if showsLogProbabilities, !segment.text.isEmpty {
            logProbabilities += TokenLogProbabilities.json(segment, isFirst: text.isEmpty)
        }
        text = Self.joined(text, segment.text)
        duration += segment.end - segment.start
        return advance(to: text)
    }

    /// Certain text only grows, so that what was sent is its beginning; bytes are compared, because clients append.
    private mutating func advance(to certain: String) -> String? {
        guard certain.utf8.count > sent.utf8.count, certain.utf8.starts(with: sent.utf8) else { return nil }
        defer { sent = certain }
        return String(decoding: certain.utf8.dropFirst(sent.utf8.count), as: UTF8.self)
    }

    private static func joined(_ first: String, _ second: String) -> String {
        first.isEmpty || second.isEmpty ? first + second : first + " " + second
    }
}
