package import Foundation
import GigaSTT

/// What one session says: clips in turn with a second of silence between them, in blocks.
package struct Talk: Sendable {
    /// The length of blocks where none is named.
    package static let blockDuration = Duration.milliseconds(100)

    /// The length of a block.
    package let blockDuration: Duration
    /// The audio, 16 kHz.
    package let blocks: [[Float]]
    /// Seconds at which speech begins and ends in each clip, by its level.
    package let spans: [ClosedRange<Double>]

    /// At least `seconds` of speech from `clips`, beginning with the clip number `first`.
    package init(clips: [[Float]], first: Int, seconds: Int, blockDuration: Duration = Self.blockDuration) {
        self.blockDuration = blockDuration
        var samples: [Float] = []
        var spans: [ClosedRange<Double>] = []
        var index = first
        while samples.count < seconds * 16_000 {
            let clip = clips[index % clips.count]
            if let span = Self.speech(in: clip) {
                let offset = Double(samples.count) / 16_000
                spans.append(offset + span.lowerBound...offset + span.upperBound)
            }
            samples += clip + [Float](repeating: 0, count: 16_000)
            index += 1
        }
        let size = max(1, Int(blockDuration / .microseconds(1)) * 16 / 1_000)
        blocks = stride(from: 0, to: samples.count, by: size).map {
            Array(samples[$0..<min($0 + size, samples.count)])
        }
        self.spans = spans
    }

    /// When the talker number `index` begins within `span`: at random, because people do not speak in chorus, and in each run at
    /// the same time.
    package static func start(of index: Int, within span: Duration) -> Duration {
        var numbers = SeededNumbers(UInt64(index))
        return span * numbers.real(in: 0...1)
    }

    /// All samples of a recording.
    package static func samples(of url: URL) throws -> [Float] {
        let reader = try AudioReader(.file(url))
        var samples: [Float] = []
        while true {
            let block = try reader.read(upTo: 16_000)
            if block.isEmpty { return samples }
            samples += block
        }
    }

    /// First and last stretch of 10 ms above −45 dB of the loudest one.
    private static func speech(in clip: [Float]) -> ClosedRange<Double>? {
        let levels = stride(from: 0, to: clip.count - 160, by: 160).map { start in
            clip[start..<start + 160].reduce(Float(0)) { $0 + $1 * $1 }
        }
        guard let loudest = levels.max(), loudest > 0 else { return nil }
        let threshold = loudest * 3e-5
        guard let first = levels.firstIndex(where: { $0 > threshold }),
            let last = levels.lastIndex(where: { $0 > threshold })
        else { return nil }
        return Double(first) / 100...Double(last + 1) / 100
    }
}
