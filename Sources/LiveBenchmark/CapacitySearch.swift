/// The largest number of talkers at which a condition holds, found by trying.
package struct CapacitySearch: Sendable {
    /// Numbers beyond are not tried.
    package var limit = 512

    package init() {}

    /// Doubles from `first` until `holds` fails, then halves the gap until it is at most a tenth.
    package func largest(from first: Int = 1, holds: (Int) async throws -> Bool) async throws -> Int {
        var good = 0
        var bad = limit + 1
        var next = max(1, first)
        while next < bad {
            if try await holds(next) { good = next } else { bad = next }
            if bad - good <= max(1, good / 10) { break }
            next = bad > limit ? min(next * 2, limit) : (good + bad) / 2
            if next == good { break }
        }
        return good
    }
}
