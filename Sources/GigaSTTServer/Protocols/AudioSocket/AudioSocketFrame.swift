import GigaSTT
import NIOCore

/// A frame of Asterisk's AudioSocket: one byte of kind, two of length, big-endian, then the payload.
enum AudioSocketFrame: Sendable, Hashable {
    case hangUp
    /// The call.
    case identifier(CallID)
    /// 16-bit samples of one channel at a rate in Hz, little-endian.
    case audio(sampleRate: Int, ByteBuffer)
    /// Asterisk has failed, or the caller has hung up; the connection ends.
    case error
    /// A key of the telephone, or a kind of a later version.
    case other
}

/// A stream that breaks the format; nothing that follows can be understood.
struct AudioSocketViolation: Error, Hashable { let reason: String }

/// Bytes to frames. A value: no socket, no clock. It holds less than two frames.
struct AudioSocketReader: Sendable {
    /// The kinds of Asterisk's `res_audiosocket.h`; those of audio by their rates.
    enum Kind {
        static let hangUp: UInt8 = 0x00
        static let identifier: UInt8 = 0x01
        static let error: UInt8 = 0xFF
        static let sampleRates: [UInt8: Int] = [
            0x10: 8_000, 0x11: 12_000, 0x12: 16_000, 0x13: 24_000, 0x14: 32_000, 0x15: 44_100, 0x16: 48_000,
            0x17: 96_000, 0x18: 192_000,
        ]
        /// That of audio at a rate in Hz.
        static func audio(_ sampleRate: Int) -> UInt8 { sampleRates.first { $0.value == sampleRate }?.key ?? 0x10 }
    }

    private var unread = ByteBuffer()
    private var isIdentified = false

    /// Bytes of memory for what has not been read.
    var storageByteCount: Int { unread.storageCapacity }

    /// Takes the next bytes of the stream.
    mutating func append(_ bytes: ByteBuffer) { unread.appendToUnread(bytes) }

    /// The next frame; `nil` when more bytes are needed. Throws `AudioSocketViolation`.
    mutating func next() throws(AudioSocketViolation) -> AudioSocketFrame? {
        guard let kind = unread.getInteger(at: unread.readerIndex, as: UInt8.self),
            let length = unread.getInteger(at: unread.readerIndex + 1, as: UInt16.self)
        else { return nil }
        // Checked before the payload comes: another protocol may never send as much.
        try check(kind, Int(length))
        guard unread.readableBytes >= 3 + Int(length) else { return nil }
        unread.moveReaderIndex(forwardBy: 3)
        guard let payload = unread.readSlice(length: Int(length)) else { return nil }
        switch kind {
        case Kind.hangUp: return .hangUp
        case Kind.error: return .error
        case Kind.identifier:
            guard let id = CallID(uuid: payload.readableBytesView) else { return .other }
            isIdentified = true
            return .identifier(id)
        default: return Kind.sampleRates[kind].map { .audio(sampleRate: $0, payload) } ?? .other
        }
    }

    private func check(_ kind: UInt8, _ length: Int) throws(AudioSocketViolation) {
        switch kind {
        case Kind.hangUp, Kind.error: return
        case Kind.identifier:
            if isIdentified { throw AudioSocketViolation(reason: "a connection has one UUID") }
            if length != 16 { throw AudioSocketViolation(reason: "a UUID has 16 bytes") }
        default:
            if !isIdentified { throw AudioSocketViolation(reason: "the first frame must be the UUID of the call") }
        }
    }
}
