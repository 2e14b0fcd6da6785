import Foundation
import TestSupport

@testable import STTRecognition

/// Networks of random scores by frame and by the last two tokens, so small that all alignments can be enumerated. The
/// last token is the blank.
struct TableNetworks: TransducerNetworks {
    private let scores: [[Float]]
    private let tokenCount: Int
    private var contextCount: Int { tokenCount * tokenCount }
    var blank: Int { tokenCount - 1 }

    init(seed: UInt64, frameCount: Int, tokenCount: Int, spread: Float = 2) {
        self.tokenCount = tokenCount
        var random = SeededRandom(seed)
        scores = (0..<frameCount * tokenCount * tokenCount).map { _ in
            (0..<tokenCount).map { random.within(-spread...spread) + ($0 == tokenCount - 1 ? 1.5 : 0) }
        }
    }

    func start() -> [Int] { [] }
    func advance(_ prediction: inout [Int], by token: Int) { prediction.append(token) }
    func withScores<Result>(
        frame: Int, of frames: Void, after prediction: [Int], _ body: (UnsafeBufferPointer<Float>) -> Result
    ) -> Result {
        row(frame, prediction).withUnsafeBufferPointer(body)
    }

    func row(_ frame: Int, _ tokens: [Int]) -> [Float] {
        let context = tokens.suffix(2).reduce(0) { $0 * tokenCount + $1 + 1 } % contextCount
        return scores[frame * contextCount + context]
    }

    /// Logarithms of the probabilities.
    func logarithms(_ frame: Int, _ tokens: [Int]) -> [Double] {
        let row = row(frame, tokens).map(Double.init)
        let total = log(row.reduce(0) { $0 + exp($1) })
        return row.map { $0 - total }
    }

    /// The best alignment of each reading of at most `limit` tokens, in logarithms of probabilities.
    func readings(frameCount: Int, limit: Int) -> [[Int]: Double] {
        var best: [[Int]: Double] = [:]
        func follow(_ frame: Int, _ tokens: [Int], _ score: Double) {
            guard frame < frameCount else {
                best[tokens] = max(best[tokens] ?? -.infinity, score)
                return
            }
            let row = logarithms(frame, tokens)
            follow(frame + 1, tokens, score + row[blank])
            guard tokens.count < limit else { return }
            for token in 0..<blank { follow(frame, tokens + [token], score + row[token]) }
        }
        follow(0, [], 0)
        return best
    }
}
