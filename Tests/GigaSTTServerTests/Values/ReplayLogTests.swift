import GigaSTT
import NIOCore
import Testing

@testable import GigaSTTServer

/// What is held for a client that comes back.
@Suite struct ReplayLogTests {
    /// A message of two bytes and its number.
    private struct Reply: LiveReply {
        var retention = ReplayRetention.kept
        var message: LiveMessage { .text("m") }
        var failureCode: String? { nil }
        func message(numbered number: Int) -> LiveMessage { .text("m\(number)") }
    }

    private func texts(_ log: ReplayLog, after number: Int) -> [String]? {
        log.messages(after: number)?.map { message in
            if case .text(let text) = message { text } else { "binary" }
        }
    }

    struct Case: Sendable {
        let sent: [ReplayRetention]
        var byteLimit = 100
        /// Messages by the number that the client has; `nil`: no longer held.
        let held: [Int: [String]?]
    }

    static let cases = [
        Case(sent: [], held: [0: [], 5: []]),
        Case(sent: [.kept, .kept, .kept], held: [0: ["m1", "m2", "m3"], 2: ["m3"], 3: [], 9: []]),
        // A preview stands until the next one; its number does not come again.
        Case(sent: [.latest, .latest, .kept, .latest], held: [0: ["m3", "m4"], 1: ["m3", "m4"], 3: ["m4"]]),
        Case(sent: [.latest, .kept], held: [0: ["m1", "m2"]]),
        // Without a number.
        Case(sent: [.none, .kept, .none], held: [0: ["m1"]]),
        // The oldest go first, and a client that has them is served.
        Case(sent: [.kept, .kept, .kept], byteLimit: 4, held: [0: nil, 1: ["m2", "m3"], 2: ["m3"]]),
        Case(sent: [.kept, .kept], byteLimit: 1, held: [1: nil, 2: []]),
        Case(sent: [.latest, .latest, .latest], byteLimit: 2, held: [0: ["m3"]]),
    ]

    @Test(arguments: cases.indices) func whatIsHeldDependsOnWhatTheClientHas(index: Int) {
        let expected = Self.cases[index]
        var log = ReplayLog(byteLimit: expected.byteLimit)
        for retention in expected.sent { _ = log.append(Reply(retention: retention)) }
        for (number, messages) in expected.held { #expect(texts(log, after: number) == messages, "after \(number)") }
        #expect(log.byteCount <= expected.byteLimit)
        #expect(log.lastNumber == expected.sent.count { $0 != .none })
    }

    @Test func messagesHaveTheirNumberAtTheEnd() {
        let token = String(repeating: "a", count: 64)
        let messages: [(ServerMessage, String, ReplayRetention)] = [
            (
                .resumable(ResumeGrant(token: token, window: .seconds(60))),
                #"{"type":"resumable","token":"\#(token)","window_secs":60,"seq":7}"#, .kept
            ),
            (.marker("a}"), #"{"type":"marker","id":"a}","seq":7}"#, .kept),
            (.acknowledged(audioByteCount: 32_000), #"{"type":"ack","audio_bytes":32000,"seq":7}"#, .none),
        ]
        for (message, json, retention) in messages {
            #expect(message.message(numbered: 7) == .text(json) && message.retention == retention)
        }
        #expect(
            ServerMessage.resumed(.init(audioByteCount: 5, textCount: 2)).json.description
                == #"{"type":"resumed","audio_bytes":5,"messages":2}"#)
        let utterance = ServerMessage.Utterance(text: "", words: [], timestamp: 0)
        #expect(ServerMessage.partial(utterance).retention == .latest)
        #expect(ServerMessage.final(utterance, .init(reason: "stop")).retention == .kept)
    }
}
