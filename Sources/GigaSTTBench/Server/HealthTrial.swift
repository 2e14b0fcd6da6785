import LiveBenchmark
import NIOCore

/// Probes on connections that stay open, while the same server decodes a long recording again and again.
struct HealthTrial: Sendable {
    /// Half of what the server takes by default in one body.
    private static let recordingByteLimit = 25_000_000

    let server: ServedProgram
    let load: ServerLoad

    func run() async throws -> [Measure] {
        let recording = try longRecording()
        let end = ContinuousClock.now + .seconds(load.seconds)
        let start = ContinuousClock.now
        async let decoded = decode(recording, until: end)
        let latencies = try await withThrowingTaskGroup(of: [Double].self) { group in
            for _ in 0..<load.connections { group.addTask { try await ask(until: end) } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        return [
            Measure(.health, "requests per second", Double(latencies.count) / seconds, .atLeast(2_000))
        ] + latencies.measures(.health, "latency", high: 99, target: .atMost(20)) + [
            Measure(.health, "recordings decoded meanwhile", Double(try await decoded), .atLeast(1))
        ]
    }

    private func longRecording() throws -> ByteBuffer {
        let voices = try load.voices().map(\.samples)
        var samples = ByteBuffer()
        while samples.readableBytes < Self.recordingByteLimit {
            for voice in voices { samples.writeImmutableBuffer(voice) }
        }
        return WaveFile.whole(samples)
    }

    private func decode(_ recording: ByteBuffer, until end: ContinuousClock.Instant) async throws -> Int {
        let connection = try await WireConnection.open(server)
        var count = 0
        while ContinuousClock.now < end {
            guard try await connection.transcribe(recording, "?format=txt").status == 200 else { break }
            count += 1
        }
        await connection.close()
        return count
    }

    private func ask(until end: ContinuousClock.Instant) async throws -> [Double] {
        let connection = try await WireConnection.open(server)
        var latencies: [Double] = []
        while ContinuousClock.now < end {
            let start = ContinuousClock.now
            connection.send(request: "GET", "/health")
            guard let arrival = await connection.next(), case .answer(status: 200, _) = arrival.content else {
                throw WireConnection.Ended()
            }
            latencies.append((arrival.time - start) / .seconds(1))
        }
        await connection.close()
        return latencies
    }
}
