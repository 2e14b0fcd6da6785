import Foundation
import GigaSTT
import STTValues

/// How sure each part of a text is, in the shape of OpenAI's interfaces: `{"token", "logprob", "bytes"}`.
///
/// A token is a written word with the space before it, so that the tokens together are the text. Its logarithm is that of
/// the product of the confidences of the words it was made of; marks and digits of a text pass have none of their own.
enum TokenLogProbabilities {
    /// The tokens of one more segment of a text.
    static func json(_ segment: Segment, isFirst: Bool) -> [JSONValue] {
        segment.writtenWords.enumerated().map { index, written in
            let token = isFirst && index == 0 ? written.text : " " + written.text
            let logarithm = written.words.reduce(0) { $0 + logf(max($1.confidence, .leastNormalMagnitude)) }
            return [
                "token": .string(token), "logprob": .number(min(logarithm, 0)),
                "bytes": .array(token.utf8.map { .integer($0) }),
            ]
        }
    }

    /// The tokens of a whole text.
    static func json(_ segments: [Segment]) -> JSONValue {
        let spoken = segments.filter { !$0.text.isEmpty }
        return .array(spoken.enumerated().flatMap { json($1, isFirst: $0 == 0) })
    }
}
