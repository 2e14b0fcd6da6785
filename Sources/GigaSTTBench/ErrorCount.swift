import Foundation

/// Errors of recognised tokens against a reference: insertions, deletions and substitutions of the shortest edit.
struct ErrorCount {
    private(set) var errors = 0
    private(set) var total = 0

    /// Errors per hundred tokens of the reference.
    var percent: String { total == 0 ? "–" : String(format: "%.2f", 100 * Double(errors) / Double(total)) }

    /// Counts one recording and returns its errors.
    @discardableResult
    mutating func add<Token: Equatable>(reference: [Token], hypothesis: [Token]) -> Int {
        let distance = Self.distance(reference, hypothesis)
        errors += distance
        total += reference.count
        return distance
    }

    /// Levenshtein distance.
    static func distance<Token: Equatable>(_ a: [Token], _ b: [Token]) -> Int {
        var row = Array(0...b.count)
        for (i, token) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in b.enumerated() {
                let above = row[j + 1]
                row[j + 1] = min(above + 1, row[j] + 1, diagonal + (token == other ? 0 : 1))
                diagonal = above
            }
        }
        return row[b.count]
    }
}
