import Foundation
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer

@Suite struct LiveSessionTests {
    /// The finals of a session in which a recording is sent in messages of this length.
    private func finals(
        _ port: Int, _ name: String, messageByteCount: Int, rate: Int = 16_000, bytes: [UInt8]? = nil
    ) async throws -> [[String: Any]] {
        var client = try await WireClient.live(port: port)
        try await client.send(text: #"{"type":"configure","sample_rate":\#(rate)}"#)
        let bytes = try bytes ?? Speech.bytes(name)
        for start in stride(from: 0, to: bytes.count, by: messageByteCount) {
            try await client.send(binary: Array(bytes[start..<min(start + messageByteCount, bytes.count)]))
        }
        try await client.send(text: Speech.stop)
        var finals: [[String: Any]] = []
        while true {
            let frame = try await client.frame()
            if frame.opcode == 8 {
                #expect(frame.close == "1000 ")
                return finals
            }
            // A slow machine may get a ping.
            guard frame.opcode == 1,
                let object = try JSONSerialization.jsonObject(with: Data(frame.content)) as? [String: Any],
                object["type"] as? String == "final"
            else { continue }
            finals.append(object)
        }
    }

    private func text(_ finals: [[String: Any]]) -> String {
        finals.compactMap { $0["text"] as? String }.filter { !$0.isEmpty }.joined(separator: " ")
    }

    @Test func socketSaysWhatTheFileSays() async throws {
        let recognizer = try await RunningServer.recognizer(workers: 1)
        var options = TranscriptionOptions()
        options.endpointing = EndpointMode.auto.endpointing(silence: .milliseconds(500), hasModel: false)
        let expected = try await recognizer.transcribe(Recordings.named("11_").url, options: options)
        #expect(expected.text != expected.words.map(\.text).joined(separator: " "))
        await recognizer.shutDown()
        try await RunningServer.use { [expected] port, _ in
            // Also when messages end within a sample.
            for count in [3_200, 1_001, 524_288] {
                let finals = try await finals(port, "11_", messageByteCount: count)
                #expect(text(finals) == expected.text)
                #expect(finals.last?["endpoint_reason"] as? String == "stop")
                let starts = finals.flatMap { $0["words"] as? [[String: Any]] ?? [] }.compactMap {
                    $0["start"] as? Double
                }
                #expect(starts == starts.sorted() && starts.count == expected.words.count)
            }
        }
    }

    @Test(arguments: [8_000, 24_000, 44_100, 48_000]) func eachRateIsUnderstood(rate: Int) async throws {
        let item = try Recordings.named("06_")
        let samples = try Recordings.samples(item)
        // Linear interpolation is good enough for a voice.
        let bytes = (0..<samples.count * rate / 16_000).flatMap { index -> [UInt8] in
            let position = Double(index) * 16_000 / Double(rate)
            let left = min(Int(position), samples.count - 1)
            let right = min(left + 1, samples.count - 1)
            let sample = Double(samples[left]) + (position - Double(left)) * Double(samples[right] - samples[left])
            let value = UInt16(bitPattern: Int16(max(-32_768, min(32_767, sample * 32_768))))
            return [UInt8(value & 255), UInt8(value >> 8)]
        }
        try await RunningServer.use { port, _ in
            let finals = try await finals(port, "06_", messageByteCount: 5_000, rate: rate, bytes: bytes)
            let errors = WordErrors.count(text(finals), against: item.text)
            #expect(errors * 3 <= item.text.split(separator: " ").count)
        }
    }

    @Test func allMayBeSentBeforeReadyIsRead() async throws {
        try await RunningServer.use { port, _ in
            let speech = try Speech.bytes("06_")
            var client = try await WireClient(port: port)
            let request = WireClient.upgradeFields.map { "\($0): \($1)\r\n" }.joined()
            try await client.send(
                raw: Array("GET /v1/ws?x=1 HTTP/1.1\r\nHost: t\r\n\(request)\r\n".utf8)
                    + WireClient.frame(1, Array(Speech.configure.utf8)) + WireClient.frame(2, speech)
                    + WireClient.frame(1, Array(Speech.stop.utf8)))
            #expect(try await client.answer().status == 101)
            #expect(try await client.message()["type"] as? String == "ready")
            let log = try await client.rest()
            #expect(log.last == "close 1000 " && log.count >= 2 && log.first != "final: ")
        }
    }

    @Test func stopWithoutAudioGivesOneEmptyFinal() async throws {
        try await RunningServer.use { port, _ in
            var client = try await WireClient.live(port: port)
            try await client.send(text: Speech.stop)
            try? await client.send(binary: [1, 2, 3, 4])
            #expect(try await client.rest() == ["final: ", "close 1000 "])
        }
    }

    @Test func silenceGivesOneEmptyFinal() async throws {
        try await RunningServer.use { port, _ in
            var client = try await WireClient.live(port: port)
            try await client.send(text: Speech.configure)
            try await client.send(binary: Array(repeating: 0, count: 64_000))
            try await client.send(text: Speech.stop)
            #expect(try await client.rest() == ["final: ", "close 1000 "])
        }
    }

    @Test func errorsOfTheClientLeaveTheSessionUsable() async throws {
        try await RunningServer.use { port, _ in
            var client = try await WireClient.live(port: port)
            try await client.send(text: #"{"type":"configure","sample_rate":"16000"}"#)
            #expect(try await client.message()["code"] as? String == "invalid_configure")
            try await client.send(text: #"{"type":"configure","sample_rate":7000}"#)
            #expect(try await client.message()["code"] as? String == "invalid_sample_rate")
            try await client.send(text: "not json")
            try await client.send(text: Speech.configure)
            try await client.send(binary: [0])
            try await client.send(text: Speech.configure)
            #expect(try await client.message()["code"] as? String == "configure_too_late")
            try await client.send(text: Speech.stop)
            #expect(try await client.rest() == ["final: ", "close 1000 "])
        }
    }

    @Test func otherVersionEndsTheSession() async throws {
        try await RunningServer.use { port, _ in
            var client = try await WireClient.live(port: port)
            try await client.send(text: #"{"type":"configure","protocol_version":"0.1"}"#)
            #expect(
                try await client.rest()
                    == ["unsupported_protocol_version", "close 1008 unsupported protocol version"])
        }
    }

    @Test func partialsComeWhileSomebodySpeaks() async throws {
        try await RunningServer.use { port, _ in
            var client = try await WireClient.live(port: port)
            try await client.send(text: Speech.configure)
            try await client.send(binary: Array(try Speech.bytes("03_").prefix(130_000)))
            let partial = try await client.message()
            #expect(partial["type"] as? String == "partial" && partial["is_final"] as? Bool == false)
            #expect(partial["speech_final"] == nil && partial["endpoint_reason"] == nil)
            let age = Date().timeIntervalSince1970 - (partial["timestamp"] as? Double ?? 0)
            #expect(abs(age) < 5)
            await client.leave()
        }
    }
}
