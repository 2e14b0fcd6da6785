import Foundation
import GigaSTT

@testable import GigaSTTServer

/// A protocol of live speech as its clients write it, with audio of 16 kHz.
enum StreamingWire: String, CaseIterable, Sendable {
    case gigastt, vosk, wyoming, audiosocket, asterisk, freeswitch, jambonz, deepgram, realtime

    /// Those whose messages are frames of a WebSocket.
    static let sockets = allCases.filter { $0.isSocket }

    var isSocket: Bool { self != .wyoming && self != .audiosocket }
    /// Whether the text leaves by `/v1/calls/{id}` only.
    var isCall: Bool { self == .audiosocket || self == .asterisk }

    /// A server that speaks all of them.
    static func serve(
        _ adjust: @escaping (inout ServerSettings) -> Void = { _ in },
        open: @escaping RunningServer.Open = { try $0.liveStream(options: $1) },
        _ body: @escaping @Sendable (ServerAddress, Server) async throws -> Void
    ) async throws {
        try await RunningServer.serve(
            {
                for port in ProtocolPort.allCases { $0.listeners[port] = ListenAddress("127.0.0.1:0") }
                $0.telephony = Set(TelephonyProtocol.allCases)
                $0.servesDeepgram = true
                adjust(&$0)
            }, open: open, body)
    }

    func port(_ address: ServerAddress) throws -> Int {
        guard let port = ProtocolPort(rawValue: rawValue) else { return address.port }
        guard let address = address.listeners[port] else { throw WireClient.Ended() }
        return address.port
    }

    /// The request that opens the WebSocket.
    func request(call: UUID) -> [UInt8] {
        let path =
            switch self {
            case .gigastt: "/v1/ws"
            case .asterisk: "/v1/asterisk?call_id=\(call.uuidString.lowercased())"
            case .freeswitch: "/v1/fork?sample_rate=16000"
            case .jambonz: "/v1/jambonz"
            case .deepgram: "/v1/listen?encoding=linear16&sample_rate=16000"
            case .realtime: "/v1/realtime?intent=transcription"
            case .vosk, .wyoming, .audiosocket: "/"
            }
        let fields = WireClient.upgradeFields.map { "\($0): \($1)\r\n" }.joined()
        return Array("GET \(path) HTTP/1.1\r\nHost: t\r\n\(fields)\r\n".utf8)
    }

    /// What comes before the audio, as a message of text for those that have some; `sampleRate` for all whose clients say it there.
    func opening(sampleRate: Int = 16_000) -> String? {
        switch self {
        case .gigastt: #"{"type":"configure","sample_rate":\#(sampleRate),"protocol_version":"1.0"}"#
        case .vosk: #"{"config":{"sample_rate":\#(sampleRate)}}"#
        case .wyoming: #"{"type":"audio-start","data":{"rate":\#(sampleRate),"width":2,"channels":1}}"#
        case .asterisk: "MEDIA_START channel_id:c-1 format:slin\(sampleRate == 16_000 ? "16" : "")"
        case .freeswitch: #"{"callSid":"c-1","sampleRate":\#(sampleRate),"mixType":"mono"}"#
        case .jambonz: #"{"type":"start","encoding":"LINEAR16","sampleRateHz":\#(sampleRate),"options":{}}"#
        case .realtime:
            #"{"type":"session.update","session":{"audio":{"input":{"format":{"type":"audio/pcm","rate":"#
                + #"\#(sampleRate)},"turn_detection":null}}}}"#
        case .audiosocket, .deepgram: nil
        }
    }

    /// The same on the wire.
    func start(call: UUID) -> [UInt8] {
        switch self {
        case .audiosocket: [1, 0, 16] + withUnsafeBytes(of: call.uuid) { Array($0) }
        case .wyoming: Array((opening() ?? "").utf8) + [10]
        default: opening().map { text($0) } ?? []
        }
    }

    /// A message of text in a frame.
    func text(_ message: String) -> [UInt8] { WireClient.frame(1, Array(message.utf8)) }

