/// The JSON of a transcript in one line: no spaces, keys in alphabetical order, no newline at the end.
///
/// The gigastt 2.3 contract fixes every byte: the digits of a 32-bit confidence widened to 64 bits, `.0` on whole numbers,
/// letters beyond ASCII as they are. Alternatives come first, where there are any.
enum TranscriptJSON {
    /// The document.
    static func text(of transcript: Transcript) -> String {
        let value: JSONValue = [
            "alternatives": transcript.alternatives.map { .array($0.map(object)) },
            "duration": .number(transcript.duration), "masked": transcript.masked.map { .array($0.map(object)) },
            "speaker_names": transcript.speakerNames.map { .array($0.map(\.json)) },
            "text": .string(transcript.text), "words": .array(transcript.words.lazy.map(object)),
        ]
        return value.description
    }

    private static func object(_ span: MaskedSpan) -> JSONValue {
        ["end": .integer(span.end), "kind": .string(span.kind), "start": .integer(span.start)]
    }

    private static func object(_ reading: Alternative) -> JSONValue {
        ["confidence": reading.confidence.map { .number($0) }, "text": .string(reading.text)]
    }

    private static func object(_ word: Word) -> JSONValue {
        [
            "confidence": .number(Double(word.confidence)), "end": .number(word.end),
            "speaker": word.speaker.map { .integer($0) }, "start": .number(word.start), "word": .string(word.text),
        ]
    }
}
