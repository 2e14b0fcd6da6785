import Foundation

/// Noise with the loudness contour of speech: what it costs to recognise is what speech costs, and it needs no
/// recording.
package enum SyntheticSpeech {
    /// Clips of 3, 4 and 5 seconds: syllables of 200 ms, some 25 dB above the gaps between them.
    package static func clips() -> [[Float]] {
        // The same sound on every run, so that measurements compare.
        var generator = SeededNumbers(1)
        return [3, 4, 5].map { seconds in
            (0..<seconds * 16_000).map { index in
                let syllable = 0.5 - 0.5 * cos(2 * Float.pi * Float(index % 3_200) / 3_200)
                return (0.01 + 0.2 * syllable) * Float.random(in: -1...1, using: &generator)
            }
        }
    }
}
