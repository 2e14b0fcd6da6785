import Foundation
import GigaSTT
import Testing

@testable import GigaSTTServer

/// Events that cannot be applied, in transcription sessions of OpenAI's Realtime interface.
@Suite struct RealtimeErrorTests {
    private static func wire() -> RealtimeProtocol {
        RealtimeProtocol(RealtimeSession(id: "sess_x", model: "gigaam", expiry: 1_700_000_600), shape: .released)
    }

    @Test(arguments: [
        (#"{"type":7,"event_id":"mine"}"#, "invalid_type", #""mine""#),
        (#"{"type":"session.update","event_id":"mine","session":7}"#, "invalid_type", #""mine""#),
        (
            #"{"type":"session.update","event_id":"mine","session":{"audio":{"input":{"format":{"type":"audio/pcm","rate":16000.5}}}}}"#,
            "invalid_type", #""mine""#
        ),
        (#"{"type":"dance","event_id":7}"#, "invalid_type", "null"), ("[]", "invalid_json", "null"),
    ])
    func errorsNameTheirEvent(text: String, code: String, id: String) {
        var machine = MachineDriver(Self.wire())
        machine.receive(.text(text))
        let error = machine.takeReplies().last ?? ""
        #expect(error.contains(#""code":"\#(code)""#) && error.contains(#""event_id":\#(id)}"#))
    }

    @Test func failuresWithoutAnItemNameNoEvent() {
        var machine = MachineDriver(Self.wire())
        machine.happen(.failed(WireFailure(GigaSTTError(.inferenceFailed, ""))))
        #expect(machine.takeReplies().last?.contains(#""param":null,"event_id":null}"#) == true)
    }

    @Test func tenThousandDamagedSessionsAreAnswered() throws {
        var mutations = WireMutations(seed: 15)
        let script: [LiveMessage] = [
            .text(
                #"{"type":"session.update","session":{"type":"transcription","audio":{"input":{"format":{"type":"audio/pcm","rate":24000},"turn_detection":null,"transcription":{"keywords":["да"]}}}}}"#
            ),
            .text(#"{"type":"input_audio_buffer.append","audio":"AAAAAAAA"}"#),
            .text(#"{"type":"input_audio_buffer.commit"}"#),
            .text(#"{"type":"input_audio_buffer.append","audio":"AAAA"}"#),
            .text(#"{"type":"input_audio_buffer.clear"}"#),
            .text(#"{"type":"transcription_session.update","session":{"input_audio_format":"pcm16"}}"#),
        ]
        for _ in 0..<10_000 {
            var machine = MachineDriver(Self.wire())
            for message in mutations.damaged(script) { machine.receive(message) }
            machine.happen(.final(.spoken(["да"])))
            machine.happen(.final(.spoken([], endpoint: .endOfInput)))
            #expect(machine.end == nil && machine.replies.count < 64)
            for reply in machine.replies {
                _ = try JSONSerialization.jsonObject(with: Data(reply.json.description.utf8))
            }
        }
    }
}
