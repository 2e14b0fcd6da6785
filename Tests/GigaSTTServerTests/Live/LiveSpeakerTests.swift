import Foundation
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer

/// Speakers of live sessions, through the socket.
@Suite struct LiveSpeakerTests {
    private func session(_ port: Int, _ name: String, diarization: Bool) async throws -> [[String: Any]] {
        var client = try await WireClient(port: port)
        try await client.upgrade()
        try await client.send(text: #"{"type":"configure","sample_rate":16000,"diarization":\#(diarization)}"#)
        let bytes = try Speech.bytes(name)
        for start in stride(from: 0, to: bytes.count, by: 6_400) {
            try await client.send(binary: Array(bytes[start..<min(start + 6_400, bytes.count)]))
        }
        try await client.send(text: Speech.stop)
        var messages: [[String: Any]] = []
        while true {
            let frame = try await client.frame()
            if frame.opcode == 8 {
                #expect(frame.close == "1000 ")
                return messages
            }
            // A ping is no message.
            guard frame.opcode == 1 else { continue }
            if let object = try JSONSerialization.jsonObject(with: Data(frame.content)) as? [String: Any] {
                messages.append(object)
            }
        }
    }

    private func finals(_ messages: [[String: Any]]) -> [[String: Any]] {
        messages.filter { $0["type"] as? String == "final" }
    }

    /// The words of the finals with the labels that the session gave them at last.
    private func words(_ messages: [[String: Any]]) throws -> [Word] {
        var segments: [Segment] = []
        for message in messages {
            if message["type"] as? String == "final" {
                let words = (message["words"] as? [[String: Any]] ?? []).map { word in
                    Word(
                        text: word["word"] as? String ?? "", start: word["start"] as? Double ?? 0,
                        end: word["end"] as? Double ?? 0, confidence: 1, speaker: word["speaker"] as? Int)
                }
                #expect(words.allSatisfy { $0.speaker == nil })
                segments.append(Segment(words: words, start: 0, end: 0, endpoint: .silence))
            } else if message["type"] as? String == "speakers" {
                let data = try JSONSerialization.data(withJSONObject: message["spans"] ?? [])
                segments.relabel(try JSONDecoder().decode([SpeakerSpan].self, from: data))
            }
        }
        return segments.flatMap(\.words)
    }

    @Test func labelsFollowFinalsAndEndAsThoseOfTheRecording() async throws {
        let recognizer = try await RunningServer.recognizer(workers: 1)
        var options = TranscriptionOptions()
        options.endpointing = EndpointMode.auto.endpointing(silence: .milliseconds(500), hasModel: false)
        options.speakers = SpeakerSeparation()
        let expected = try await recognizer.transcribe(Recordings.named("11_").url, options: options)
        await recognizer.shutDown()
        try await RunningServer.use { [expected] port, _ in
            let labelled = try await session(port, "11_", diarization: true)
            let plain = try await session(port, "11_", diarization: false)
            // Labels change no text, and none come where none are asked for.
            func texts(_ messages: [[String: Any]]) -> [String?] { finals(messages).map { $0["text"] as? String } }
            #expect(texts(labelled) == texts(plain))
            #expect(!plain.contains { $0["type"] as? String == "speakers" })
            let words = try words(labelled)
            #expect(words.map(\.text) == expected.words.map(\.text))
            let pairs = Set(zip(words, expected.words).map { [$0.speaker, $1.speaker] })
            #expect(pairs.count == 2 && Set(pairs.map { $0[0] }) == [0, 1] && Set(pairs.map { $0[1] }) == [0, 1])
            // The labels of an utterance come after it and before the end of the session.
            let kinds = labelled.compactMap { $0["type"] as? String }
            let firstFinal = kinds.firstIndex(of: "final") ?? kinds.endIndex
            #expect(kinds.firstIndex(of: "speakers").map { $0 > firstFinal } == true)
            #expect(labelled.first?["diarization"] as? Bool == true)
        }
    }

    @Test func withoutAModelFinalsSayWhyThereAreNoSpeakers() {
        var wire = GigaProtocol(settings: SessionSettings(), model: "m")
        _ = wire.receive(.text(#"{"type":"configure","diarization":true}"#))
        let segment = Segment(
            words: [Word(text: "да", start: 0, end: 1, confidence: 1)], start: 0, end: 1, endpoint: .silence)
        let final = wire.receive(.final(segment), at: 0).map(\.json.description).joined()
        #expect(final.contains(#""diarization":{"status":"unavailable","reason":"no_speaker_model""#))
        let failed = wire.receive(.speakersUnavailable, at: 0).map(\.json.description).joined()
        #expect(
            failed.hasPrefix(
                #"{"type":"speakers","spans":[],"diarization":{"status":"unavailable","reason":"pipeline_error""#))
        let labels = wire.receive(.speakers([SpeakerSpan(start: 0.5, end: 1.25, speaker: 1)]), at: 0)
        #expect(
            labels.map(\.json.description)
                == [#"{"type":"speakers","spans":[{"start":0.5,"end":1.25,"speaker":1}]}"#])
        let name = SpeakerName(speaker: 1, name: "Анна", similarity: 0.875)
        #expect(
            wire.receive(.speakers([], names: [name]), at: 0).map(\.json.description) == [
                #"{"type":"speakers","spans":[],"names":[{"name":"Анна","similarity":0.875,"speaker":1}]}"#
            ])
        #expect(
            wire.receive(.speakers([], names: []), at: 0).map(\.json.description)
                == [#"{"type":"speakers","spans":[],"names":[]}"#])
        var other = GigaProtocol(settings: SessionSettings(), model: "m")
        let unasked = other.receive(.final(segment), at: 0).map(\.json.description).joined()
        #expect(!unasked.contains("diarization"))
    }

    /// A stream that failed is replaced, and the next one knows none of its voices.
    @Test func anotherStreamHasOtherNumbers() {
        var machine = ConversationMachine()
        machine.begin(RecognitionRequest())
        let isFirstOpen = machine.opened()
        let span = SpeakerSpan(start: 1, end: 2, speaker: 1)
        let name = SpeakerName(speaker: 1, name: "Анна", similarity: 0.875)
        let first = machine.receive(.speakers([span], names: [name]), offset: 0)
        #expect(isFirstOpen && first == .speakers([span], names: [name]))
        _ = machine.failed(WireFailure(GigaSTTError(.inferenceFailed, "")))
        let isSecondOpen = machine.opened()
        let second = machine.receive(.speakers([span]), offset: 8)
        #expect(isSecondOpen && second == .speakers([SpeakerSpan(start: 9, end: 10, speaker: 3)]))
        // Words of both streams keep the name of who said them.
        let named = machine.receive(.speakers([], names: [name]), offset: 8)
        let again = SpeakerName(speaker: 3, name: "Анна", similarity: 0.875)
        #expect(named == .speakers([], names: [name, again]))
        #expect(machine.receive(.speakers([], names: []), offset: 8) == .speakers([], names: [name]))
    }
}
