import Foundation
import GigaSTT
import LiveBenchmark
import STTRecognition

/// A recording of some minutes that every encoder recognises, and what is said in it.
struct FidelityRecording {
    let url: URL
    let condition: String
    /// What is said; `nil` for a recording of the user.
    let words: [String]?
    let seconds: Double

    /// Seconds of a made recording: no more of it is in memory at once than the clip that is added.
    static let length = 300.0

    /// Joins clips with pauses, each as recorded in `condition`, and writes them as WAV of 16 bits until `length`.
    static func write(
        _ clips: [FidelityClips.Clip], _ condition: FidelityCondition, name: String, seed: UInt64, length: Double,
        to url: URL
    ) throws -> FidelityRecording {
        var random = SeededNumbers(seed)
        var words: [String] = []
        var byteCount = 0
        try WaveFile.header(byteCount: 0).write(to: url)
        let file = try FileHandle(forUpdating: url)
        defer { try? file.close() }
        try file.seekToEnd()
        while Double(byteCount) < 32_000 * length {
            let clip = random.pick(clips, fallback: clips[0])
            let pause = Int(16_000 * random.real(in: 0.1...(random.chance(0.8) ? 1 : 4)))
            let gain = Float(random.real(in: 0.3...1))
            let other = try Talk.samples(of: random.pick(clips, fallback: clips[0]).recording)
            let samples =
                try Talk.samples(of: clip.recording).map { $0 * gain } + [Float](repeating: 0, count: pause)
            let bytes = try condition.heard(samples, voices: [other], using: &random).flatMap { sample in
                let value = Int16(min(max(sample * 32_768, -32_768), 32_767).rounded())
                return [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
            }
            try file.write(contentsOf: bytes)
            byteCount += bytes.count
            words += clip.words
        }
        try file.seek(toOffset: 0)
        try file.write(contentsOf: WaveFile.header(byteCount: byteCount))
        return FidelityRecording(
            url: url, condition: "\(name), \(condition.rawValue)", words: words, seconds: Double(byteCount) / 32_000)
    }

    /// The whole recording after `delay` zeros.
    func samples(delay: Int) throws -> [Float] {
        let reader = try AudioReader(.file(url))
        var samples = [Float](repeating: 0, count: delay)
        while case let block = try reader.read(upTo: 160_000), !block.isEmpty { samples += block }
        return samples
    }

    /// A window of up to 16 s in the middle, for a comparison of frames; read block by block.
    func window() throws -> FeatureWindow {
        let reader = try AudioReader(.file(url))
        let start = max(0, Int(16_000 * seconds / 2) - 128_000)
        var (position, samples) = (0, [Float]())
        while samples.count < 256_000 {
            let block = try reader.read(upTo: 16_000)
            if block.isEmpty { break }
            if position >= start { samples += block }
            position += block.count
        }
        var frontEnd = LogMel()
        return FeatureWindow(values: frontEnd.append(samples).values)
    }
}
