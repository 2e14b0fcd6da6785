import GigaSTT
import STTValues

/// The text of an utterance as the messages of jambonz name its parts.
struct CallTranscription: Sendable {
    let isFinal: Bool
    let readings: [Alternative]

    init(_ partial: Partial) {
        isFinal = false
        let text = partial.words.map(\.text).joined(separator: " ")
        readings = [Alternative(text: text, words: partial.words, score: 0)]
    }

    init(_ segment: Segment) { (isFinal, readings) = (true, segment.readings) }

    var members: [(String, JSONValue?)] {
        [
            ("is_final", .boolean(isFinal)),
            (
                "alternatives",
                .array(
                    readings.map { reading in
                        [
                            "transcript": .string(reading.text),
                            "confidence": .number(reading.words.meanConfidence ?? 0),
                        ]
                    })
            ),
        ]
    }
}
