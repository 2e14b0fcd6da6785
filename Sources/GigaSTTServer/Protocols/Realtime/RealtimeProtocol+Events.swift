import GigaSTT
import STTValues

// MARK: - Events of the server

extension RealtimeProtocol {
    mutating func reply(
        _ type: String, _ members: [(String, JSONValue?)], failureCode: String? = nil
    ) -> JSONReply {
        eventCount += 1
        let head: [(String, JSONValue?)] = [
            ("type", .string(type)), ("event_id", .string("event_\(session.id.dropFirst(5))_\(eventCount)")),
        ]
        return JSONReply(.object(head + members), failureCode: failureCode)
    }

    /// `notes` is no member of OpenAI's event: clients pass it over, and an error would end some of them.
    mutating func sessionEvent(_ name: String, _ note: HotwordNote?) -> JSONReply {
        let prefix = shape == .released ? "session" : "transcription_session"
        return reply(
            "\(prefix).\(name)", [("session", session.json(shape)), ("notes", note.map { .array([$0.json]) })])
    }

    mutating func error(_ failure: RealtimeFailure, answering id: String? = nil) -> JSONReply {
        let value: JSONValue = [
            "type": "invalid_request_error", "code": .string(failure.code), "message": .string(failure.message),
            "param": failure.parameter.map { .string($0) } ?? .null,
            // The client's own words, but not half a megabyte of them.
            "event_id": id.map { .string(String($0.unicodeScalars.prefix(64))) } ?? .null,
        ]
        return reply("error", [("error", value)], failureCode: failure.code)
    }

    mutating func failed(_ failure: WireFailure) -> JSONReply {
        let value: JSONValue = [
            "type": "server_error", "code": .string(failure.code), "message": .string(failure.message), "param": .null,
        ]
        guard let item = items.first else {
            let named: JSONValue = [
                "type": "server_error", "code": .string(failure.code), "message": .string(failure.message),
                "param": .null, "event_id": .null,
            ]
            return reply("error", [("error", named)], failureCode: failure.code)
        }
        return failed(item, value, code: failure.code)
    }

    mutating func failed(_ item: RealtimeItem, code: String) -> JSONReply {
        failed(
            item,
            [
                "type": "invalid_request_error", "code": .string(code),
                "message": "The client cleared the buffer of this item", "param": .null,
            ], code: code)
    }

    mutating func failed(_ item: RealtimeItem, _ error: JSONValue, code: String) -> JSONReply {
        reply(
            "conversation.item.input_audio_transcription.failed",
            [("item_id", .string(item.id)), ("content_index", 0), ("error", error)], failureCode: code)
    }

    static func name(_ item: String?) -> JSONValue { item.map { .string($0) } ?? .null }

    func json(_ item: RealtimeItem) -> JSONValue {
        [
            "id": .string(item.id), "object": "realtime.item", "type": "message", "status": "completed",
            "role": "user", "content": [["type": "input_audio", "transcript": .null]],
        ]
    }
}
