import Foundation
import GigaSTT
import NIOCore
import Testing

@testable import GigaSTTServer

/// The wire of Asterisk's AudioSocket (`res_audiosocket.h` of Asterisk 23).
@Suite struct AudioSocketProtocolTests {
    static let uuid: [UInt8] = [
        0x01, 0x90, 0xA1, 0xB2, 0xC3, 0xD4, 0x75, 0xE6, 0x87, 0xF8, 0x09, 0x1A, 0x2B, 0x3C, 0x4D, 0x5E,
    ]
    static let name = "0190a1b2-c3d4-75e6-87f8-091a2b3c4d5e"

    static func frame(_ kind: UInt8, _ payload: [UInt8] = []) -> [UInt8] {
        [kind, UInt8(payload.count >> 8), UInt8(payload.count & 255)] + payload
    }

    private static let identifier = frame(0x01, uuid)

    /// What follows from frames, in words.
    private static func outcome(_ frames: [[UInt8]], cutAt length: Int? = nil) -> [String] {
        var machine = MachineDriver(AudioSocketProtocol())
        let stream = frames.flatMap(\.self)
        for start in stride(from: 0, to: stream.count, by: length ?? stream.count) {
            machine.receive(.binary(ByteBuffer(bytes: stream[start..<min(start + (length ?? .max / 2), stream.count)])))
        }
        return machine.steps + machine.replies.map { "reply \($0)" }
    }

    struct Script: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let frames: [[UInt8]]
        let expected: [String]

