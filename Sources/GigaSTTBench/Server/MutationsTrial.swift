import Foundation
import LiveBenchmark
import NIOCore

/// Damaged recordings: each must be understood or refused, and the server must not remember any of them.
struct MutationsTrial: Sendable {
    /// Headers are where the damage is; more of a recording only costs time.
    private static let byteLimit = 40_000

    let server: ServedProgram
    let load: ServerLoad

    func run() async throws -> [Measure] {
        var generator = SeededNumbers(2_026)
        let files = try recordings()
        var connection = try await WireConnection.open(server)
        var counts: [Int: Int] = [:]
        var memory: Double?
        for index in 0..<load.mutations {
            let damaged = Self.damage(files[index % files.count], using: &generator)
            do {
                counts[try await connection.transcribe(damaged).status, default: 0] += 1
            } catch {
                counts[0, default: 0] += 1
                connection = try await WireConnection.open(server)
            }
            // The first tenth fills what is kept for reuse.
            if index == load.mutations / 10 { memory = server.residentMegabytes }
        }
        let (understood, refused) = (counts[200] ?? 0, counts[422] ?? 0)
        var measures = [
            Measure(.mutations, "understood", Double(understood)),
            Measure(.mutations, "refused with 422", Double(refused)),
            Measure(.mutations, "anything else", Double(load.mutations - understood - refused), .exactly(0)),
        ]
        if let memory, let now = server.residentMegabytes {
            measures.append(Measure(.mutations, "growth of memory, MB", now - memory))
        }
        return measures
    }

    /// The files as they are, so that other formats than WAV can be given.
    private func recordings() throws -> [ByteBuffer] {
        if load.recording.isEmpty { return try load.voices().map(\.file) }
        return try load.recording.map { path in
            ByteBuffer(bytes: try Data(contentsOf: URL(fileURLWithPath: path)).prefix(Self.byteLimit))
        }
    }

    private static func damage(_ file: ByteBuffer, using generator: inout SeededNumbers) -> ByteBuffer {
        var bytes = Array(file.readableBytesView)
        for _ in 0..<Int.random(in: 1...8, using: &generator) {
            guard !bytes.isEmpty else { break }
            // Every second time in the header.
            let end = Bool.random(using: &generator) ? min(bytes.count, 64) : bytes.count
            let place = Int.random(in: 0..<end, using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 2: bytes.removeSubrange(place..<min(bytes.count, place + 64))
            case 3: bytes.insert(contentsOf: [0xFF, 0xFF, 0xFF, 0x7F], at: place)
            default: bytes.removeSubrange(max(1, place)...)
            }
        }
        return ByteBuffer(bytes: bytes.isEmpty ? [0] : bytes)
    }
}
