import TestSupport

/// Speech without a pause for breath.
enum Speech {
    private static let frame = 160
    /// The longest silence that is left: shorter than any pause that ends an utterance.
    private static let longestPause = 6

    /// All recordings one after the other, without their pauses.
    static func withoutPauses() throws -> [Float] {
        var result: [Float] = []
        for item in try Recordings.all() {
            var silent = 0
            let samples = try Recordings.samples(item)
            for start in stride(from: 0, to: samples.count - frame + 1, by: frame) {
                let block = samples[start..<start + frame]
                silent = block.allSatisfy { abs($0) < 0.005 } ? silent + 1 : 0
                if silent <= longestPause { result.append(contentsOf: block) }
            }
        }
        return result
    }
}
