import Foundation
import GigaSTT
import Testing

@testable import GigaSTTServer

/// What is kept of a call.
@Suite struct CallLogTests {
    static func log(_ id: String = "call", byteLimit: Int = CallLog.byteLimit) throws -> CallLog {
        CallLog(
            try #require(CallID(id)), over: "audiosocket", GigaProtocol(settings: SessionSettings(), model: "m"),
            at: 1_700_000_000, byteLimit: byteLimit)
    }

    /// Types and texts of messages.
    static func summary(_ messages: [String]) -> [String] {
        messages.map { message in
            let object = (try? JSONSerialization.jsonObject(with: Data(message.utf8))) as? [String: Any] ?? [:]
            return [object["type"] as? String, object["text"] as? String].compactMap(\.self).joined(separator: " ")
        }
    }

    private static func partial(_ words: [String]) -> ConversationEvent {
        .partial(Partial(words: .spoken(words), stableWordCount: 0))
    }

    @Test func aReaderGetsEverythingOnceAndTheNewestPreview() throws {
        var log = try Self.log()
        var (early, late) = (CallLog.Position.start, CallLog.Position.start)
        #expect(Self.summary(log.news(behind: &early)) == ["ready"])
        #expect(log.news(behind: &early) == [])
        log.receive(Self.partial(["раз"]), at: 1)
        log.receive(Self.partial(["раз", "два"]), at: 2)
        #expect(Self.summary(log.news(behind: &early)) == ["partial раз два"])
        #expect(log.news(behind: &early) == [])
        log.receive(.final(.spoken(["раз", "два"])), at: 3)
        log.receive(Self.partial(["три"]), at: 4)
        #expect(Self.summary(log.news(behind: &early)) == ["final раз два", "partial три"])
        #expect(Self.summary(log.news(behind: &late)) == ["ready", "final раз два", "partial три"])
        log.receive(.final(.spoken(["три"], from: 1, endpoint: .endOfInput)), at: 5)
        log.end()
        #expect(log.isOver)
        for position in [early, late] {
            var position = position
            #expect(Self.summary(log.news(behind: &position)) == ["final три"])
        }
        var last = CallLog.Position.start
        #expect(Self.summary(log.news(behind: &last)) == ["ready", "final раз два", "final три"])
    }

    @Test func theOldestMessagesAreDropped() throws {
        var log = try Self.log(byteLimit: 2_000)
        var (slow, words) = (CallLog.Position.start, 0)
        _ = log.news(behind: &slow)
        for index in 0..<50 {
            log.receive(.final(.spoken(["слово\(index)"], from: Double(index))), at: Double(index))
            words += 1
        }
        #expect(log.byteCount <= 2_000 && log.byteCount > 1_000)
        let news = Self.summary(log.news(behind: &slow))
        #expect(news.last == "final слово49" && news.count < 20)
        // A place within what was dropped and one behind it.
        #expect(log.news(behind: &slow) == [])
        log.receive(.final(.spoken(["конец"], from: 60)), at: 60)
        #expect(Self.summary(log.news(behind: &slow)) == ["final конец"])
        let report = log.report(endedAt: 61, .stop, audio: 60).description
        #expect(report.contains(#""truncated":true"#) && !report.contains("слово1 "))
    }

    @Test func theReportHasTheTranscript() throws {
        var log = try Self.log("0190A1B2-c3d4-75e6-87f8-091a2b3c4d5e")
        log.receive(.final(.spoken(["раз", "два"])), at: 1)
        log.receive(.final(.spoken([], from: 2)), at: 2)
        log.receive(.final(.spoken(["три"], from: 2, endpoint: .endOfInput)), at: 3)
        #expect(
            log.report(endedAt: 1_700_000_000.5, .stop, audio: 2.5004).description
                == #"{"type":"call.ended","timestamp":"2023-11-14T22:13:20.500Z","data":{"#
                + #""call_id":"0190a1b2-c3d4-75e6-87f8-091a2b3c4d5e","protocol":"audiosocket","#
                + #""started_at":1700000000.0,"ended_at":1700000000.5,"processed_seconds":2.5,"reason":"stop","#
                + #""text":"раз два три","segments":[{"start":0.0,"end":1.0,"text":"раз два"},"#
                + #"{"start":2.0,"end":2.5,"text":"три"}]}}"#)
    }

    @Test func messagesOfTwoChannelsSayWhich() throws {
        var log = CallLog(
            try #require(CallID("call")), channels: 2, over: "freeswitch",
            GigaProtocol(settings: SessionSettings(), model: "m"), at: 1_700_000_000)
        var reader = CallLog.Position.start
        let ready = try #require(log.news(behind: &reader).first)
        #expect(ready.hasSuffix(#""channels":2}"#))
        log.receive(Self.partial(["раз"]), on: 1, at: 1)
        log.receive(Self.partial(["три"]), on: 0, at: 1)
        log.receive(Self.partial(["раз", "два"]), on: 1, at: 2)
        let previews = log.news(behind: &reader)
        #expect(Self.summary(previews) == ["partial три", "partial раз два"])
        #expect(previews.map { $0.hasSuffix(#""channel":0}"#) } == [true, false])
        // The longer utterance began first and is decided later.
        log.receive(.final(.spoken(["три"], from: 0.5)), on: 0, at: 3)
        log.receive(.final(.spoken(["раз", "два"])), on: 1, at: 4)
        log.receive(.ending(.shutdown), on: 0, at: 5)
        for channel in 0..<2 { log.receive(.final(.spoken([], endpoint: .endOfInput)), on: channel, at: 6) }
        let finals = log.news(behind: &reader)
        #expect(Self.summary(finals) == ["final три", "final раз два", "final ", "final "])
        #expect(finals.map { $0.contains(#""channel":1}"#) } == [false, true, false, true])
        #expect(finals.map { $0.contains(#""truncated":true"#) } == [false, false, true, true])
        #expect(
            log.report(endedAt: 1_700_000_000.5, .stop, audio: 1).description.hasSuffix(
                #""reason":"stop","channels":2,"text":"раз два три","#
                    + #""segments":[{"start":0.0,"end":1.0,"text":"раз два","channel":1},"#
                    + #"{"start":0.5,"end":1.0,"text":"три","channel":0}]}}"#))
    }

    @Test(
        arguments: [
            ("a", "a"), ("0190A1B2-C3D4", "0190a1b2-c3d4"), ("1732700000.12", "1732700000.12"), ("", nil), ("a b", nil),
            ("звонок", nil), ("a/b", nil), (String(repeating: "a", count: 129), nil),
            (String(repeating: "a", count: 128), String(repeating: "a", count: 128)),
        ] as [(String, String?)])
    func identifiersArePlain(text: String, id: String?) { #expect(CallID(text)?.description == id) }

    @Test func aUUIDIsWrittenAsItsText() {
        #expect(CallID(uuid: AudioSocketProtocolTests.uuid)?.description == AudioSocketProtocolTests.name)
        #expect(CallID(uuid: [1, 2, 3]) == nil)
    }
}
