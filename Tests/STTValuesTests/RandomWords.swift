import STTValues

/// A SplitMix64 generator (Steele, Lea, Flood 2014): the same seed gives the same words on every machine.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension SplitMix64 {
    /// Up to 60 words in order of time, each different, some longer than any line, from up to three speakers or none.
    mutating func words() -> [Word] {
        var time = 0.0
        return (0..<Int.random(in: 0...60, using: &self)).map { index in
            let letter = ["а", "z", "👨‍👩‍👧", "й"].randomElement(using: &self) ?? "а"
            let length = Int.random(in: 1...(Bool.random(using: &self) ? 8 : 40), using: &self)
            let start = time + Double.random(in: 0...2, using: &self)
            time = start + Double.random(in: 0...1, using: &self)
            let speaker = [nil, 0, 0, 12].randomElement(using: &self) ?? nil
            return Word(String(repeating: letter, count: length) + String(index), start, time, speaker: speaker)
        }
    }

    /// Limits from none to narrower than a label, in either unit.
    mutating func options() -> RenderingOptions {
        RenderingOptions(
            maxCharactersPerLine: [0, 5, 15, 40, 80].randomElement(using: &self) ?? 0,
            maxWordsPerLine: [0, 1, 3, 14].randomElement(using: &self) ?? 0,
            width: Bool.random(using: &self) ? .utf8Bytes : .characters)
    }
}
