import GigaSTT
import HTTPTypes
import STTValues

/// The query of `POST /v1/transcribe` (gigastt contract): how to recognise and how to write the answer.
struct TranscribeQuery: Sendable, Hashable {
    var recognition = RecognitionRequest()
    /// The format of the answer, once the query has been checked.
    private(set) var format = TranscriptFormat.json
    private var formatName: String?
    /// Whether speakers are asked for that this server cannot tell apart: no error, but the answer says so.
    private(set) var lacksSpeakers = false
    var rendering = RenderingOptions()
    var showsSegments = false
    /// The name under which a browser is to save the answer.
    var download: String?

    /// Reads the fields. Throws `HTTPFailure` with code `invalid_query`.
    init(_ query: String?) throws(HTTPFailure) {
        let fields = QueryFields(query)
        rendering.maxCharactersPerLine = try fields.number("max_chars_per_line") ?? rendering.maxCharactersPerLine
        rendering.maxWordsPerLine = try fields.number("max_words_per_line") ?? rendering.maxWordsPerLine
        rendering.wordTimestamps = try fields.boolean("word_timestamps") ?? false
        rendering.cues = try fields.cues() ?? rendering.cues
        rendering.captions = try fields.captions() ?? rendering.captions
        showsSegments = try fields.boolean("segments") ?? false
        rendering.segments = showsSegments
        download = try fields["download"]
        if let name = download, !name.isEmpty {
            rendering.recordingName = name.hasSuffix(".rttm") ? String(name.dropLast(5)) : name
        }
        formatName = try fields["format"]
        recognition = try RecognitionRequest(fields)
        try recognition.readSpeakers(fields)
    }

    /// Compares the fields with what is loaded. Throws as `RecognitionRequest.check` does, and `invalid_format`.
    mutating func check(_ capabilities: Capabilities) throws(HTTPFailure) {
        try recognition.check(capabilities)
        try prepareAnswer(capabilities)
    }

    /// Finds how the answer is written. Throws `invalid_format`.
    mutating func prepareAnswer(_ capabilities: Capabilities) throws(HTTPFailure) {
        lacksSpeakers = recognition.speakers == true && !capabilities.speakers
        guard let formatName else { return }
        guard let known = TranscriptFormat(named: formatName) else {
            throw HTTPFailure(
                .badRequest, code: "invalid_format", "invalid input: unsupported export format: \(formatName)")
        }
        format = known
    }
}
