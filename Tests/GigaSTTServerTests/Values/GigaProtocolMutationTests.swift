import Foundation
import GigaSTT
import Testing

@testable import GigaSTTServer

/// Damaged sessions of gigastt's own protocol.
@Suite struct GigaProtocolMutationTests {
    @Test func tenThousandDamagedSessionsGetObjects() throws {
        var mutations = WireMutations(seed: 9_876)
        let script: [LiveMessage] = [
            .text(
                #"{"type":"configure","sample_rate":16000,"protocol_version":"1.2","commit_policy":"auto","#
                    + #""endpoint_mode":"manual","speech_events":true,"hotwords":"да,нет","max_alternatives":3}"#),
            .bytes(64), .text(#"{"type":"marker","id":"a"}"#), .bytes(3), .text(#"{"type":"stop"}"#),
        ]
        for _ in 0..<10_000 {
            var machine = MachineDriver(GigaProtocol(settings: SessionSettings(), model: "m"))
            for message in mutations.damaged(script) { machine.receive(message) }
            let replies = machine.replies.map(\.json.description)
            // Each message has one reply at most, besides `ready` and the last final.
            #expect(replies.count <= script.count + 3)
            #expect(replies.first?.hasPrefix(#"{"type":"ready","#) == true)
            for reply in replies {
                let object = try JSONSerialization.jsonObject(with: Data(reply.utf8)) as? [String: Any]
                #expect(object?["type"] is String)
            }
        }
    }
}
