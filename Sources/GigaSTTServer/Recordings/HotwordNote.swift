import GigaSTT
import STTValues

/// Which phrases of a request the model cannot write: they are not preferred, and the client should know why.
struct HotwordNote: Sendable, Hashable {
    /// Phrases that are listed.
    static let listLimit = 10
    static let code = "hotwords_not_spellable"
    private static let message =
        "These phrases are not preferred: the model cannot write them. Write them as they are pronounced."

    /// The first of them, at most `listLimit`.
    let phrases: [String]
    /// How many there are.
    let count: Int

    /// `nil` without any.
    init?(_ phrases: [String]) {
        guard !phrases.isEmpty else { return nil }
        self.phrases = Array(phrases.prefix(Self.listLimit))
        count = phrases.count
    }

    /// A note on the phrases of `request`; `nil` when the model can write all, or for the phrases of the server, which its
    /// log reports.
    init?(_ request: RecognitionRequest, _ recognizer: Recognizer) {
        guard let phrases = request.hotwords, !phrases.isEmpty else { return nil }
        self.init(recognizer.unspellable(Hotwords(phrases)))
    }

    /// The note as a member of `notes[]`.
    var json: JSONValue { .object(members) }

    /// The note as a message of a live session.
    var messageJSON: JSONValue { .object([("type", .string("note"))] + members) }

    private var members: [(String, JSONValue?)] { [("code", .string(Self.code))] + details }

    /// What the note says, without its code.
    var details: [(String, JSONValue?)] {
        [
            ("message", .string(Self.message)), ("phrases", .array(phrases.map { .string($0) })),
            ("count", .integer(count)),
        ]
    }
}
