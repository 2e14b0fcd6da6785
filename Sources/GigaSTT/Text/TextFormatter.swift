package import Foundation
import STTEncoderCache
import STTRecognition
package import STTText
package import STTValues

/// The text passes for text that does not come from speech.
package struct TextFormatter: Sendable {
    private let finisher: SegmentFinisher
    private let runsModel: Bool

    /// - Parameters:
    ///   - numbers: The rules by which numerals become digits; `nil` leaves them.
    ///   - masks: What is masked.
    ///   - punctuationModel: The folder of a punctuation model; `nil` adds no punctuation.
    ///   - onModelFailure: As `RecognizerConfiguration.onModelFailure`.
    ///
    /// Throws `GigaSTTError` when the model cannot be used.
    package init(
        numbers: NumberRules?, masks: Set<TextFormatting.Mask> = [], punctuationModel: URL?,
        onModelFailure: (@Sendable (GigaSTTError) -> Void)? = nil
    ) async throws {
        var passes: [any TextPass] = []
        if let numbers { passes.append(NumberPass(rules: numbers)) }
        if !masks.isEmpty { passes.append(MaskPass(MaskRules(masks))) }
        if let punctuationModel {
            let model = try await DedicatedThread.run(isBackground: false) { _ in
                try PunctuationModel(in: punctuationModel, onFailure: onModelFailure)
            }
            passes.append(PunctuationPass(model))
        }
        finisher = SegmentFinisher(passes)
        runsModel = punctuationModel != nil
    }

    /// The text of words without white space.
    package func format(_ words: [String]) async throws -> Segment {
        let words = words.map { Word(text: $0, start: 0, end: 0, confidence: 1) }
        let segment = Segment(words: words, start: 0, end: 0, endpoint: .endOfInput)
        if finisher.isEmpty { return segment }
        guard runsModel else { return try finisher.finish(segment) }
        return try await DedicatedThread.run(isBackground: false) { _ in try finisher.finish(segment) }
    }
}
