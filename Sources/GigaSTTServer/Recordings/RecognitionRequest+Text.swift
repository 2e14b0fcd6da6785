import GigaSTT
import STTValues

extension RecognitionRequest {
    /// How the text is written: as asked for, else as the server is set.
    func text(_ standard: TextFormatting, _ capabilities: Capabilities) -> TextFormatting {
        var text = standard
        text.numbers = numbers ?? text.numbers
        text.numberStyle = numberStyle ?? text.numberStyle
        text.punctuation = punctuation ?? text.punctuation
        text.fusion = capabilities.fusion ? fusion : nil
        text.masks = masks ?? text.masks
        return text
    }
}

extension Recognizer {
    /// Whether numbers come out in digits by a pass over the text, where a client does not say.
    func writesNumbers(_ text: TextFormatting) -> Bool { text.numbers ?? !head.writesFormattedText }
}
