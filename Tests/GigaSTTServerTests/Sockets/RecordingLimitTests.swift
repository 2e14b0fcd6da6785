import Foundation
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer

@Suite struct RecordingLimitTests {
    private static let minute = [UInt8](WaveFile.data([Float](repeating: 0, count: 16_000 * 60)))

    /// Silence in a format that does not say how long it is.
    private static func endless() throws -> [UInt8] {
        let folder = try TemporaryFolder()
        let path = folder.path("silence.aac")
        try FFmpeg.run(["-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono", "-t", "12", "-f", "adts", path])
        return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private func post(_ port: Int, _ path: String, _ body: [UInt8]) async throws -> WireClient.Answer {
        var client = try await WireClient(port: port)
        let answer = try await client.request("POST", path, body: body)
        await client.leave()
        return answer
    }

    @Test func longRecordingsAreRefusedByTheirHeaderOrByWhatComes() async throws {
        try await RunningServer.use({ $0.maximumAudioDuration = .seconds(10) }) { port, _ in
            let tooLong = #"{"error":"audio too long: 60s exceeds the maximum of 10s","code":"audio_too_long"}"#
            for path in ["/v1/transcribe", "/v1/transcribe/stream"] {
                let answer = try await post(port, path, Self.minute)
                #expect(answer.status == 413 && answer.body == tooLong)
            }
            let endless = try Self.endless()
            let answer = try await post(port, "/v1/transcribe", endless)
            #expect(answer.status == 413 && answer.body.contains("audio too long: 11s exceeds the maximum of 10s"))
            // Nothing is final before, so that the stream has not begun.
            #expect(try await post(port, "/v1/transcribe/stream", endless).body == answer.body)
        }
    }

    @Test func recordingThatGetsNoWorkerIsToldWhenToComeAgain() async throws {
        let held = try await HeldRecognizer()
        try await RunningServer.use({ $0.queueTimeout = .zero }, load: { held.recognizer }) { port, _ in
            await held.hold()
            let speech = [UInt8](try Data(contentsOf: Recordings.named("03").url))
            let answer = try await post(port, "/v1/transcribe", speech)
            #expect(answer.status == 503 && answer.fields["retry-after"] == "1")
            #expect(
                answer.body == #"{"error":"Server busy, try again later","code":"timeout","retry_after_ms":1000}"#)
            let events = try await post(port, "/v1/transcribe/stream", speech)
            #expect(events.status == 503 && events.fields["retry-after"] == "1" && events.body == answer.body)
            held.letGo()
            #expect(try await post(port, "/v1/transcribe", speech).status == 200)
        }
    }

    @Test func recordingOnWhichNothingGetsDoneIsGivenUp() async throws {
        try await RunningServer.use({ $0.inferenceTimeout = .microseconds(1) }) { port, _ in
            let speech = [UInt8](try Data(contentsOf: Recordings.named("03").url))
            let answer = try await post(port, "/v1/transcribe", speech)
            #expect(answer.status == 504 && answer.fields["retry-after"] == nil)
            #expect(answer.body == #"{"error":"Inference timed out.","code":"inference_timeout"}"#)
            let events = try await post(port, "/v1/transcribe/stream", speech)
            #expect(events.status == 504 && events.body == answer.body)
        }
    }

    @Test func sessionWhoseUtteranceTakesTooLongEnds() async throws {
        let held = try await HeldRecognizer()
        try await RunningServer.use({ $0.inferenceTimeout = .milliseconds(50) }, load: { held.recognizer }) { port, _ in
            await held.hold()
            var client = try await WireClient.live(port: port)
            // Only `stop` ends the utterance.
            try await client.send(text: #"{"type":"configure","sample_rate":16000,"endpoint_mode":"manual"}"#)
            try await client.send(binary: try Speech.bytes("06_"))
            try await client.send(text: Speech.stop)
            #expect(try await client.rest() == ["inference_timeout", "final: ", "close 1011 inference timeout"])
            held.letGo()
        }
    }
}
