import GigaSTT
import STTValues

extension RecognitionRequest {
    /// Reads how texts are written and committed from the query of an event stream, of which everything else is ignored.
    /// Throws `invalid_commit_policy` and `invalid_query`.
    init(writing query: String?) throws(HTTPFailure) {
        self.init()
        guard let fields = try? QueryFields(query) else { return }
        commitPolicy = try fields.commitPolicy()
        partials = try fields.boolean("partials")
        numbers = try fields.boolean("itn")
        numberStyle = try fields.numberStyle()
        punctuation = try fields.boolean("punctuation")
        masks = try fields.masks()
        spans = try fields.boolean("spans")
        maximumAlternatives = try fields.alternatives()
    }

    /// How the text is written: as asked for, else as the server is set.
    func text(_ standard: TextFormatting) -> TextFormatting {
        var text = standard
        text.numbers = numbers ?? text.numbers
        text.numberStyle = numberStyle ?? text.numberStyle
        text.punctuation = punctuation ?? text.punctuation
        text.masks = masks ?? text.masks
        return text
    }
}

extension Recognizer {
    /// Whether numbers come out in digits by a pass over the text, where a client does not say.
    func writesNumbers(_ text: TextFormatting) -> Bool { text.numbers ?? !head.writesFormattedText }
}