    /// PCM16 of at most two seconds.
    func audio(_ samples: some Collection<UInt8>) -> [UInt8] {
        let samples = Array(samples)
        switch self {
        case .wyoming:
            let data = #"{"rate":16000,"width":2,"channels":1}"#
            let head = #"{"type":"audio-chunk","data":\#(data),"payload_length":\#(samples.count)}"#
            return Array(head.utf8) + [10] + samples
        case .audiosocket: return [0x12, UInt8(samples.count >> 8), UInt8(samples.count & 255)] + samples
        case .realtime:
            return text(#"{"type":"input_audio_buffer.append","audio":"\#(Data(samples).base64EncodedString())"}"#)
        default: return WireClient.frame(2, samples)
        }
    }

    /// The end of the audio.
    var end: [UInt8] {
        switch self {
        case .gigastt, .jambonz: text(#"{"type":"stop"}"#)
        case .vosk: text(#"{"eof" : 1}"#)
        case .wyoming: Array(#"{"type":"audio-stop"}"#.utf8) + [10]
        case .audiosocket: [0, 0, 0]
        case .asterisk: WireClient.frame(8, [0x03, 0xE8])
        case .freeswitch: WireClient.frame(2, [])
        case .deepgram: text(#"{"type":"CloseStream"}"#)
        case .realtime: text(#"{"type":"input_audio_buffer.commit"}"#)
        }
    }

    /// What the protocol makes of a transcript: Vosk and Deepgram give words.
    func text(of transcript: Transcript) -> String {
        guard self == .vosk || self == .deepgram else { return transcript.text }
        return transcript.words.map(\.text).joined(separator: " ")
    }

    /// The final text in a message.
    fileprivate func final(_ message: [String: Any]) -> String? {
        func transcript(_ object: Any?) -> String? {
            let object = object as? [String: Any]
            guard let alternatives = object?["alternatives"] as? [[String: Any]] else { return nil }
            return alternatives.first?["transcript"] as? String
        }
        let data = message["data"] as? [String: Any]
        switch self {
        case .gigastt: return message["type"] as? String == "final" ? message["text"] as? String : nil
        case .vosk: return message["text"] as? String
        case .wyoming: return message["type"] as? String == "transcript" ? data?["text"] as? String : nil
        case .freeswitch: return data?["is_final"] as? Bool == true ? transcript(data) : nil
        case .jambonz: return message["is_final"] as? Bool == true ? transcript(message) : nil
        case .deepgram: return message["is_final"] as? Bool == true ? transcript(message["channel"]) : nil
        case .realtime: return message["transcript"] as? String
        case .audiosocket, .asterisk: return nil
        }
    }

    /// The code of the error in a message; jambonz has no codes.
    fileprivate func failure(_ message: [String: Any]) -> String? {
        guard (message["type"] as? String)?.lowercased() == "error" else { return nil }
        let parts = [message["error"] as? [String: Any], message["data"] as? [String: Any], message]
        return parts.lazy.compactMap { $0?["code"] as? String }.first ?? "without a code"
    }
}

/// A client of one of the protocols.
struct StreamingClient {
    /// What a session came to.
    struct Outcome: Equatable {
        /// The finals, joined by spaces.
        var text = ""
        /// Codes of errors and close frames, in order.
        var notices: [String] = []
    }

    let wire: StreamingWire
    private(set) var socket: WireClient
    private let call: UUID
    private let address: ServerAddress

    /// Connects and sends what comes before the audio.
    static func start(
        _ wire: StreamingWire, _ address: ServerAddress, reads: Bool = true
    ) async throws -> StreamingClient {
        let call = UUID()
        var socket = try await WireClient(port: try wire.port(address), reads: reads)
        if wire.isSocket {
            try await socket.send(raw: wire.request(call: call))
            if reads { guard try await socket.answer().status == 101 else { throw WireClient.Ended() } }
        }
        try await socket.send(raw: wire.start(call: call))
        return StreamingClient(wire: wire, socket: socket, call: call, address: address)
    }

    func send(raw: [UInt8]) async throws { try await socket.send(raw: raw) }

    /// A recording in messages of a tenth of a second.
    func speak(_ recording: some RandomAccessCollection<UInt8>) async throws {
        var rest = recording[...]
        while !rest.isEmpty {
            try await send(raw: wire.audio(rest.prefix(3_200)))
            rest = rest.dropFirst(3_200)
        }
    }

    /// A reader of the call, whose messages begin with `ready`.
    func reader(reads: Bool = true) async throws -> WireClient {
        var reader = try await WireClient(port: address.port, reads: reads)
        let fields = WireClient.upgradeFields.map { "\($0): \($1)\r\n" }.joined()
        let path = "/v1/calls/\(call.uuidString.lowercased())"
        try await reader.send(raw: Array("GET \(path) HTTP/1.1\r\nHost: t\r\n\(fields)\r\n".utf8))
        if reads { _ = try await reader.answer() }
        return reader
    }

    /// Everything up to the end of the session; the client of OpenAI's interface leaves behind its text.
    ///
    /// - Parameter hasText: Whether a call has begun.
    mutating func outcome(hasText: Bool = true) async throws -> Outcome {
        var texts: [String] = []
        var outcome = Outcome()
        switch wire {
        case .audiosocket:
            let bytes = await socket.remainingBytes()
            for frame in stride(from: 0, to: bytes.count, by: 3) {
                outcome.notices.append(bytes[frame] == 0xFF ? "error" : "hang-up")
            }
        case .wyoming:
            for line in await socket.remainder().split(separator: "\n") { read(Array(line.utf8), &texts, &outcome) }
        default:
            while let frame = try? await socket.frame() {
                if frame.opcode == 8 { outcome.notices.append("close \(frame.close)") }
                if frame.opcode == 1 { read(frame.content, &texts, &outcome) }
                if wire == .realtime, !texts.isEmpty { break }
            }
        }
        await socket.leave()
        if wire.isCall, hasText {
            var reader = try await reader()
            texts = [try await reader.rest().finalText]
        }
        outcome.text = texts.filter { !$0.isEmpty }.joined(separator: " ")
        return outcome
    }

    private func read(_ content: [UInt8], _ texts: inout [String], _ outcome: inout Outcome) {
        guard let message = try? JSONSerialization.jsonObject(with: Data(content)) as? [String: Any] else {
            return outcome.notices.append(String(decoding: content, as: UTF8.self))
        }
        if let text = wire.final(message) { texts.append(text) }
        if let code = wire.failure(message) { outcome.notices.append("error \(code)") }
    }
}
