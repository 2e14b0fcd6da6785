import Foundation

/// A recognised word: how sure the model was of it, and whether it was said.
struct JudgedWord: Sendable, Hashable {
    var confidence: Double
    var isRight: Bool
}

/// How often words of like confidence are right (DeGroot and Fienberg 1983), in ten bins.
struct ReliabilityDiagram {
    struct Bin {
        var count = 0
        var confidence = 0.0
        var right = 0
    }

    private(set) var bins = Array(repeating: Bin(), count: 10)

    init(_ words: [JudgedWord]) {
        for word in words {
            let index = min(bins.count - 1, max(0, Int(word.confidence * Double(bins.count))))
            bins[index].count += 1
            bins[index].confidence += word.confidence
            bins[index].right += word.isRight ? 1 : 0
        }
    }

    /// Expected calibration error (Naeini et al. 2015): the distance of confidence and share of right words, weighted by
    /// the words of the bins.
    var expectedError: Double {
        let total = bins.reduce(0) { $0 + $1.count }
        guard total > 0 else { return 0 }
        return bins.reduce(0) { $0 + abs($1.confidence - Double($1.right)) } / Double(total)
    }
}
