/// Numbers with exactly three decimals, correctly rounded.
enum ThreeDecimals {
    /// `value` as in `0.440`: the nearest thousandth, and the even one of two that are equally near.
    ///
    /// Values below 0, and those that are no number, count as 0; more than 10¹² count as 10¹².
    static func text(of value: Double) -> String {
        let (whole, fraction) = thousandths(min(value, 1e12)).quotientAndRemainder(dividingBy: 1000)
        return "\(whole).\(fraction.zeroPadded(to: 3))"
    }

    /// Integer arithmetic, because a product of two floats may be rounded to a tie that is none.
    private static func thousandths(_ value: Double) -> Int {
        // Less than 2⁻¹¹ is nearest to 0. From there up to 10¹² the shift is 13…63 and nothing below overflows.
        guard value >= 0x1p-11 else { return 0 }
        let scaled = (value.significandBitPattern | 1 << 52) * 1000
        let shift = UInt64(52 - value.exponent)
        let quotient = scaled >> shift
        let remainder = scaled - quotient << shift
        let half = UInt64(1) << (shift - 1)
        let roundsUp = remainder > half || (remainder == half && quotient % 2 == 1)
        return Int(quotient) + (roundsUp ? 1 : 0)
    }
}
