extension Collection<Double> {
    /// The middle value; of an even number, the upper of the two. 0 when empty.
    package var median: Double { percentile(0.5) }

    /// The value below which `part` (0…1) of the values lie; 0 when empty.
    package func percentile(_ part: Double) -> Double {
        let sorted = sorted()
        return sorted.isEmpty ? 0 : sorted[Swift.min(sorted.count - 1, Int(part * Double(sorted.count)))]
    }
}
