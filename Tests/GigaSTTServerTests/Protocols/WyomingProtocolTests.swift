import Foundation
import GigaSTT
import NIOCore
import Testing

@testable import GigaSTTServer

/// The wire of Wyoming 1.9 (`wyoming/event.py`).
@Suite struct WyomingProtocolTests {
    enum Input: Sendable {
        case line(String)
        case audio(Int)
        case event(ConversationEvent)
    }

    struct Script: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let input: [Input]
        /// Types and data of the replies.
        let expected: [String]

        init(_ name: String, _ input: [Input], _ expected: [String]) {
            (testDescription, self.input, self.expected) = (name, input, expected)
        }
    }

    private static let program = WyomingProgram(version: "1", model: "m", languages: ["ru"])
    private static let transcribe = Input.line(#"{"type":"transcribe","data":{"language":"ru"}}"#)
    private static let start = Input.line(#"{"type":"audio-start","data":{"rate":16000,"width":2,"channels":1}}"#)
    private static let stop = Input.line(#"{"type":"audio-stop","data":{"timestamp":null}}"#)
    private static let begun = #"transcript-start {"language":"ru"}"#

    static let scripts: [Script] = [
        Script(
            "a recording", [transcribe, start, .audio(640), .event(.final(.spoken(["раз"]))), .audio(640), stop],
            [
                begun, #"transcript-chunk {"text":"раз"}"#, #"transcript {"text":"раз","language":"ru"}"#,
                "transcript-stop {}",
            ]),
        Script(
            "chunks are the transcript",
            [
                start, .event(.final(.spoken(["раз"]))), .event(.final(.spoken([]))),
                .event(.final(.spoken(["два"], endpoint: .endOfInput))),
            ],
            [
                begun, #"transcript-chunk {"text":"раз"}"#, #"transcript-chunk {"text":" два"}"#,
                #"transcript {"text":"раз два","language":"ru"}"#, "transcript-stop {}",
            ]),
        Script(
            "no audio", [transcribe, stop], [begun, #"transcript {"text":"","language":"ru"}"#, "transcript-stop {}"]),
        Script(
            "nothing behind the end", [stop, stop, .line("dance")],
            [
                begun, #"transcript {"text":"","language":"ru"}"#, "transcript-stop {}",
            ]),
        Script("ping", [.line(#"{"type":"ping","data":{"text":"a"}}"#)], [#"pong {"text":"a"}"#]),
        Script("ping without a text", [.line(#"{"type":"ping"}"#)], [#"pong {"text":null}"#]),
        Script(
            "unknown events and their payloads are passed over",
            [.line("{\"type\":\"detect\",\"payload_length\":3}\nabc{\"type\":\"ping\"}")], [#"pong {"text":null}"#]),
        Script(
            "a line that is no event", [.line("POST / HTTP/1.1"), .line(#"{"type":"ping"}"#)],
            [
                #"error {"text":"an event is not a line with a JSON object that has a type","code":"invalid_event"}"#
            ]),
        Script(
            "audio without a format", [.line(#"{"type":"audio-start","data":{"rate":"16000"}}"#)],
            [#"error {"text":"audio events need rate, width and channels","code":"invalid_event"}"#]),
        Script(
            "a connection without audio is owed no text", [.event(.final(.spoken([], endpoint: .endOfInput)))], []),
    ]

    @Test(arguments: scripts) func scriptIsAnswered(_ script: Script) {
        var machine = MachineDriver(WyomingProtocol(Self.program))
        for input in script.input {
            switch input {
            case .line(let line): machine.receive(.binary(ByteBuffer(string: line + "\n")))
            case .audio(let count): machine.receive(.binary(ByteBuffer(bytes: Self.chunk(count))))
            case .event(let event): machine.happen(event)
            }
        }
        #expect(machine.replies.map { "\($0.type) \($0.data)" } == script.expected)
    }

    /// As the client of the package `wyoming` writes it.
    private static func chunk(
        _ count: Int, rate: Int = 16_000, width: Int = 2, channels: Int = 1, bytes: [UInt8]? = nil
    ) -> [UInt8] {
        let data = #"{"rate": \#(rate), "width": \#(width), "channels": \#(channels), "timestamp": 0}"#
        let payload = bytes ?? [UInt8](repeating: 0, count: count)
        let head =
            #"{"type": "audio-chunk", "version": "1.10.2", "data_length": \#(data.utf8.count), "payload_length": "#
            + "\(payload.count)}\n"
        return Array((head + data).utf8) + payload
    }

    @Test func streamMayBeCutAnywhere() {
        let stream = Self.chunk(64) + Array("{\"type\":\"ping\"}\n".utf8) + Self.chunk(30)
        for length in [1, 2, 7, 50, stream.count] {
            var machine = MachineDriver(WyomingProtocol(Self.program))
            for start in stride(from: 0, to: stream.count, by: length) {
                machine.receive(.binary(ByteBuffer(bytes: stream[start..<min(start + length, stream.count)])))
            }
            let counts = machine.inputs.map { if case .audio(let bytes) = $0 { bytes.readableBytes } else { 0 } }
            #expect(counts.reduce(0, +) == 94)
            #expect(machine.replies.map(\.type) == ["pong"])
            #expect(machine.end == nil)
        }
    }

    /// Expected values are those of Wyoming's own converter where it has the same rule: 8 bits are unsigned, the upper
    /// 16 bits of longer samples count. Channels are averaged here, and added there.
    @Test(
        arguments: [
            (1, 1, [0, 128, 255], [-32_768, 0, 32_512]), (2, 2, [0, 64, 0, 192], [0]), (2, 2, [16, 0, 48, 0], [32]),
            (3, 1, [255, 1, 0, 0, 0, 128], [1, -32_768]), (4, 1, [9, 9, 255, 127, 0, 0, 255, 255], [32_767, -1]),
            (1, 3, [128, 128, 131, 128], [256]),
        ] as [(Int, Int, [UInt8], [Int16])])
    func widthsAndChannelsAreConverted(width: Int, channels: Int, bytes: [UInt8], expected: [Int16]) throws {
        for step in [1, bytes.count] {
            var audio = try InterleavedAudio(WyomingData(rate: 8_000, width: width, channels: channels))
            var samples: [Int16] = []
            for start in stride(from: 0, to: bytes.count, by: step) {
                var part = audio.convert(ByteBuffer(bytes: bytes[start..<min(start + step, bytes.count)]))
                while let sample = part.readInteger(endianness: .little, as: Int16.self) { samples.append(sample) }
            }
            #expect(samples == expected)
        }
    }

    @Test(arguments: [
        (7_999, 2, 1), (192_001, 2, 1), (16_000, 0, 1), (16_000, 5, 1), (16_000, 2, 0), (16_000, 2, 33),
        (-1, 2, 1), (16_000, 2, .max),
    ])
    func otherAudioIsRefused(rate: Int, width: Int, channels: Int) {
        var machine = MachineDriver(WyomingProtocol(Self.program))
        machine.receive(.binary(ByteBuffer(bytes: Self.chunk(2, rate: rate, width: width, channels: channels))))
        #expect(machine.replies.map(\.failureCode) == ["invalid_event"])
        guard case .violation? = machine.end else { return #expect(Bool(false)) }
    }

    @Test func lastFormatCounts() throws {
        var wire = WyomingProtocol(Self.program)
        var rates: [Int] = []
        for rate in [8_000, 8_000, 44_100] {
            for case .input(.begin(let format, _, _)) in wire.receive(
                .binary(ByteBuffer(bytes: Self.chunk(2, rate: rate))))
            {
                rates.append(format.sampleRate)
            }
        }
        #expect(rates == [8_000, 44_100])
    }

    @Test func namesAndTermsArePreferred() {
        var wire = WyomingProtocol(Self.program)
        let event = #"{"type":"transcribe","data":{"transcript_terms":["терм"],"transcript_names":["Алиса"]}}"#
        #expect(wire.receive(.binary(ByteBuffer(string: event + "\n"))) == [])
        guard case .input(.begin(_, let request, _))? = wire.receive(.binary(ByteBuffer(bytes: Self.chunk(2)))).first
        else { return #expect(Bool(false)) }
        #expect(request.hotwords == ["Алиса", "терм"])
    }

    @Test func whatWasReadIsNotKept() throws {
        let line = "{\"type\":\"ping\"}\n"
        let part = ByteBuffer(string: String(repeating: line, count: 60) + line.prefix(5))
        let next = ByteBuffer(string: line.dropFirst(5) + String(repeating: line, count: 60) + line.prefix(5))
        var reader = WyomingReader()
        var count = 0
        for index in 0..<1_000 {
            reader.append(index == 0 ? part : next)
            while try reader.next() != nil { count += 1 }
        }
        #expect(count == 60 + 999 * 61)
        #expect(reader.storageByteCount < 16_384)
    }

    /// A stream that goes beyond a bound ends at once: nothing beyond it is held.
    @Test(arguments: [
        String(repeating: "a", count: WyomingReader.headLimit + 1),
        #"{"type":"ping","data_length":65537}"# + "\n", #"{"type":"ping","data_length":-1}"# + "\n",
        #"{"type":"ping","payload_length":16777217}"# + "\n", #"{"type":"ping","payload_length":-1}"# + "\n",
        #"{"type":"ping","data_length":2}"# + "\n[]", #"{"type":7}"# + "\n", "\n",
        String(repeating: "[", count: 60_000) + "\n",
    ])
    func boundsAndFormIncludeNothingElse(stream: String) {
        var machine = MachineDriver(WyomingProtocol(Self.program))
        machine.receive(.binary(ByteBuffer(string: stream)))
        #expect(machine.replies.map(\.failureCode) == ["invalid_event"])
        guard case .violation? = machine.end else { return #expect(Bool(false)) }
    }

    @Test func tenThousandDamagedStreamsGetEventsOnly() throws {
        var mutations = WireMutations(seed: 10_300)
        let head = Array(#"{"type":"transcribe","data":{"transcript_names":["да"]}}"#.utf8) + [10]
        let tail = Array("{\"type\":\"ping\"}\n{\"type\":\"describe\"}\n{\"type\":\"audio-stop\"}\n".utf8)
        let stream = head + Self.chunk(7, rate: 22_050, width: 3, channels: 2) + Self.chunk(64) + tail
        for _ in 0..<10_000 {
            var machine = MachineDriver(WyomingProtocol(Self.program))
            let damaged = mutations.damaged(stream)
            let cut = Int.random(in: 0...damaged.count, using: &mutations)
            machine.receive(.binary(ByteBuffer(bytes: damaged[..<cut])))
            machine.receive(.binary(ByteBuffer(bytes: damaged[cut...])))
            // Nothing but an error or the end of the audio ends it.
            let errors = machine.replies.count { $0.failureCode != nil }
            if case .violation? = machine.end { #expect(errors == 1) } else { #expect(errors == 0) }
            if machine.end == .stop { #expect(machine.replies.last?.type == "transcript-stop") }
            for reply in machine.replies {
                guard case .binary(let bytes) = reply.message else { return #expect(Bool(false)) }
                _ = try JSONSerialization.jsonObject(with: Data(bytes.readableBytesView))
            }
        }
    }
}
