import Foundation
import GigaSTT
import NIOCore
import STTValues

/// A transcription session of OpenAI's Realtime interface as a machine: JSON events in both directions.
///
/// A turn is one item. Deltas are text that will not change, also while the turn goes on, and together are the transcript
/// of the item. Items end in order: the events of the engine belong to the first that has not ended.
struct RealtimeProtocol: LiveProtocol {
    typealias Step = LiveStep<JSONReply>

    static let name = "openai-realtime"

    var shape: RealtimeSession.Shape
    var session: RealtimeSession
    private var hasBegun = false
    /// Items that have not ended; the last one may be uncommitted.
    private(set) var items: [RealtimeItem] = []
    private var previousItem: String?
    private var itemCount = 0
    /// Events sent.
    var eventCount = 0
    private var flushCount = 0
    /// Seconds of audio behind a turn that can be committed (OpenAI's interface).
    private static let shortestCommit = 0.1
    /// Whether audio has come since the last commit.
    private var hasUncommittedAudio = false
    private var receivedByteCount = 0

    private let hotwordNote: @Sendable (RecognitionRequest) -> HotwordNote?

    /// - Parameter hotwordNote: Which phrases of a request the model cannot write.
    init(
        _ session: RealtimeSession, shape: RealtimeSession.Shape,
        hotwordNote: @escaping @Sendable (RecognitionRequest) -> HotwordNote? = { _ in nil }
    ) {
        (self.session, self.shape, self.hotwordNote) = (session, shape, hotwordNote)
    }

    mutating func open() -> [JSONReply] { [sessionEvent("created", hotwordNote(session.recognition))] }
}

// MARK: - From the client

extension RealtimeProtocol {
    mutating func receive(_ message: LiveMessage) -> [Step] {
        guard case .text(let text) = message else {
            return [.reply(error(RealtimeFailure("invalid_message", "Messages are JSON text; audio is base64 in it")))]
        }
        let event: RealtimeMessage
        do {
            event = try RealtimeMessage.read(text)
        } catch {
            return [.reply(self.error(error, answering: RealtimeMessage.eventID(of: text)))]
        }
        do {
            return try receive(event)
        } catch {
            return [.reply(self.error(error, answering: event.eventID))]
        }
    }

    private mutating func receive(_ event: RealtimeMessage) throws(RealtimeFailure) -> [Step] {
        switch event.type {
        case "input_audio_buffer.append": return try append(event.audio)
        case "input_audio_buffer.commit": return try commit()
        case "input_audio_buffer.clear": return clear()
        case "session.update": return try update(event.session)
        case "transcription_session.update":
            shape = .beta
            return try update(event.session)
        default:
            throw RealtimeFailure(
                "unknown_event", "Transcription sessions have no event of this type", at: "type")
        }
    }

    private mutating func update(_ update: RealtimeSessionUpdate?) throws(RealtimeFailure) -> [Step] {
        guard let update else { throw RealtimeFailure("missing_value", "session is missing", at: "session") }
        var wanted = session
        wanted.apply(update)
        guard !hasBegun || wanted.isRecognised(as: session) else {
            throw RealtimeFailure(
                "session_has_audio",
                "Format, turn detection and keywords are fixed by the first audio; open another session to change them",
                at: "session")
        }
        session = wanted
        return [.reply(sessionEvent("updated", hotwordNote(session.recognition)))]
    }

    private mutating func append(_ audio: String?) throws(RealtimeFailure) -> [Step] {
        guard let audio, let bytes = Data(base64Encoded: audio) else {
            throw RealtimeFailure("invalid_audio", "audio is not base64", at: "audio")
        }
        if bytes.isEmpty { return [] }
        hasUncommittedAudio = true
        receivedByteCount += bytes.count
        let input = Step.input(.audio(ByteBuffer(bytes: bytes)))
        guard !hasBegun, let format = session.pcmFormat else { return [input] }
        hasBegun = true
        return [.input(.begin(format, session.recognition)), input]
    }

    private mutating func commit() throws(RealtimeFailure) -> [Step] {
        guard isCommittable else {
            throw RealtimeFailure("input_audio_buffer_commit_empty", "The buffer has no audio to commit")
        }
        let replies = endUncommittedItem() + commitReplies(at: items.count - 1)
        return replies.map { .reply($0) } + [.input(.flush(flushCount))]
    }

    /// Drops what is not committed: its recognition ends, and nothing of it is sent.
    private mutating func clear() -> [Step] {
        let cleared = Step.reply(reply("input_audio_buffer.cleared", []))
        guard isCommittable else { return [cleared] }
        let stopped: [Step] = endUncommittedItem().map { .reply($0) }
        items[items.count - 1].isCommitted = true
        items[items.count - 1].isCleared = true
        let item = items[items.count - 1]
        let failure: [Step] = item.sent.isEmpty ? [] : [.reply(failed(item, code: "input_audio_buffer_cleared"))]
        return stopped + failure + [cleared, .input(.flush(flushCount))]
    }

    private var isCommittable: Bool { hasUncommittedAudio || items.last?.isCommitted == false }

    /// Lets the next flush end the last item, or a new one where that is committed; reports the end of its speech.
    private mutating func endUncommittedItem() -> [JSONReply] {
        hasUncommittedAudio = false
        if items.last?.isCommitted != false { items.append(makeItem()) }
        flushCount += 1
        items[items.count - 1].flush = flushCount
        return speechStopped(at: receivedSeconds, in: items.count - 1)
    }

