extension Int {
    /// The number in decimal digits, with zeros in front up to `width`; for numbers that are not negative.
    func zeroPadded(to width: Int) -> String {
        let digits = String(self)
        return String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
    }
}
