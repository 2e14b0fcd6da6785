import GigaSTT

/// Which words of a reference are missing from recognised words, and which of these appear twice.
///
/// Letters are aligned, not words: a model that hears "на кухни" for "на кухне и" has lost nothing.
struct LetterAlignment {
    /// Indices of reference words of which most letters are missing.
    private(set) var lost: [Int] = []
    /// Recognised words that repeat an earlier one, up to `reach` words before: the reference has the letters of one.
    private(set) var doubled: [(first: Int, second: Int)] = []
    private static let reach = 3

    private enum Step: UInt8 { case match, substitution, deletion, insertion }

    init(reference: [String], recognised: [String]) {
        let (expected, heard) = (Self.letters(reference), Self.letters(recognised))
        var found = [Double](repeating: 0, count: reference.count)
        var inserted = [Int](repeating: 0, count: recognised.count)
        var matched = inserted
        var (i, j) = (expected.count, heard.count)
        let steps = Self.steps(expected.map(\.letter), heard.map(\.letter))
        while i > 0 || j > 0 {
            switch steps[i * (heard.count + 1) + j] {
            case .match:
                found[expected[i - 1].word] += 1
                matched[heard[j - 1].word] += 1
                (i, j) = (i - 1, j - 1)
            case .substitution:
                // Enough for a word of one or two letters, too little for a longer one.
                found[expected[i - 1].word] += 0.45
                (i, j) = (i - 1, j - 1)
            case .deletion: i -= 1
            case .insertion:
                inserted[heard[j - 1].word] += 1
                j -= 1
            }
        }
        lost = reference.indices.filter { index in
            found[index] < Double(reference[index].count) * (reference[index].count < 3 ? 0.4 : 0.5)
        }
        // The letters of one reference word may be matched in both: what counts is how many of both are left over. Words
        // that the reference has not even once are no doubles.
        for second in recognised.indices {
            for first in max(0, second - Self.reach)..<second where Self.isAlike(recognised[first], recognised[second])
            {
                let length = max(recognised[first].count, recognised[second].count)
                guard (inserted[first] + inserted[second]) * 3 >= length * 2,
                    (matched[first] + matched[second]) * 2 >= length
                else { continue }
                doubled.append((first, second))
                (inserted[first], inserted[second]) = (0, 0)
            }
        }
    }

    init(reference: [Word], recognised: [Word]) {
        self.init(reference: reference.map(\.text), recognised: recognised.map(\.text))
    }

    private static func letters(_ words: [String]) -> [(letter: Character, word: Int)] {
        words.enumerated().flatMap { index, word in word.map { ($0, index) } }
    }

    /// Two words of which at most a third of the letters differ.
    static func isAlike(_ a: String, _ b: String) -> Bool {
        ErrorCount.distance(Array(a), Array(b)) * 3 <= max(a.count, b.count)
    }

    /// The last step to each pair of positions on the cheapest path; a substitution costs less than both others.
    private static func steps(_ a: [Character], _ b: [Character]) -> [Step] {
        let width = b.count + 1
        var steps = [Step](repeating: .insertion, count: (a.count + 1) * width)
        var row = (0...b.count).map { 2 * $0 }
        for i in a.indices {
            var diagonal = row[0]
            row[0] += 2
            steps[(i + 1) * width] = .deletion
            for j in b.indices {
                let above = row[j + 1] + 2
                let left = row[j] + 2
                let across = diagonal + (a[i] == b[j] ? 0 : 3)
                diagonal = row[j + 1]
                row[j + 1] = min(across, above, left)
                steps[(i + 1) * width + j + 1] =
                    row[j + 1] == across
                    ? (a[i] == b[j] ? .match : .substitution) : row[j + 1] == above ? .deletion : .insertion
            }
        }
        return steps
    }
}
