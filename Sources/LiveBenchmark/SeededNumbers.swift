/// Random numbers that are the same on every run with the same seed (SplitMix64, Steele et al. 2014).
package struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    package init(_ seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    package mutating func value(in range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
    /// Not called as the one for whole numbers: `0...1` would mean that.
    package mutating func real(in range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &self) }
    package mutating func sample() -> Float { Float.random(in: -1...1, using: &self) }
    package mutating func chance(_ probability: Double) -> Bool { Double.random(in: 0..<1, using: &self) < probability }
    /// One of `choices`; `fallback` when there are none.
    package mutating func pick<Value>(_ choices: [Value], fallback: Value) -> Value {
        choices.randomElement(using: &self) ?? fallback
    }
}
