import GigaSTT
import HTTPTypes
import STTValues

/// Who said what in the shape of OpenAI's API: the segments of `diarized_json` and the events of its stream.
enum OpenAISpeakers {
    /// The label of words whose speaker is not known: the field is not optional in OpenAI's API.
    static let unknown = "unknown"

    /// The label of a speaker: `A` to `Z`, then `AA`, `AB`, …
    static func label(_ speaker: Int?) -> String {
        guard var rest = speaker, rest >= 0 else { return unknown }
        var letters = ""
        repeat {
            letters = String(UnicodeScalar(UInt8(ascii: "A") + UInt8(rest % 26))) + letters
            rest = rest / 26 - 1
        } while rest >= 0
        return letters
    }

    /// The label of each speaker: the name where it is known, else letters in order of those without one.
    static func labels(_ transcript: Transcript) -> (Int?) -> String {
        let names = Dictionary(
            (transcript.speakerNames ?? []).map { ($0.speaker, $0.name) }, uniquingKeysWith: { first, _ in first })
        guard !names.isEmpty else { return label }
        let unnamed = Set(transcript.words.compactMap(\.speaker)).subtracting(names.keys).sorted()
        return { speaker in
            guard let speaker else { return unknown }
            return names[speaker] ?? label(unnamed.firstIndex(of: speaker))
        }
    }

    /// The stretches of a transcript, each said by one speaker, as events.
    static func segments(_ transcript: Transcript) -> [JSONValue] {
        let label = labels(transcript)
        return SegmentGrouping.groups(of: transcript).enumerated().map { index, written in
            let words = written.flatMap(\.words)
            return [
                "type": "transcript.text.segment", "id": .string("seg_\(index)"),
                "start": .number(words.first?.start ?? 0), "end": .number(words.last?.end ?? 0),
                "speaker": .string(label(written.first?.speaker)),
                "text": .string(written.map(\.text).joined(separator: " ")),
            ]
        }
    }
}

extension OpenAIFields {
    /// Compares the fields with what is loaded. Throws `HTTPFailure` with OpenAI's code `unsupported_value`.
    func check(_ capabilities: Capabilities) throws(HTTPFailure) {
        guard format == .diarized, !capabilities.speakers else { return }
        throw HTTPFailure(
            .badRequest, code: "unsupported_value",
            "response_format 'diarized_json' needs a speaker model, and none is loaded. Use 'json' or 'verbose_json' instead."
        )
    }
}
