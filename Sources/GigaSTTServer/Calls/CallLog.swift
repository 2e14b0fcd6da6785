import GigaSTT
import STTValues

/// What is recognised of one call, as the messages of a live session of gigastt's own protocol. A value: no socket, no
/// clock.
struct CallLog: Sendable {
    /// UTF-8 bytes of the messages that are kept; the oldest are dropped for newer ones.
    static let byteLimit = 1 << 22

    /// How far a reader is.
    struct Position: Sendable, Hashable {
        fileprivate var message = 0
        fileprivate var partial = 0

        /// Before the first message.
        static let start = Position()
    }

    /// An utterance of the transcript.
    private struct Utterance {
        let text: String
        let start: Double
        let end: Double
    }

    private struct Entry {
        let message: String
        let utterance: Utterance?
    }

    let id: CallID
    /// How many calls of this identifier there were, with this one.
    let number: Int
    private let name: String
    private let startedAt: Double
    private let byteLimit: Int
    private var wire: GigaProtocol
    private let head: [String]
    private var entries: [Entry] = []
    private var droppedCount = 0
    /// UTF-8 bytes of the entries.
    private(set) var byteCount = 0
    /// The newest preview of the open utterance.
    private var partial: String?
    private var partialCount = 0
    /// Whether nothing more follows.
    private(set) var isOver = false

    /// A call that begins at a Unix time in seconds.
    ///
    /// - Parameter name: the protocol that carries it.
    init(
        _ id: CallID, number: Int = 1, over name: String, _ wire: GigaProtocol, at time: Double,
        byteLimit: Int = CallLog.byteLimit
    ) {
        (self.id, self.number, self.name, self.wire, startedAt) = (id, number, name, wire, time)
        self.byteLimit = byteLimit
        head = wire.open().map(\.json.description)
    }

    /// Takes what was recognised, at a Unix time in seconds.
    mutating func receive(_ event: ConversationEvent, at time: Double) {
        for message in wire.receive(event, at: time) {
            let text = message.json.description
            if case .partial = message {
                (partial, partialCount) = (text, partialCount + 1)
                continue
            }
            var utterance: Utterance?
            if case .final(let segment) = event {
                partial = nil
                if !segment.text.isEmpty {
                    utterance = Utterance(text: segment.text, start: segment.start, end: segment.end)
                }
            }
            entries.append(Entry(message: text, utterance: utterance))
            byteCount += text.utf8.count
        }
        while byteCount > byteLimit, let oldest = entries.first {
            byteCount -= oldest.message.utf8.count
            entries.removeFirst()
            droppedCount += 1
        }
    }

    /// Nothing more follows.
    mutating func end() {
        partial = nil
        isOver = true
    }

    /// The messages behind a position, which moves behind them: what is final, then the newest preview.
    func news(behind position: inout Position) -> [String] {
        // A position counts the head as the first message.
        let unread = entries.dropFirst(max(0, position.message - 1 - droppedCount)).map(\.message)
        var news = (position.message == 0 ? head : []) + unread
        if let partial, partialCount > position.partial { news.append(partial) }
        position = Position(message: 1 + droppedCount + entries.count, partial: partialCount)
        return news
    }

    /// The call with its transcript, as the body of a webhook.
    ///
    /// - Parameters:
    ///   - time: Unix time of the end in seconds.
    ///   - audio: seconds of audio that were recognised.
    func report(endedAt time: Double, _ reason: EndReason, audio: Double) -> JSONValue {
        let utterances = entries.compactMap(\.utterance)
        return [
            "type": "call.ended", "timestamp": .string(WebhookMessage.text(ofTime: time)),
            "data": [
                "call_id": .string(id.description), "protocol": .string(name), "started_at": .number(startedAt),
                "ended_at": .number(time), "processed_seconds": .number(audio.wholeMilliseconds),
                "reason": .string(reason.description),
                "text": .string(utterances.map(\.text).joined(separator: " ")),
                "segments": .array(
                    utterances.map { utterance in
                        [
                            "start": .number(utterance.start.wholeMilliseconds),
                            "end": .number(utterance.end.wholeMilliseconds), "text": .string(utterance.text),
                        ]
                    }), "truncated": droppedCount > 0 ? true : nil,
            ],
        ]
    }
}