    /// Seconds of audio that were received.
    private var receivedSeconds: Double {
        session.pcmFormat.map { Double(receivedByteCount / $0.byteCount) / Double($0.sampleRate) } ?? 0
    }
}

// MARK: - From the conversation

extension RealtimeProtocol {
    mutating func receive(_ event: ConversationEvent, on channel: Int, at timestamp: Double) -> [JSONReply] {
        switch event {
        case .speechStarted(let time): return speechStarted(at: time)
        case .speechStopped(let time):
            guard session.turns != .manual, !items.isEmpty else { return [] }
            return speechStopped(at: time, in: 0) + commitReplies(at: 0)
        case .partial(let partial):
            guard !partial.committedText.isEmpty else { return [] }
            ensureItem()
            let delta = items[0].receive(partial)
            return deltas(delta)
        case .final(let segment): return receive(segment)
        case .flushed(let number):
            guard items.first?.flush == number else { return [] }
            return complete()
        case .audioTaken, .speakers, .speakersUnavailable, .ended: return []
        case .failed(let failure): return [failed(failure)]
        case .ending(.sessionLength):
            return [error(RealtimeFailure("session_expired", "The session has reached its longest duration"))]
        case .ending(.idle): return [error(RealtimeFailure("idle_timeout", "No audio has come for too long"))]
        case .ending: return []
        }
    }

    private mutating func speechStarted(at time: Double) -> [JSONReply] {
        // Without turn detection there are no turns to report.
        guard session.turns != .manual else { return [] }
        ensureItem()
        // What is committed is one item, whatever turns it has.
        if items[0].isCleared || items[0].isCommitted { return [] }
        items[0].isSpeaking = true
        return [speech("speech_started", "audio_start_ms", at: time, items[0])]
    }

    /// The end of speech whose beginning was reported.
    private mutating func speechStopped(at time: Double, in index: Int) -> [JSONReply] {
        guard items[index].isSpeaking else { return [] }
        items[index].isSpeaking = false
        return [speech("speech_stopped", "audio_end_ms", at: time, items[index])]
    }

    private mutating func speech(_ name: String, _ member: String, at time: Double, _ item: RealtimeItem) -> JSONReply {
        reply(
            "input_audio_buffer.\(name)",
            [(member, .integer(Int((time * 1_000).rounded()))), ("item_id", .string(item.id))])
    }

    private mutating func receive(_ segment: Segment) -> [JSONReply] {
        if items.isEmpty, segment.words.isEmpty { return [] }
        ensureItem()
        let text = deltas(items[0].receive(segment, showsLogProbabilities: session.showsLogProbabilities))
        // A cut within speech, and every endpoint of a turn that the client ends, leaves the item open.
        let isOver =
            segment.endpoint == .endOfInput
            || session.turns != .manual && segment.endpoint != .maximumLength
                && (items[0].flush == nil || segment.endpoint == .flush)
        return text + (isOver ? complete(audioTo: segment.end) : [])
    }

    /// Ends the first item; the end of its audio in seconds of the session is for turns that the server detects.
    private mutating func complete(audioTo end: Double? = nil) -> [JSONReply] {
        let committed = commitReplies(at: 0)
        let item = items.removeFirst()
        if let end, items.isEmpty, session.turns != .manual, item.flush == nil {
            hasUncommittedAudio = receivedSeconds - end >= Self.shortestCommit
        }
        if item.isCleared { return [] }
        let completed = reply(
            "conversation.item.input_audio_transcription.completed",
            [
                ("item_id", .string(item.id)), ("content_index", 0), ("transcript", .string(item.text)),
                ("usage", ["type": "duration", "seconds": .number((item.duration * 1_000).rounded() / 1_000)]),
                ("logprobs", session.showsLogProbabilities ? .array(item.logProbabilities) : nil),
            ])
        let done =
            shape == .released
            ? [
                reply(
                    "conversation.item.done",
                    [("previous_item_id", Self.name(item.previous)), ("item", json(item))])
            ] : []
        return committed + [completed] + done
    }

    private mutating func deltas(_ text: String?) -> [JSONReply] {
        guard let text, !items[0].isCleared else { return [] }
        return [
            reply(
                "conversation.item.input_audio_transcription.delta",
                [("item_id", .string(items[0].id)), ("content_index", 0), ("delta", .string(text))])
        ]
    }

    /// Reports an item as committed, once.
    private mutating func commitReplies(at index: Int) -> [JSONReply] {
        guard !items[index].isCommitted else { return [] }
        items[index].isCommitted = true
        items[index].previous = previousItem
        let item = items[index]
        previousItem = item.id
        return [
            reply(
                "input_audio_buffer.committed",
                [("previous_item_id", Self.name(item.previous)), ("item_id", .string(item.id))]),
            reply(
                shape == .released ? "conversation.item.added" : "conversation.item.created",
                [("previous_item_id", Self.name(item.previous)), ("item", json(item))]),
        ]
    }

    private mutating func ensureItem() {
        if items.isEmpty { items.append(makeItem()) }
    }

    private mutating func makeItem() -> RealtimeItem {
        itemCount += 1
        return RealtimeItem(id: "item_\(session.id.dropFirst(5))_\(itemCount)")
    }
}
