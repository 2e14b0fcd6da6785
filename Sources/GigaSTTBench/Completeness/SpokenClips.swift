import Foundation
import GigaSTT
import LiveBenchmark

/// Recordings cut at the times of their manifest into clips that hold one sentence each.
enum SpokenClips {
    private struct Manifest: Decodable {
        let items: [Item]
    }

    private struct Item: Decodable {
        let file: String
        let segments: [Sentence]?
    }

    private struct Sentence: Decodable {
        let startS: Double
        let endS: Double
    }

    /// The clips of a manifest, each from its first to its last sound, at 16 kHz.
    static func load(_ manifest: URL) throws -> [[Float]] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let data = try Data(contentsOf: manifest)
        let items =
            try (try? decoder.decode(Manifest.self, from: data).items) ?? decoder.decode([Item].self, from: data)
        return try items.flatMap { item in
            let url = manifest.deletingLastPathComponent().appendingPathComponent(item.file)
            let samples = try Talk.samples(of: url)
            guard let sentences = item.segments, !sentences.isEmpty else { return [trimmed(samples)] }
            return sentences.map { sentence in
                let range = Int(sentence.startS * 16_000)..<Int(sentence.endS * 16_000)
                return trimmed(Array(samples[range.clamped(to: samples.indices)]))
            }
        }
    }

    private static func trimmed(_ samples: [Float]) -> [Float] {
        let threshold = (samples.map(abs).max() ?? 0) / 200
        guard let first = samples.firstIndex(where: { abs($0) > threshold }),
            let last = samples.lastIndex(where: { abs($0) > threshold })
        else { return samples }
        return Array(samples[first...last])
    }
}
