import STTValues
import TestSupport

extension SeededRandom {
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
