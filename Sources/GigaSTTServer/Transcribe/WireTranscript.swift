import GigaSTT
import STTValues

/// The JSON of a recording: what `/v1/transcribe` answers and what its event stream sends.
enum WireTranscript {
    /// The answer to a request for JSON.
    static func json(
        _ transcript: Transcript, notes: [MediaNote] = [], hotwords: HotwordNote? = nil, query: TranscribeQuery
    ) -> JSONValue {
        [
            "text": .string(transcript.text), "words": .array(transcript.words.map(\.wireJSON)),
            "duration": .number(transcript.duration),
            "confidence": transcript.confidence.map { .number(Float($0)) },
            "alternatives": transcript.alternatives.map(\.wireJSON),
            "segments": query.showsSegments
                ? .array(SegmentGrouping.groups(of: transcript).map(segment)) : nil,
            "spans": query.recognition.spans == true ? transcript.spans.wireJSON : nil,
            "masked": transcript.masked?.wireJSON,
            "speaker_names": transcript.speakerNames.map { .array($0.map(\.json)) },
            "diarization": speakerNotice(transcript, query),
            "notes": Self.notes(notes, hotwords),
        ]
    }

    /// What the client should know about its recording and its phrases; `nil` when there is nothing.
    static func notes(_ notes: [MediaNote], _ hotwords: HotwordNote?) -> JSONValue? {
        let values: [JSONValue] =
            notes.map { ["code": .string($0.wireCode), "message": .string($0.message)] }
            + (hotwords.map { [$0.json] } ?? [])
        return values.isEmpty ? nil : .array(values)
    }

    /// A final in an event stream: keys in alphabetical order, confidences widened to 64 bits (gigastt 2.3 contract).
    static func event(_ segment: Segment, at timestamp: Double, showsSpans: Bool = false) -> JSONValue {
        [
            "alternatives": segment.alternatives.map(\.wireJSON),
            "confidence": segment.confidence.map { .number(Double(Float($0))) },
            "masked": segment.masked?.wireJSON, "spans": showsSpans ? segment.spans.wireJSON : nil,
            "text": .string(segment.text),
            "timestamp": .number(timestamp), "type": "final", "words": .array(segment.words.map(eventWord)),
        ]
    }

    /// A preview in an event stream, of whose text `committed` will not change.
    static func event(_ partial: Partial, committed: String, tentative: String, at timestamp: Double) -> JSONValue {
        [
            "committed": .string(committed),
            "confidence": partial.words.meanConfidence.map { .number(Double(Float($0))) },
            "tentative": .string(tentative), "text": .string(partial.text), "timestamp": .number(timestamp),
            "type": "partial", "words": .array(partial.words.map(eventWord)),
        ]
    }

    /// An error in an event stream.
    static func event(_ failure: HTTPFailure) -> JSONValue {
        [
            "code": .string(failure.code), "message": .string(failure.message),
            "retry_after_ms": failure.retryAfterMilliseconds.map { .integer($0) }, "type": "error",
        ]
    }

    /// A note in an event stream.
    static func event(_ note: MediaNote) -> JSONValue {
        ["code": .string(note.wireCode), "message": .string(note.message), "type": "note"]
    }

    /// The end of an event stream that is complete, with the length of the recording in seconds.
    static func endEvent(_ duration: Double) -> JSONValue {
        ["duration": .number(duration), "type": "end"]
    }

    /// Why there are no speakers although they were asked for; `nil` when there are, or without words.
    private static func speakerNotice(_ transcript: Transcript, _ query: TranscribeQuery) -> JSONValue? {
        guard query.recognition.speakers == true else { return nil }
        if query.lacksSpeakers { return missingSpeakers }
        return speakerFailure(transcript)
    }

    /// Why there are no speakers although there is a model; `nil` when there are, or without words.
    static func speakerFailure(_ transcript: Transcript) -> JSONValue? {
        let words = transcript.words
        guard !words.isEmpty, words.allSatisfy({ $0.speaker == nil }) else { return nil }
        return failedSpeakers
    }

    static let missingSpeakers: JSONValue = [
        "status": "unavailable", "reason": "no_speaker_model",
        "message": "diarization was requested but no speaker model is loaded",
    ]
    static let failedSpeakers: JSONValue = [
        "status": "unavailable", "reason": "pipeline_error",
        "message": "diarization failed; the transcript is complete but has no speaker labels",
    ]

    private static func eventWord(_ word: Word) -> JSONValue {
        [
            "confidence": .number(Double(word.confidence)), "end": .number(word.end),
            "speaker": word.speaker.map { .integer($0) }, "start": .number(word.start), "word": .string(word.text),
        ]
    }

    private static func segment(_ written: ArraySlice<WrittenWord>) -> JSONValue {
        let words = written.flatMap(\.words)
        let speakers = Set(words.map(\.speaker))
        let speaker = speakers.count == 1 ? speakers.first ?? nil : nil
        return [
            "start": .number(words.first?.start ?? 0), "end": .number(words.last?.end ?? 0),
            "text": .string(written.map(\.text).joined(separator: " ")), "words": .array(words.map(\.wireJSON)),
            "speaker": speaker.map { .integer($0) },
        ]
    }
}

extension MediaNote {
    /// The code on the wire.
    fileprivate var wireCode: String { code == .otherTracks ? "other_tracks" : "cancelling_channels" }
}

extension Word {
    /// The word as an object of the live protocol and of `/v1/transcribe`.
    var wireJSON: JSONValue {
        [
            "word": .string(text), "start": .number(start), "end": .number(end), "confidence": .number(confidence),
            "speaker": speaker.map { .integer($0) },
        ]
    }
}

extension [MaskedSpan] {
    /// What is masked and where: `start` and `end` count Unicode scalars.
    var wireJSON: JSONValue {
        .array(map { ["kind": .string($0.kind), "start": .integer($0.start), "end": .integer($0.end)] })
    }
}

extension [TextSpan] {
    /// Which words each part of a text was made of: `start` and `end` count Unicode scalars, words are counted from 0.
    var wireJSON: JSONValue {
        .array(
            map { span in
                [
                    "text": .string(span.text), "start": .integer(span.start), "end": .integer(span.end),
                    "words": .array(span.words.map { .integer($0) }),
                ]
            })
    }
}

extension [Alternative] {
    /// The readings in order, each with its text and the mean confidence of its words.
    var wireJSON: JSONValue {
        .array(
            map { reading in
                ["text": .string(reading.text), "confidence": reading.confidence.map { .number(Float($0)) }]
            })
    }
}
