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
        let channel: Int
        let text: String
        let start: Double
        let end: Double
    }

    private struct Entry {
        let message: String
        let utterance: Utterance?
    }

    private struct Preview {
        let message: String
        let number: Int
    }

    let id: CallID
    /// How many calls of this identifier there were, with this one.
    let number: Int
    private let name: String
    private let startedAt: Double
    private let byteLimit: Int
    /// The protocol of each channel.
    private var protocols: [GigaProtocol]
    private let head: [String]
    private var entries: [Entry] = []
    private var droppedCount = 0
    /// UTF-8 bytes of the entries.
    private(set) var byteCount = 0
    /// The newest preview of the open utterance of each channel.
    private var partials: [Int: Preview] = [:]
    private var partialCount = 0
    /// Whether nothing more follows.
    private(set) var isOver = false

    /// A call that begins at a Unix time in seconds.
    ///
    /// - Parameters:
    ///   - channels: how many are recognised apart; of several each message says which it is about.
    ///   - name: the protocol that carries it.
    init(
        _ id: CallID, number: Int = 1, channels: Int = 1, over name: String, _ wire: GigaProtocol, at time: Double,
        byteLimit: Int = CallLog.byteLimit
    ) {
        (self.id, self.number, self.name, startedAt) = (id, number, name, time)
        self.byteLimit = byteLimit
        protocols = Array(repeating: wire, count: max(channels, 1))
        head = wire.open().map { message in
            (channels > 1 ? message.json.adding("channels", .integer(channels)) : message.json).description
        }
    }

    private var hasChannels: Bool { protocols.count > 1 }

    /// Takes what was recognised on a channel, at a Unix time in seconds.
    mutating func receive(_ event: ConversationEvent, on channel: Int = 0, at time: Double) {
        for message in messages(event, on: channel, at: time) {
            let json = hasChannels ? message.json.adding("channel", .integer(channel)) : message.json
            let text = json.description
            if case .partial = message {
                partialCount += 1
                partials[channel] = Preview(message: text, number: partialCount)
                continue
            }
            var utterance: Utterance?
            if case .final(let segment) = event {
                partials[channel] = nil
                if !segment.text.isEmpty {
                    utterance = Utterance(
                        channel: channel, text: segment.text, start: segment.start, end: segment.end)
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

    /// The messages of one channel; the end is that of all.
    private mutating func messages(
        _ event: ConversationEvent, on channel: Int, at time: Double
    ) -> [ServerMessage] {
        guard protocols.indices.contains(channel) else { return [] }
        if case .ending = event {
            for other in protocols.indices where other != channel {
                _ = protocols[other].receive(event, on: 0, at: time)
            }
        }
        return protocols[channel].receive(event, on: 0, at: time)
    }

    /// Nothing more follows.
    mutating func end() {
        partials = [:]
        isOver = true
    }

    /// The messages behind a position, which moves behind them: what is final, then the newest preview of each channel.
    func news(behind position: inout Position) -> [String] {
        // A position counts the head as the first message.
        let unread = entries.dropFirst(max(0, position.message - 1 - droppedCount)).map(\.message)
        var news = (position.message == 0 ? head : []) + unread
        let previews = partials.values.filter { $0.number > position.partial }.sorted { $0.number < $1.number }
        news += previews.map(\.message)
        position = Position(message: 1 + droppedCount + entries.count, partial: partialCount)
        return news
    }

    /// The call with its transcript, as the body of a webhook.
    ///
    /// - Parameters:
    ///   - time: Unix time of the end in seconds.
    ///   - audio: seconds of audio that were recognised.
    func report(endedAt time: Double, _ reason: EndReason, audio: Double) -> JSONValue {
        var utterances = entries.compactMap(\.utterance)
        // Of several channels the longer utterance is decided later; equal starts keep their order.
        if hasChannels {
            utterances = utterances.enumerated().sorted {
                ($0.element.start, $0.offset) < ($1.element.start, $1.offset)
            }
            .map(\.element)
        }
        return [
            "type": "call.ended", "timestamp": .string(WebhookMessage.text(ofTime: time)),
            "data": [
                "call_id": .string(id.description), "protocol": .string(name), "started_at": .number(startedAt),
                "ended_at": .number(time), "processed_seconds": .number(audio.wholeMilliseconds),
                "reason": .string(reason.description), "channels": hasChannels ? .integer(protocols.count) : nil,
                "text": .string(utterances.map(\.text).joined(separator: " ")),
                "segments": .array(
                    utterances.map { utterance in
                        [
                            "start": .number(utterance.start.wholeMilliseconds),
                            "end": .number(utterance.end.wholeMilliseconds), "text": .string(utterance.text),
                            "channel": hasChannels ? .integer(utterance.channel) : nil,
                        ]
                    }), "truncated": droppedCount > 0 ? true : nil,
            ],
        ]
    }
}
