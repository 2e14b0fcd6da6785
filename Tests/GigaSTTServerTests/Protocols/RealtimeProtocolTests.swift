import Foundation
import GigaSTT
import NIOCore
import Testing

@testable import GigaSTTServer

/// Transcription sessions of OpenAI's Realtime interface (openai-python 3.57).
@Suite struct RealtimeProtocolTests {
    private static func wire(_ shape: RealtimeSession.Shape = .released) -> RealtimeProtocol {
        RealtimeProtocol(RealtimeSession(id: "sess_x", model: "gigaam", expiry: 1_700_000_600), shape: shape)
    }

    /// What each reply says, in short: type without its long prefixes, item, text.
    private static func short(_ replies: [JSONReply]) throws -> [String] {
        try replies.map { reply in
            let object = try JSONSerialization.jsonObject(with: Data(reply.json.description.utf8)) as? [String: Any]
            let fields = try #require(object)
            let type = (fields["type"] as? String ?? "none").split(separator: ".").suffix(2).joined(separator: ".")
            let item = (fields["item_id"] ?? (fields["item"] as? [String: Any])?["id"]) as? String
            let error = (fields["error"] as? [String: Any])?["code"] as? String
            let text = fields["delta"] as? String ?? fields["transcript"] as? String
            let number = (fields["audio_start_ms"] ?? fields["audio_end_ms"]).map { "\($0)" }
            return [
                type, item.map { String($0.split(separator: "_").last ?? "") }, error, number, text.map { "'\($0)'" },
            ]
            .compactMap(\.self).joined(separator: " ")
        }
    }

    enum Input: Sendable {
        case text(String)
        case event(ConversationEvent)
    }

    struct Script: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let input: [Input]
        let expected: [String]

