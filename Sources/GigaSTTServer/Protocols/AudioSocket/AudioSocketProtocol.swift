import GigaSTT
import NIOCore

/// Asterisk's AudioSocket as a machine: one call on a connection. Nothing of the text has a place in the protocol; it
/// leaves with the `Calls` of the server.
struct AudioSocketProtocol: LiveProtocol {
    typealias Step = LiveStep<AudioSocketReply>

    static let name = "audiosocket"
    /// Asterisk's application hangs up when 2 s pass without a frame of either side, such as those of a caller on hold.
    static let keepAliveInterval: Duration? = .seconds(1)

    private var reader = AudioSocketReader()
    private var sampleRate: Int?
    private var isStopped = false

    func open() -> [AudioSocketReply] { [] }

    func keepAlive() -> [AudioSocketReply] { [.silence(sampleRate: sampleRate ?? 8_000)] }
}

// MARK: - From the client

extension AudioSocketProtocol {
    mutating func receive(_ message: LiveMessage) -> [Step] {
        guard !isStopped, case .binary(let bytes) = message else { return [] }
        var steps: [Step] = []
        do {
            reader.append(bytes)
            while !isStopped, let frame = try reader.next() { steps += receive(frame) }
        } catch {
            isStopped = true
            steps.append(.input(.end(.violation(WebSocketClose(.policyViolation, error.reason)))))
        }
        return steps
    }

    private mutating func receive(_ frame: AudioSocketFrame) -> [Step] {
        switch frame {
        case .identifier(let id): return [.call(id)]
        case .audio(let rate, let samples):
            if samples.readableBytes == 0 { return [] }
            // The codec of a call may change, and with it the rate.
            return (rate == sampleRate ? [] : begin(rate)) + [.input(.audio(samples))]
        case .hangUp, .error:
            isStopped = true
            return [.input(.end(.stop))]
        case .other: return []
        }
    }

    private mutating func begin(_ rate: Int) -> [Step] {
        guard let encoding = try? HeaderlessEncoding(codec: .slin, sampleRate: rate),
            let format = try? PCMFormat.headerless(encoding)
        else { return [] }
        sampleRate = rate
        return [.input(.begin(format, RecognitionRequest()))]
    }
}

// MARK: - From the conversation

extension AudioSocketProtocol {
    func receive(_ event: ConversationEvent, on channel: Int, at timestamp: Double) -> [AudioSocketReply] {
        switch event {
        // The dialplan goes on behind a hang-up of the server; at an error Asterisk's application ends the caller's call.
        case .failed(let failure): failure.close == nil ? [] : [.hangUp(code: failure.code)]
        case .ending(.violation(.callInUse)): [.hangUp(code: "call_in_use")]
        case .ending(.violation): [.error(code: "invalid_frame")]
        case .ending(.idle), .ending(.sessionLength), .ending(.pingTimeout), .ending(.shutdown): [.hangUp()]
        case .speechStarted, .speechStopped, .partial, .final, .flushed, .speakers, .speakersUnavailable, .audioTaken,
            .ending, .ended:
            []
        }
    }
}

/// A frame of the server.
enum AudioSocketReply: LiveReply, Hashable {
    /// The end of the connection; the metrics have the code, if it is a failure.
    case hangUp(code: String? = nil)
    /// 20 ms for the ear of the caller, at a rate of the client.
    case silence(sampleRate: Int)
    /// The codes in the payload of an error are Asterisk's, so there is none; the metrics have this one.
    case error(code: String)

    var message: LiveMessage {
        switch self {
        case .hangUp: Self.frame(AudioSocketReader.Kind.hangUp)
        case .silence(let rate): Self.frame(AudioSocketReader.Kind.audio(rate), zeros: rate / 50 * 2)
        case .error: Self.frame(AudioSocketReader.Kind.error)
        }
    }

    private static func frame(_ kind: UInt8, zeros count: Int = 0) -> LiveMessage {
        var bytes = ByteBuffer(bytes: [kind, UInt8(count >> 8), UInt8(count & 255)])
        bytes.writeRepeatingByte(0, count: count)
        return .binary(bytes)
    }

    var failureCode: String? {
        switch self {
        case .hangUp(let code): code
        case .error(let code): code
        case .silence: nil
        }
    }
}
