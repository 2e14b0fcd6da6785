/// Where to cut speech that has no pause.
enum QuietPoint {
    /// Frames over which the level is averaged: a single quiet frame is a plosive, not a gap between words.
    private static let width = 8

    /// The frame in `range` around which the mean level of 80 ms is lowest; the later one of equals.
    /// `levels` begin at frame `origin`.
    static func quietest(_ levels: [Float], in range: Range<Int>, from origin: Int) -> Int {
        var best = range.lowerBound
        var lowest = Float.infinity
        for frame in range {
            let first = frame - origin - width / 2
            guard first >= 0, first + width <= levels.count else { continue }
            let mean = levels[first..<first + width].reduce(0, +)
            if mean <= lowest { (best, lowest) = (frame, mean) }
        }
        return best
    }
}