        init(_ name: String, _ input: [Input], _ expected: [String]) {
            (testDescription, self.input, self.expected) = (name, input, expected)
        }
    }

    private static let audio = Input.text(#"{"type":"input_audio_buffer.append","audio":"AAAA"}"#)
    /// A second of silence.
    private static let second = Input.text(
        #"{"type":"input_audio_buffer.append","audio":"\#(Data(count: 48_000).base64EncodedString())"}"#)
    /// The rest of a turn with one word.
    private static let turn = [
        "input_audio_buffer.speech_stopped 1 1500", "input_audio_buffer.committed 1", "item.added 1",
        "input_audio_transcription.delta 1 'раз'", "input_audio_transcription.completed 1 'раз'", "item.done 1",
    ]
    private static let commit = Input.text(#"{"type":"input_audio_buffer.commit"}"#)
    private static let clear = Input.text(#"{"type":"input_audio_buffer.clear","event_id":"mine"}"#)
    private static let manual = Input.text(
        #"{"type":"session.update","session":{"type":"transcription","audio":{"input":{"turn_detection":null}}}}"#)
    private static let start = Input.event(.speechStarted(at: 0.25))
    private static let stop = Input.event(.speechStopped(at: 1.5))
    private static func partial(_ words: [String], stable: Int) -> Input {
        .event(.partial(Partial(words: .spoken(words), stableWordCount: stable)))
    }
    private static func final(_ words: [String], _ endpoint: EndpointReason = .silence) -> Input {
        .event(.final(.spoken(words, endpoint: endpoint)))
    }

    static let scripts: [Script] = [
        Script("a session begins", [], ["session.created"]),
        Script(
            "a turn", [audio, start, partial(["раз", "дв"], stable: 1), stop, final(["раз", "два"])],
            [
                "session.created", "input_audio_buffer.speech_started 1 250", "input_audio_transcription.delta 1 'раз'",
                "input_audio_buffer.speech_stopped 1 1500", "input_audio_buffer.committed 1", "item.added 1",
                "input_audio_transcription.delta 1 ' два'", "input_audio_transcription.completed 1 'раз два'",
                "item.done 1",
            ]),
        Script(
            "uncertain words are no delta", [audio, start, partial(["раз"], stable: 0), partial(["рас"], stable: 0)],
            ["session.created", "input_audio_buffer.speech_started 1 250"]),
        Script(
            "a cut goes on in the same item",
            [audio, start, final(["раз"], .maximumLength), partial(["два"], stable: 1), stop, final(["два"])],
            [
                "session.created", "input_audio_buffer.speech_started 1 250", "input_audio_transcription.delta 1 'раз'",
                "input_audio_transcription.delta 1 ' два'", "input_audio_buffer.speech_stopped 1 1500",
                "input_audio_buffer.committed 1", "item.added 1", "input_audio_transcription.completed 1 'раз два'",
                "item.done 1",
            ]),
        Script(
            "a turn without words completes", [audio, start, stop, final([])],
            [
                "session.created", "input_audio_buffer.speech_started 1 250",
                "input_audio_buffer.speech_stopped 1 1500",
                "input_audio_buffer.committed 1", "item.added 1", "input_audio_transcription.completed 1 ''",
                "item.done 1",
            ]),
        Script("silence is no turn", [audio, final([])], ["session.created"]),
        Script(
            "what came behind a turn is committed", [second, start, stop, final(["раз"]), commit, commit],
            ["session.created", "input_audio_buffer.speech_started 1 250"] + turn + [
                "input_audio_buffer.committed 2", "item.added 2", "input_audio_transcription.completed 2 ''",
                "item.done 2", "error input_audio_buffer_commit_empty",
            ]),
        Script(
            "what is all in a turn is not committed again",
            [audio, start, stop, final(["раз"]), commit],
            ["session.created", "input_audio_buffer.speech_started 1 250"] + turn + [
                "error input_audio_buffer_commit_empty"
            ]),
        Script(
            "an open turn is committed, and its speech ends first", [second, start, commit],
            [
                "session.created", "input_audio_buffer.speech_started 1 250",
                "input_audio_buffer.speech_stopped 1 1000", "input_audio_buffer.committed 1", "item.added 1",
                "input_audio_transcription.completed 1 ''", "item.done 1",
            ]),
        Script(
            "an open turn behind another is cleared",
            [audio, start, stop, final(["раз"]), start, partial(["два"], stable: 1), clear, stop],
            ["session.created", "input_audio_buffer.speech_started 1 250"] + turn + [
                "input_audio_buffer.speech_started 2 250", "input_audio_transcription.delta 2 'два'",
                "input_audio_buffer.speech_stopped 2 0",
                "input_audio_transcription.failed 2 input_audio_buffer_cleared", "input_audio_buffer.cleared",
            ]),
        Script(
            "the client ends a turn", [manual, audio, start, final(["раз"], .maximumLength), commit],
            [
                "session.created", "session.updated", "input_audio_transcription.delta 1 'раз'",
                "input_audio_buffer.committed 1", "item.added 1", "input_audio_transcription.completed 1 'раз'",
                "item.done 1",
            ]),
        Script(
            "nothing to commit", [manual, commit, audio, commit, commit],
            [
                "session.created", "session.updated", "error input_audio_buffer_commit_empty",
                "input_audio_buffer.committed 1", "item.added 1", "input_audio_transcription.completed 1 ''",
                "item.done 1", "error input_audio_buffer_commit_empty",
            ]),
        Script(
            "what is cleared is not sent", [manual, audio, clear, audio, final(["раз"], .flush), commit],
            [
                "session.created", "session.updated", "input_audio_buffer.cleared",
                "input_audio_transcription.delta 2 'раз'", "input_audio_buffer.committed 2", "item.added 2",
                "input_audio_transcription.completed 2 'раз'", "item.done 2",
            ]),
        Script(
            "what was sent before it was cleared fails",
            [manual, audio, partial(["раз"], stable: 1), clear, clear],
            [
                "session.created", "session.updated", "input_audio_transcription.delta 1 'раз'",
                "input_audio_transcription.failed 1 input_audio_buffer_cleared", "input_audio_buffer.cleared",
                "input_audio_buffer.cleared",
            ]),
        Script(
            "the end of the session ends the turn", [audio, start, final(["раз"], .endOfInput)],
            [
                "session.created", "input_audio_buffer.speech_started 1 250", "input_audio_transcription.delta 1 'раз'",
                "input_audio_buffer.committed 1", "item.added 1", "input_audio_transcription.completed 1 'раз'",
                "item.done 1",
            ]),
        Script(
            "a failure is one of the item",
            [audio, start, .event(.failed(WireFailure(GigaSTTError(.inferenceFailed, ""))))],
            [
                "session.created", "input_audio_buffer.speech_started 1 250",
                "input_audio_transcription.failed 1 inference_error",
            ]),
        Script(
            "mistakes are named and the session goes on",
            [
                .text("no json"), .text("[]"), .text(#"{"type":7}"#), .text(#"{"type":"response.create"}"#),
                .text(#"{"type":"input_audio_buffer.append","audio":"%"}"#),
                .text(#"{"type":"input_audio_buffer.append"}"#), .text(#"{"type":"session.update"}"#),
                .text(#"{"type":"session.update","session":{"type":"realtime"}}"#),
                .text(#"{"type":"session.update","session":{"audio":{"input":{"format":{"type":"audio/mp3"}}}}}"#),
                .text(#"{"type":"session.update","session":{"turn_detection":{"type":"magic"}}}"#),
                .text(#"{"type":"transcription_session.update","session":{"input_audio_format":"mp3"}}"#),
            ],
            [
                "session.created", "error invalid_json", "error invalid_json", "error invalid_type",
                "error unknown_event", "error invalid_audio", "error invalid_audio", "error missing_value",
                "error invalid_value", "error invalid_value", "error invalid_value", "error invalid_value",
            ]),
        Script(
            "the audio fixes the format",
            [
                audio,
                .text(#"{"type":"session.update","session":{"audio":{"input":{"format":{"type":"audio/pcmu"}}}}}"#),
                .text(#"{"type":"session.update","session":{"audio":{"input":{"transcription":{"language":"ru"}}}}}"#),
            ],
            ["session.created", "error session_has_audio", "session.updated"]),
    ]

    @Test func completedSaysHowSureWordsAreWhenAsked() {
        for (include, isAsked) in [("[\"\(RealtimeSessionUpdate.logProbabilities)\"]", true), ("[]", false)] {
            var machine = MachineDriver(Self.wire())
            machine.receive(.text(#"{"type":"session.update","session":{"include":\#(include)}}"#))
            machine.receive(.text(#"{"type":"input_audio_buffer.append","audio":"AAAA"}"#))
            machine.happen(.final(.spoken(["раз", "два"], endpoint: .endOfInput)))
            let completed = machine.takeReplies().first { $0.contains("transcription.completed") } ?? ""
            #expect(completed.contains(#""logprobs":[{"token":"раз","logprob":-0.6931472,"#) == isAsked)
            #expect(completed.contains(#"{"token":" два","#) == isAsked)
        }
    }

    @Test(arguments: scripts) func scriptIsAnswered(_ script: Script) throws {
        var machine = MachineDriver(Self.wire())
        for input in script.input {
            switch input {
            case .text(let text): machine.receive(.text(text))
            case .event(let event): machine.happen(event)
            }
        }
        #expect(try Self.short(machine.replies) == script.expected)
    }

    @Test func betaHasItsOwnShape() throws {
        var machine = MachineDriver(Self.wire(.beta))
        machine.receive(
            .text(
                #"{"type":"transcription_session.update","session":{"input_audio_format":"g711_ulaw","#
                    + #""turn_detection":{"type":"server_vad","silence_duration_ms":200}}}"#))
        machine.receive(.text(#"{"type":"input_audio_buffer.append","audio":"AAAA"}"#))
        machine.happen(.final(.spoken(["раз"])))
        #expect(
            try Self.short(machine.replies) == [
                "transcription_session.created", "transcription_session.updated",
                "input_audio_transcription.delta 1 'раз'", "input_audio_buffer.committed 1", "item.created 1",
                "input_audio_transcription.completed 1 'раз'",
            ])
        guard case .begin(let format, let request, _)? = machine.inputs.first else { return #expect(Bool(false)) }
        #expect(format.sampleRate == 8_000 && request.silence == .milliseconds(200))
    }

    @Test(arguments: [
        (#"null"#, EndpointMode?.some(.manual), Duration?.none),
        (#"{"type":"server_vad"}"#, nil, .milliseconds(500)),
        (#"{"type":"server_vad","silence_duration_ms":1}"#, nil, .milliseconds(80)),
        (#"{"type":"server_vad","silence_duration_ms":500.6}"#, nil, .milliseconds(501)),
        (#"{"type":"server_vad","silence_duration_ms":1e99}"#, nil, .milliseconds(60_000)),
        (#"{"type":"semantic_vad","eagerness":"high"}"#, nil, .milliseconds(300)),
        (#"{"type":"semantic_vad"}"#, nil, .milliseconds(700)),
    ])
    func turnDetectionIsAnEndpoint(detection: String, mode: EndpointMode?, silence: Duration?) throws {
        var machine = MachineDriver(Self.wire())
        machine.receive(
            .text(
                #"{"type":"session.update","session":{"audio":{"input":{"turn_detection":\#(detection),"#
                    + #""transcription":{"keywords":["да"]}}}}}"#))
        machine.receive(.text(#"{"type":"input_audio_buffer.append","audio":"AAAA"}"#))
        guard case .begin(let format, let request, _)? = machine.inputs.first else { return #expect(Bool(false)) }
        #expect(request.endpointMode == mode && request.silence == silence && request.hotwords == ["да"])
        #expect(format.sampleRate == 24_000)
    }

    @Test func sessionIsDescribed() throws {
        var wire = Self.wire()
        let head = #"{"type":"session.created","event_id":"event_x_1","session":{"type":"transcription","id":"sess_x","#
        #expect(
            wire.open().map(\.json.description) == [
                head + #""object":"realtime.transcription_session","expires_at":1700000600,"audio":{"input":{"format":"#
                    + #"{"type":"audio/pcm","rate":24000},"transcription":{"model":"gigaam","language":"ru","prompt":""},"#
                    + #""noise_reduction":null,"turn_detection":{"type":"server_vad","threshold":0.5,"#
                    + #""prefix_padding_ms":300,"silence_duration_ms":500}}},"include":null}}"#
            ])
    }

    /// Whatever partials come, the deltas of an item are its transcript, byte for byte.
    @Test func deltasAreTheTranscript() throws {
        var random = WireMutations(seed: 24_000)
        for _ in 0..<500 {
            var machine = MachineDriver(Self.wire())
            machine.receive(.text(#"{"type":"input_audio_buffer.append","audio":"AAAA"}"#))
            for _ in 0..<5 {
                let words = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                    ["да", "ёж", "е\u{301}", "й", "и\u{306}"].randomElement(using: &random) ?? ""
                }
                var stable = 0
                for count in 0...words.count {
                    stable = Int.random(in: stable...count, using: &random)
                    machine.happen(
                        .partial(Partial(words: .spoken(Array(words.prefix(count))), stableWordCount: stable)))
                }
                machine.happen(
                    .final(
                        .spoken(words, endpoint: [.silence, .maximumLength].randomElement(using: &random) ?? .silence)))
            }
            machine.happen(.final(.spoken([], endpoint: .endOfInput)))
            var sent: [String: String] = [:]
            for reply in machine.replies {
                let fields = try #require(
                    try JSONSerialization.jsonObject(with: Data(reply.json.description.utf8)) as? [String: Any])
                guard let item = fields["item_id"] as? String else { continue }
                if let delta = fields["delta"] as? String { sent[item, default: ""] += delta }
                if let transcript = fields["transcript"] as? String {
                    #expect(Array((sent[item] ?? "").utf8) == Array(transcript.utf8))
                }
            }
        }
    }
}
