import Foundation
import NIOCore

/// The head of an event: its type and what this server reads of its data.
struct WyomingEvent: Sendable, Hashable {
    let type: String
    var data = WyomingData()
}

/// The data of the events that a client sends. A member of another type than it should have counts as absent.
struct WyomingData: Sendable, Hashable {
    /// Of audio, in Hz, bytes and channels.
    var rate: Int?
    var width: Int?
    var channels: Int?
    /// Of `ping`.
    var text: String?
    /// Of `transcribe`: names first, then terms.
    var names: [String]?
    var terms: [String]?

    /// Members of `other` replace those of the same name here.
    mutating func merge(_ other: WyomingData) {
        rate = other.rate ?? rate
        width = other.width ?? width
        channels = other.channels ?? channels
        text = other.text ?? text
        names = other.names ?? names
        terms = other.terms ?? terms
    }
}

extension WyomingData: Decodable {
    private enum CodingKeys: String, CodingKey {
        case rate, width, channels, text
        case names = "transcript_names"
        case terms = "transcript_terms"
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        rate = try? members.decode(Int.self, forKey: .rate)
        width = try? members.decode(Int.self, forKey: .width)
        channels = try? members.decode(Int.self, forKey: .channels)
        text = try? members.decode(String.self, forKey: .text)
        names = try? members.decode([String].self, forKey: .names)
        terms = try? members.decode([String].self, forKey: .terms)
    }
}

/// A stream that breaks the format; nothing that follows can be understood.
struct WyomingViolation: Error, Hashable { let reason: String }

/// Bytes to events (Wyoming 1.9): a line of JSON, then `data_length` bytes of JSON, then `payload_length` bytes. A value:
/// no socket, no clock.
struct WyomingReader: Sendable {
    /// Bytes of a line, and of the data behind it.
    static let headLimit = 65_536
    /// Bytes of a payload; it is passed on as it arrives and never held.
    static let payloadLimit = 1 << 24

    enum Part: Sendable, Hashable {
        /// The head of an event; its payload follows.
        case event(WyomingEvent)
        /// The next part of the payload of the last event.
        case payload(ByteBuffer)
    }

    private enum State {
        case line
        case data(WyomingEvent, byteCount: Int, payloadLength: Int)
        case payload(remaining: Int)
    }

    private var state = State.line
    private var unread = ByteBuffer()

    /// Bytes of memory for what has not been read.
    var storageByteCount: Int { unread.storageCapacity }

    /// Takes the next bytes of the stream.
    mutating func append(_ bytes: ByteBuffer) { unread.appendToUnread(bytes) }

    /// The next part; `nil` when more bytes are needed. Throws `WyomingViolation`.
    mutating func next() throws(WyomingViolation) -> Part? {
        switch state {
        case .line: return try line()
        case .data(var event, let byteCount, let payloadLength):
            guard let bytes = unread.readSlice(length: byteCount) else { return nil }
            event.data.merge(try Self.decode(WyomingData.self, bytes, "the data of an event is not a JSON object"))
            return begin(event, payloadLength)
        case .payload(let remaining):
            guard let bytes = unread.readSlice(length: min(remaining, unread.readableBytes)), bytes.readableBytes > 0
            else { return nil }
            let rest = remaining - bytes.readableBytes
            state = rest > 0 ? .payload(remaining: rest) : .line
            return .payload(bytes)
        }
    }

    private mutating func line() throws(WyomingViolation) -> Part? {
        guard let length = unread.readableBytesView.firstIndex(of: 10).map({ $0 - unread.readerIndex }) else {
            guard unread.readableBytes <= Self.headLimit else { throw Self.lineTooLong }
            return nil
        }
        guard length <= Self.headLimit else { throw Self.lineTooLong }
        guard let bytes = unread.readSlice(length: length) else { return nil }
        unread.moveReaderIndex(forwardBy: 1)
        let head = try Self.decode(Head.self, bytes, "an event is not a line with a JSON object that has a type")
        let dataLength = head.dataLength ?? 0
        let payloadLength = head.payloadLength ?? 0
        guard (0...Self.headLimit).contains(dataLength) else {
            throw WyomingViolation(reason: "data_length must be 0 to \(Self.headLimit)")
        }
        guard (0...Self.payloadLimit).contains(payloadLength) else {
            throw WyomingViolation(reason: "payload_length must be 0 to \(Self.payloadLimit)")
        }
        let event = WyomingEvent(type: head.type, data: head.data ?? WyomingData())
        if dataLength == 0 { return begin(event, payloadLength) }
        state = .data(event, byteCount: dataLength, payloadLength: payloadLength)
        return try next()
    }

    private mutating func begin(_ event: WyomingEvent, _ payloadLength: Int) -> Part {
        state = payloadLength > 0 ? .payload(remaining: payloadLength) : .line
        return .event(event)
    }

    private static let lineTooLong = WyomingViolation(reason: "a line is longer than \(headLimit) bytes")

    private static func decode<Value: Decodable>(
        _ type: Value.Type, _ bytes: ByteBuffer, _ reason: String
    ) throws(WyomingViolation) -> Value {
        guard let value = try? JSONDecoder().decode(type, from: Data(bytes.readableBytesView)) else {
            throw WyomingViolation(reason: reason)
        }
        return value
    }

    private struct Head: Decodable {
        let type: String
        let data: WyomingData?
        let dataLength: Int?
        let payloadLength: Int?

        private enum CodingKeys: String, CodingKey {
            case type, data
            case dataLength = "data_length"
            case payloadLength = "payload_length"
        }
    }
}
