import STTRecognition
package import STTText
package import STTValues

extension Recognizer {
    /// The passes that write a text as it is asked for.
    func finisher(_ text: TextFormatting) -> SegmentFinisher {
        var passes: [any TextPass] = []
        let isFused = fuses(text)
        if isFused { passes.append(FusionPass()) }
        if !isFused, text.numbers ?? !head.writesFormattedText {
            passes.append(NumberPass(rules: NumberRules(text.numberStyle)))
        }
        if !text.masks.isEmpty { passes.append(MaskPass(MaskRules(text.masks))) }
        if !isFused, let punctuation, text.punctuation ?? !head.writesFormattedText {
            passes.append(PunctuationPass(punctuation))
        }
        return SegmentFinisher(passes)
    }
}

extension MaskRules {
    /// The rules for what is to be masked.
    package init(_ masks: Set<TextFormatting.Mask>) {
        self.init(profanity: masks.contains(.profanity), personal: masks.contains(.personal))
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
