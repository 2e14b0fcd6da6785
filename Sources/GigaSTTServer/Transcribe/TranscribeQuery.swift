import GigaSTT
import HTTPTypes
import STTValues

/// What a client asks of a recording (gigastt contract): checked before the body is read.
struct TranscribeQuery: Sendable, Hashable {
    /// Phrases, and letters in one, that a request may prefer.
    static let hotwordLimit = 64

    var format = TranscriptFormat.json
    var rendering = RenderingOptions()
    var showsSegments = false
    var wantsSpeakers = false
    var channels = TranscriptionOptions.Channels.mixed
    /// The name under which a browser is to save the answer.
    var download: String?
    var headerless: HeaderlessEncoding?

    /// Reads and checks the fields against what is loaded.
    init(_ query: String?, head: RecognitionHead, hasVoiceActivityModel: Bool) throws(HTTPFailure) {
        let fields = try QueryFields(query)
        rendering.maxCharactersPerLine = try fields.number("max_chars_per_line") ?? rendering.maxCharactersPerLine
        rendering.maxWordsPerLine = try fields.number("max_words_per_line") ?? rendering.maxWordsPerLine
        rendering.wordTimestamps = try fields.boolean("word_timestamps") ?? false
        showsSegments = try fields.boolean("segments") ?? false
        rendering.segments = showsSegments
        wantsSpeakers = try fields.boolean("diarization") ?? false
        download = fields["download"]
        let wantsPunctuation = try fields.boolean("punctuation") ?? false
        _ = try fields.boolean("itn")
        let wantsVoiceActivity = try fields.boolean("vad") ?? false
        let sampleRate = try fields.number("sample_rate")
        if fields["channels"] == "split" { channels = .apart }
        if channels == .apart, wantsSpeakers {
            throw HTTPFailure(
                .badRequest, code: "conflicting_modes",
                "channels=split and diarization=true are mutually exclusive")
        }
        headerless = try fields["codec"].map { name throws(HTTPFailure) in try Self.encoding(name, sampleRate) }
        if let variant = fields["variant"], RecognitionHead(name: variant) != head {
            throw HTTPFailure(.conflict, code: "variant_not_loaded", "Requested model variant is not loaded")
        }
        if wantsVoiceActivity, !hasVoiceActivityModel {
            throw HTTPFailure(
                .conflict, code: "vad_not_loaded", "VAD requested but not loaded; start the server with --vad")
        }
        if wantsPunctuation {
            throw HTTPFailure(
                .conflict, code: "punctuation_not_available",
                "punctuation requested but no punctuation model is loaded")
        }
        try Self.checkHotwords(fields["hotwords"] ?? "")
        try readFormat(fields["format"] ?? "json")
    }

    private mutating func readFormat(_ name: String) throws(HTTPFailure) {
        do {
            format = try TranscriptFormat(named: name)
        } catch {
            throw HTTPFailure(.badRequest, code: "invalid_format", "invalid input: \(error.reason)")
        }
    }

    private static func encoding(_ name: String, _ sampleRate: Int?) throws(HTTPFailure) -> HeaderlessEncoding {
        guard let codec = HeaderlessEncoding.Codec(name: name) else {
            throw HTTPFailure(
                .badRequest, code: "unsupported_codec",
                "Unsupported codec. Supported: pcmu (ulaw), pcma (alaw), g722")
        }
        guard let sampleRate else { throw invalidRate("sample_rate is required when codec is set") }
        do {
            return try HeaderlessEncoding(codec: codec, sampleRate: sampleRate)
        } catch  where codec == .g722 {
            throw invalidRate(
                "g722 decodes to 16 kHz natively; sample_rate must be 8000 (SDP convention) or 16000, "
                    + "got \(sampleRate)")
        } catch {
            throw invalidRate("sample_rate must be within 8000..=48000 Hz for raw G.711, got \(sampleRate)")
        }
    }

    private static func invalidRate(_ message: String) -> HTTPFailure {
        HTTPFailure(.badRequest, code: "invalid_sample_rate", message)
    }

    private static func checkHotwords(_ list: String) throws(HTTPFailure) {
        let phrases = list.split(separator: ",").map { $0.split(separator: " ").joined(separator: " ") }
        if phrases.filter({ !$0.isEmpty }).count > hotwordLimit {
            throw HTTPFailure(
                .badRequest, code: "too_many_hotwords", "too many hotwords in request (max \(hotwordLimit))")
        }
        if phrases.contains(where: { $0.unicodeScalars.count > hotwordLimit }) {
            throw HTTPFailure(
                .badRequest, code: "hotword_phrase_too_long",
                "hotword phrase exceeds max length (\(hotwordLimit) characters)")
        }
        if phrases.contains(where: { !$0.isEmpty }) {
            throw HTTPFailure(
                .conflict, code: "hotwords_not_available", "this server cannot prefer phrases; leave hotwords out")
        }
    }
}
