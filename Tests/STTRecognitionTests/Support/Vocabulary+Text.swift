import Foundation
import STTRecognition

extension Vocabulary {
    /// The text of a row of tokens, with spaces for `▁`, trimmed.
    func text(_ ids: [Int]) -> String {
        ids.map { text($0) }.joined().replacing(String(Self.wordStart), with: " ").trimmingCharacters(in: .whitespaces)
    }
}
