import Foundation
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer

/// Cases of the gigastt 2.3 contract that only show on a socket.
@Suite struct LiveContractTests {
    @Test func burstOfSocketsThatStopAtOnceIsServed() async throws {
        try await RunningServer.use { port, _ in
            try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        var client = try await WireClient.live(port: port)
                        try await client.send(text: Speech.stop)
                        return try await client.rest()
                    }
                }
                for try await log in group { #expect(log == ["final: ", "close 1000 "]) }
            }
        }
    }

    @Test func sessionWithoutALimitSaysSoAndGoesOn() async throws {
        try await RunningServer.use({ $0.session.maximumDuration = .zero }) { port, _ in
            var client = try await WireClient(port: port)
            let answer = try await client.request("GET", "/v1/ws", WireClient.upgradeFields)
            #expect(answer.status == 101 && answer.fields["x-request-id"]?.count == 36)
            #expect(try await client.message()["max_session_secs"] as? Int == 0)
            try await client.send(opcode: 9, [7])
            #expect(try await client.frame() == .init(opcode: 10, content: [7]))
            await client.leave()
        }
    }

    /// 440 Hz for two seconds.
    @Test func toneIsAnsweredWithAFinal() async throws {
        let tone = (0..<32_000).flatMap { index -> [UInt8] in
            let value = UInt16(bitPattern: Int16(8_000 * sin(2 * Double.pi * 440 * Double(index) / 16_000)))
            return [UInt8(value & 255), UInt8(value >> 8)]
        }
        try await RunningServer.use { port, _ in
            var client = try await WireClient.live(port: port)
            try await client.send(text: Speech.configure)
            try await client.send(binary: tone)
            try await client.send(text: Speech.stop)
            let log = try await client.rest()
            #expect(
                log.count >= 2 && log.dropLast().allSatisfy { $0.hasPrefix("final: ") } && log.last == "close 1000 ")
        }
    }

    @Test func audioWithoutConfigureIsReadAt48Kilohertz() async throws {
        let item = try Recordings.named("06_")
        let bytes = try Speech.bytes("06_")
        // Each sample three times: coarse, but speech.
        let tripled = stride(from: 0, to: bytes.count, by: 2).flatMap { start in
            (0..<3).flatMap { _ in [bytes[start], bytes[start + 1]] }
        }
        try await RunningServer.use { port, _ in
            var client = try await WireClient.live(port: port)
            for start in stride(from: 0, to: tripled.count, by: 9_600) {
                try await client.send(binary: Array(tripled[start..<min(start + 9_600, tripled.count)]))
            }
            try await client.send(text: Speech.stop)
            var ends: [Double] = []
            while let message = try? await client.message() {
                guard message["type"] as? String == "final" else { continue }
                ends += (message["words"] as? [[String: Any]] ?? []).compactMap { $0["end"] as? Double }
            }
            // At another rate the words would come three times as late.
            #expect(!ends.isEmpty && ends.allSatisfy { $0 <= Double(bytes.count) / 32_000 })
            #expect((ends.last ?? 0) > Double(bytes.count) / 64_000, "\(item.text)")
        }
    }

    @Test func partialsHoldWhatCameAfterTheLastFinal() async throws {
        try await RunningServer.use { port, _ in
            var client = try await WireClient.live(port: port)
            try await client.send(text: Speech.configure)
            let bytes = try Speech.bytes("11_")
            for start in stride(from: 0, to: bytes.count, by: 3_200) {
                try await client.send(binary: Array(bytes[start..<min(start + 3_200, bytes.count)]))
            }
            try await client.send(text: Speech.stop)
            var (decided, partialCount, finalCount) = (-1.0, 0, 0)
            while let message = try? await client.message() {
                let words = message["words"] as? [[String: Any]] ?? []
                let starts = words.compactMap { $0["start"] as? Double }
                #expect(starts.allSatisfy { $0 > decided } && starts == starts.sorted())
                if message["type"] as? String == "partial" { partialCount += 1 }
                guard message["type"] as? String == "final" else { continue }
                finalCount += 1
                decided = starts.last ?? decided
            }
            #expect(partialCount > 0 && finalCount > 1)
        }
    }

    @Test(arguments: [3_202, 3_203]) func aMarkerMaySplitASample(_ count: Int) async throws {
        let expected = try await RunningServer.expected("08_").text
        try await RunningServer.use { port, _ in
            var client = try await WireClient.live(port: port)
            try await client.send(text: Speech.configure)
            let recording = try Speech.bytes("08_")
            try await client.send(binary: Array(recording[..<count]))
            try await client.send(text: #"{"type":"marker","id":"a"}"#)
            try await client.send(binary: Array(recording[count...]))
            try await client.send(text: Speech.stop)
            let finals = try await client.rest().filter { $0.hasPrefix("final: ") }.map { $0.dropFirst(7) }
            #expect(finals.filter { !$0.isEmpty }.joined(separator: " ") == expected)
        }
    }
}
