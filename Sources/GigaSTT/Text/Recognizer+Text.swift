import STTRecognition
import STTText
import STTValues

extension Recognizer {
    /// The passes that write a text as it is asked for.
    func finisher(_ text: TextFormatting) -> SegmentFinisher {
        var passes: [any TextPass] = []
        if text.numbers ?? !head.writesFormattedText { passes.append(NumberPass(rules: NumberRules(text.numberStyle))) }
        if let punctuation, text.punctuation ?? !head.writesFormattedText {
            passes.append(PunctuationPass(punctuation))
        }
        return SegmentFinisher(passes)
    }
}

extension NumberRules {
    /// The rules of a style.
    init(_ style: TextFormatting.NumberStyle) {
        switch style {
        case .full: self = .full(NumberPolicy())
        case .compatible: self = .compatible
        }
    }
}
