import Foundation
import TestSupport
import Testing

@testable import GigaSTTServer

/// A client that goes on after it lost its connection, by the rules of docs/api.md.
struct ResumingClient {
    private let port: Int
    private let fields: [String: String]
    var wire: WireClient
    private(set) var token = ""
    /// The number of the last message that was read.
    private(set) var lastNumber = 0
    /// Finals in the order in which they were read.
    private(set) var finals: [String] = []
    /// Bytes and texts that the server has, as far as is known, or was sent.
    private(set) var audioCount = 0
    private(set) var textCount = 0
    private(set) var acknowledgedCount = 0
    /// Bytes that were sent, and messages that were read, on the present connection.
    private var sentCount = 0
    private var readCount = 0

    /// Whether a message is on its way: an acknowledgement for each second of audio, the others aside.
    var mayRead: Bool { readCount + 1 < sentCount / 32_000 }

    /// Begins a session that can be resumed.
    ///
    /// - Parameter fields: further fields of each handshake.
    init(port: Int, fields: [String: String] = [:]) async throws {
        (self.port, self.fields) = (port, fields)
        wire = try await WireClient(port: port)
        #expect(try await handshake("gigastt.v1") == 101)
        #expect(try await wire.message()["type"] as? String == "ready")
        try await send(text: #"{"type":"configure","sample_rate":16000,"resume":true}"#)
        let message = try await read()
        #expect(message["type"] as? String == "resumable" && message["window_secs"] as? Int == 60)
        token = try #require(message["token"] as? String)
    }

    private mutating func handshake(_ subprotocols: String) async throws -> Int {
        let all = WireClient.upgradeFields.merging(fields) { $1 }
            .merging(["Sec-WebSocket-Protocol": subprotocols]) { $1 }
        return try await wire.request("GET", "/v1/ws", all).status
    }

    mutating func send(text: String) async throws {
        try await wire.send(text: text)
        textCount += 1
    }

    /// Sends up to so many bytes of the rest of a recording; returns whether there is more.
    mutating func send(_ recording: [UInt8], upTo count: Int) async throws -> Bool {
        let end = min(recording.count, audioCount + count)
        for start in stride(from: audioCount, to: end, by: 3_200) {
            let block = Array(recording[start..<min(start + 3_200, end)])
            try await wire.send(binary: block)
            audioCount += block.count
            sentCount += block.count
        }
        return audioCount < recording.count
    }

    /// Reads a message; throws `Ended` at the end of the connection.
    @discardableResult mutating func read() async throws -> [String: Any] {
        let message = try await wire.message()
        readCount += 1
        switch message["type"] as? String {
        case "ack":
            let count = try #require(message["audio_bytes"] as? Int)
            #expect(count >= acknowledgedCount && message["seq"] == nil)
            acknowledgedCount = count
            return message
        case "final": finals.append(message["text"] as? String ?? "")
        default: break
        }
        let number = try #require(message["seq"] as? Int)
        #expect(number > lastNumber)
        lastNumber = number
        return message
    }

    /// Reads up to the end of the connection; returns the close frame.
    mutating func readAll() async throws -> String {
        while true {
            let frame = try await wire.frame()
            if frame.opcode == 8 { return frame.close }
            guard frame.opcode == 1 else { continue }
            let message = try JSONSerialization.jsonObject(with: Data(frame.content)) as? [String: Any] ?? [:]
            if message["type"] as? String == "final" { finals.append(message["text"] as? String ?? "") }
            guard let number = message["seq"] as? Int else { continue }
            #expect(number > lastNumber)
            lastNumber = number
        }
    }

    /// Opens another connection for the session, and goes back to what the server has received.
    mutating func resume() async throws {
        wire = try await WireClient(port: port)
        #expect(try await handshake("gigastt.v1, gigastt.resume.\(token).\(lastNumber)") == 101)
        let message = try await wire.message()
        #expect(message["type"] as? String == "resumed", "\(message)")
        let (audio, texts) = (message["audio_bytes"] as? Int ?? -1, message["messages"] as? Int ?? -1)
        // The server has nothing that was not sent, and keeps what it acknowledged.
        #expect((acknowledgedCount...audioCount).contains(audio) && (1...textCount).contains(texts))
        (audioCount, textCount, sentCount, readCount) = (audio, texts, 0, 0)
    }

    /// Tries to resume with these subprotocols; returns what the server says.
    func refusal(_ subprotocols: String, fields: [String: String]? = nil) async throws -> [String] {
        var client = self
        client.wire = try await WireClient(port: port)
        let all = WireClient.upgradeFields.merging(fields ?? self.fields) { $1 }
            .merging(["Sec-WebSocket-Protocol": subprotocols]) { $1 }
        guard try await client.wire.request("GET", "/v1/ws", all).status == 101 else { return ["refused"] }
        return try await client.wire.rest()
    }
}