        init(_ name: String, _ frames: [[UInt8]], _ expected: [String]) {
            (testDescription, self.frames, self.expected) = (name, frames, expected)
        }
    }

    private static let invalid = #"reply error(code: "invalid_frame")"#

    static let scripts: [Script] = [
        Script(
            "a call", [identifier, frame(0x10, .init(repeating: 0, count: 320)), frame(0x00)],
            ["call \(name)", "begin 8000", "audio 320", "end stop"]),
        Script(
            "an error of Asterisk ends the audio", [identifier, frame(0xFF, [0x01]), frame(0x10, [0, 0])],
            ["call \(name)", "end stop"]),
        Script("an error without a payload", [identifier, frame(0xFF)], ["call \(name)", "end stop"]),
        Script(
            "a hang-up before the call", [frame(0x00), identifier], ["end stop"]),
        Script(
            "keys and later kinds are passed over",
            [identifier, frame(0x03, [0x35]), frame(0x19, [1, 2, 3]), frame(0x7F), frame(0x12, [0, 0])],
            ["call \(name)", "begin 16000", "audio 2"]),
        Script("empty audio is none", [identifier, frame(0x10), frame(0x00)], ["call \(name)", "end stop"]),
        Script(
            "the rate may change", [identifier, frame(0x10, [0, 0]), frame(0x16, [0, 0]), frame(0x16, [0, 0])],
            ["call \(name)", "begin 8000", "audio 2", "begin 48000", "audio 2", "audio 2"]),
        Script(
            "audio before the UUID", [frame(0x10, [0, 0]), identifier],
            ["end the first frame must be the UUID of the call", invalid]),
        Script(
            "two UUIDs", [identifier, identifier],
            ["call \(name)", "end a connection has one UUID", invalid]),
        Script("a short UUID", [frame(0x01, [1, 2, 3])], ["end a UUID has 16 bytes", invalid]),
        Script("a UUID as text", [frame(0x01, Array(name.utf8))], ["end a UUID has 16 bytes", invalid]),
        Script(
            "HTTP", [Array("GET / HTTP/1.1\r\n".utf8)],
            ["end the first frame must be the UUID of the call", invalid]),
        Script("half a frame", [identifier, [0x10, 0x01]], ["call \(name)"]),
    ]

    @Test(arguments: scripts) func scriptIsUnderstood(_ script: Script) {
        #expect(Self.outcome(script.frames) == script.expected)
        #expect(Self.outcome(script.frames, cutAt: 1) == script.expected)
        #expect(Self.outcome(script.frames, cutAt: 7) == script.expected)
    }

    /// Kinds of `res_audiosocket.h`.
    @Test(
        arguments: [
            (0x10, 8_000), (0x11, 12_000), (0x12, 16_000), (0x13, 24_000), (0x14, 32_000), (0x15, 44_100),
            (0x16, 48_000),
            (0x17, 96_000), (0x18, 192_000),
        ] as [(UInt8, Int)])
    func eachKindOfAudioHasItsRate(kind: UInt8, rate: Int) {
        let payload = [UInt8](repeating: 0, count: rate / 50 * 2)
        #expect(
            Self.outcome([Self.identifier, Self.frame(kind, payload)])
                == ["call \(Self.name)", "begin \(rate)", "audio \(payload.count)"])
    }

    @Test(
        arguments: [
            (.idle, [.hangUp()]), (.sessionLength, [.hangUp()]), (.shutdown, [.hangUp()]), (.stop, []),
            (.disconnected, []), (.violation(.callInUse), [.hangUp(code: "call_in_use")]),
            (.violation(WebSocketClose(.policyViolation, "x")), [.error(code: "invalid_frame")]),
        ] as [(EndReason, [AudioSocketReply])])
    func endsAreTold(reason: EndReason, replies: [AudioSocketReply]) {
        #expect(AudioSocketProtocol().receive(.ending(reason), at: 0) == replies)
    }

    /// Asterisk's application ends the call of the caller at an error; behind a hang-up the dialplan goes on.
    @Test func failuresThatEndTheCallHangUp() {
        let wire = AudioSocketProtocol()
        let passing = WireFailure(GigaSTTError(.inferenceFailed, ""))
        #expect(wire.receive(.failed(passing), at: 0) == [])
        let final = WireFailure(GigaSTTError(.overloaded, ""))
        #expect(wire.receive(.failed(final), at: 0) == [.hangUp(code: "timeout")])
    }

    @Test func repliesAreFrames() {
        #expect(AudioSocketReply.hangUp(code: "x").message == .binary(ByteBuffer(bytes: [0, 0, 0])))
        #expect(AudioSocketReply.hangUp(code: "x").failureCode == "x" && AudioSocketReply.hangUp().failureCode == nil)
        #expect(AudioSocketReply.error(code: "x").message == .binary(ByteBuffer(bytes: [0xFF, 0, 0])))
    }

    /// In the kind of what came last, 8 kHz before.
    @Test func silenceIsAFrameOfTheRateOfTheCall() {
        var wire = AudioSocketProtocol()
        #expect(wire.keepAlive() == [.silence(sampleRate: 8_000)])
        _ = wire.receive(.binary(ByteBuffer(bytes: Self.identifier + Self.frame(0x16, [0, 0]))))
        #expect(wire.keepAlive() == [.silence(sampleRate: 48_000)])
    }

    /// Kinds of `res_audiosocket.h`, 20 ms of samples of two bytes.
    @Test(
        arguments: [
            (8_000, 0x10, 320), (12_000, 0x11, 480), (16_000, 0x12, 640), (24_000, 0x13, 960), (32_000, 0x14, 1_280),
            (44_100, 0x15, 1_764), (48_000, 0x16, 1_920), (96_000, 0x17, 3_840), (192_000, 0x18, 7_680),
        ] as [(Int, UInt8, Int)])
    func silenceIsAFrame(rate: Int, kind: UInt8, byteCount: Int) {
        let expected = Self.frame(kind, [UInt8](repeating: 0, count: byteCount))
        #expect(AudioSocketReply.silence(sampleRate: rate).message == .binary(ByteBuffer(bytes: expected)))
    }

    @Test func whatWasReadIsNotKept() throws {
        let audio = Self.frame(0x10, .init(repeating: 0, count: 320))
        let part = ByteBuffer(bytes: audio.dropFirst(5) + audio + audio + audio.prefix(5))
        var reader = AudioSocketReader()
        reader.append(ByteBuffer(bytes: Self.identifier + audio.prefix(5)))
        var count = 0
        for _ in 0..<1_000 {
            reader.append(part)
            while try reader.next() != nil { count += 1 }
        }
        #expect(count == 1 + 3_000)
        #expect(reader.storageByteCount < 16_384)
    }

    @Test func tenThousandDamagedStreamsGetFramesOnly() {
        var mutations = WireMutations(seed: 9_092)
        let stream =
            Self.identifier + Self.frame(0x10, .init(repeating: 7, count: 64)) + Self.frame(0x03, [0x35])
            + Self.frame(0x12, .init(repeating: 9, count: 33)) + Self.frame(0x00)
        for _ in 0..<10_000 {
            let damaged = mutations.damaged(stream)
            var machine = MachineDriver(AudioSocketProtocol())
            let length = Int.random(in: 1...max(1, damaged.count), using: &mutations)
            for start in stride(from: 0, to: damaged.count, by: length) {
                machine.receive(.binary(ByteBuffer(bytes: damaged[start..<min(start + length, damaged.count)])))
            }
            // At most one call, audio only behind it, and no more than one answer, at the end.
            #expect(machine.calls.count <= 1 && machine.replies.count <= 1)
            #expect(machine.inputs.isEmpty || !machine.calls.isEmpty || machine.inputs.count == 1)
            if machine.end == .stop || machine.end == nil { #expect(machine.replies.isEmpty) }
        }
    }
}
