import GigaSTT
import NIOCore
import TestSupport

@testable import GigaSTTServer

/// Messages that were damaged on the way: the same for the same seed.
struct WireMutations: RandomNumberGenerator {
    private var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed) }

    mutating func next() -> UInt64 { random.next() }

    /// Bytes with up to four changes: replaced, removed, doubled, cut off, or joined with a part of themselves.
    mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &self) {
            guard !bytes.isEmpty else { return bytes }
            let place = Int.random(in: 0..<bytes.count, using: &self)
            switch Int.random(in: 0..<6, using: &self) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &self)
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(bytes[place], at: place)
            case 3: bytes.removeLast(bytes.count - place)
            case 4: bytes.insert(contentsOf: bytes[place...].prefix(64), at: place)
            default: bytes.insert(contentsOf: Self.fragments.randomElement(using: &self) ?? [], at: place)
            }
        }
        return bytes
    }

    /// A script of messages with damage, repetitions and changes of the order.
    mutating func damaged(_ script: [LiveMessage]) -> [LiveMessage] {
        var result = script
        for index in result.indices where Bool.random(using: &self) {
            switch result[index] {
            case .text(let text): result[index] = .text(String(decoding: damaged(Array(text.utf8)), as: UTF8.self))
            case .binary(let content):
                result[index] = .binary(ByteBuffer(bytes: damaged(Array(content.readableBytesView))))
            }
        }
        if Bool.random(using: &self), let message = script.randomElement(using: &self) {
            result.insert(message, at: Int.random(in: 0...result.count, using: &self))
        }
        if Int.random(in: 0..<4, using: &self) == 0 { result.shuffle(using: &self) }
        return result
    }

    private static let fragments: [[UInt8]] = [
        "null", "-1", "1e999", "99999999999999999999", "{", "}", "[[[[[[", "\"", "\\u0000", "\\uD800", "true", "\n",
        "я", ",",
    ].map { Array($0.utf8) }
}

/// Feeds a machine as a session does, without an engine: what was begun answers with plausible events.
struct MachineDriver<Wire: LiveProtocol> {
    private(set) var wire: Wire
    private(set) var replies: [Wire.Reply]
    /// Inputs of the conversation, in order.
    private(set) var inputs: [ConversationInput] = []
    private(set) var calls: [CallID] = []
    private(set) var end: EndReason?
    private var hasBegun = false

    init(_ wire: Wire) {
        self.wire = wire
        replies = self.wire.open()
    }

    mutating func receive(_ message: LiveMessage) {
        guard end == nil else { return }
        for step in wire.receive(message) {
            switch step {
            case .reply(let reply): replies.append(reply)
            case .call(let id, _): calls.append(id)
            case .input(let input):
                inputs.append(input)
                switch input {
                case .begin: hasBegun = true
                case .audio: happen(.audioTaken)
                case .flush(let number, _): happen(.flushed(number))
                case .end(let reason):
                    end = reason
                    happen(.ending(reason))
                    if reason.decodesRemainder, hasBegun || reason.needsFinalWithoutAudio {
                        happen(.final(.spoken([], endpoint: .endOfInput)))
                    }
                    happen(.ended)
                }
            }
        }
    }

    /// An event of the conversation.
    mutating func happen(_ event: ConversationEvent) { replies += wire.receive(event, at: 1_700_000_000) }
}

extension MachineDriver where Wire.Reply == JSONReply {
    /// The replies as text; takes them.
    mutating func takeReplies() -> [String] {
        defer { replies = [] }
        return replies.map(\.json.description)
    }
}

extension Segment {
    /// An utterance of words of half a second, from second 0 or where it is said.
    static func spoken(
        _ words: [String], from start: Double = 0, endpoint: EndpointReason = .silence
    ) -> Segment {
        Segment(
            words: .spoken(words, from: start), start: start, end: start + 0.5 * Double(words.count),
            endpoint: endpoint)
    }
}

extension [Word] {
    /// Words of half a second with a confidence of 0.5.
    static func spoken(_ words: [String], from start: Double = 0) -> [Word] {
        words.enumerated().map { index, text in
            Word(
                text: text, start: start + 0.5 * Double(index), end: start + 0.5 * Double(index + 1), confidence: 0.5)
        }
    }
}

extension MachineDriver {
    /// What followed from the messages, in words: calls and inputs.
    var steps: [String] {
        let inputs = inputs.map { input in
            switch input {
            case .begin(let format, _, 1): "begin \(format.sampleRate)"
            case .begin(let format, _, let channels): "begin \(format.sampleRate), \(channels) channels"
            case .audio(let bytes): "audio \(bytes.readableBytes)"
            case .flush: "flush"
            case .end(let reason): "end \(reason)"
            }
        }
        return calls.map { "call \($0)" } + inputs
    }

    /// The same, and the replies.
    var outcome: [String] {
        let replies = replies.map { reply in
            switch reply.message {
            case .text(let text): text
            case .binary(let bytes): "\(bytes.readableBytes) bytes"
            }
        }
        return steps + replies
    }
}

extension LiveProtocol {
    /// An event of audio with one channel.
    mutating func receive(_ event: ConversationEvent, at timestamp: Double) -> [Reply] {
        receive(event, on: 0, at: timestamp)
    }
}

extension AsteriskProtocol {
    func receive(_ event: ConversationEvent, at timestamp: Double) -> [AsteriskReply] {
        receive(event, on: 0, at: timestamp)
    }
}

extension AudioSocketProtocol {
    func receive(_ event: ConversationEvent, at timestamp: Double) -> [AudioSocketReply] {
        receive(event, on: 0, at: timestamp)
    }
}
