/// How numbers are written.
package struct NumberPolicy: Sendable, Hashable {
    package enum SmallNumbers: String, Sendable, CaseIterable {
        /// Cardinals in digits, but "один" and the ordinals below ten only where they clearly number something.
        case auto
        /// Everything in digits.
        case digits
        /// Numbers below ten in words, as prose is printed, but with units, money, times, dates and labels.
        case words
    }

    package var smallNumbers = SmallNumbers.auto
    /// Whether thousands are set apart by a no-break space, in numbers of five digits and more and in money.
    package var groupsThousands = false

    package init() {}
}
