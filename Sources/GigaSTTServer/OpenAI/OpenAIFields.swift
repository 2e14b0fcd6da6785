import GigaSTT
import HTTPTypes
import STTValues

/// The fields of `POST /v1/audio/transcriptions` beside the file, each checked as it arrives (gigastt 2.14 contract).
///
/// Of a field that comes twice the last one counts, except `timestamp_granularities`, `include` and `keywords`, which add
/// up. `model`, `prompt`, `temperature` and unknown fields are ignored.
struct OpenAIFields: Sendable, Hashable {
    /// Whether a field is read.
    static func reads(_ name: String) -> Bool {
        names.contains(name) || ChunkingStrategy.owns(name) || KnownSpeakers.owns(name)
    }

    private static let names: Set<String> = [
        "response_format", "language", "timestamp_granularities[]", "timestamp_granularities", "stream", "captions",
        "itn", "itn_policy", "punctuation", "fusion", "confidence", "mask", "hotwords", "hotwords_boost", "keywords[]",
        "keywords", "languages[]", "languages", "include[]", "include",
    ]

    /// The shapes of an answer.
    enum Format: String, Sendable, Hashable, CaseIterable {
        case json, text, srt, vtt
        case verbose = "verbose_json"
        case diarized = "diarized_json"
    }

    /// What `verbose_json` may list.
    enum Granularity: String, Sendable, Hashable, CaseIterable { case word, segment }

    private(set) var format = Format.json
    /// The language that the client names; it is repeated in `verbose_json` and changes nothing.
    private(set) var language = "ru"
    private(set) var granularities: Set<Granularity> = []
    private(set) var isStream = false
    /// Whether the answer says how sure each word is (`include[]=logprobs`).
    private(set) var showsLogProbabilities = false
    private var keywords: [String] = []
    private var chunking = ChunkingStrategy()
    /// Whether `language` was named; `languages[]` counts only where it was not.
    private var hasLanguage = false
    /// Names for the speakers, with their voices.
    private(set) var knownSpeakers = KnownSpeakers()
    /// Which rules the subtitles of `srt` and `vtt` obey; not a field of OpenAI's.
    private(set) var captions = CaptionStyle.lines
    /// How to recognise: fields of gigastt, which OpenAI's API does not have.
    private(set) var recognition = RecognitionRequest()

    /// Takes a field. Throws `HTTPFailure`: `invalid_response_format`, `invalid_timestamp_granularity`,
    /// `invalid_stream`, `invalid_captions`, `invalid_field`, `invalid_chunking_strategy`, `invalid_include`.
    mutating func set(_ name: String, to value: String) throws(HTTPFailure) {
        let word = value.split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased()
        switch name {
        case "response_format": format = try Self.format(word, value)
        case "language":
            language = Self.languages[word] ?? (word.isEmpty ? "ru" : word)
            hasLanguage = !word.isEmpty
        case "languages[]", "languages":
            if !hasLanguage, !word.isEmpty {
                language = Self.languages[word] ?? word
                hasLanguage = true
            }
        case "keywords[]", "keywords": keywords += RecognitionRequest.phrases(value)
        case "include[]", "include": try include(word, value)
        case _ where KnownSpeakers.owns(name): try knownSpeakers.set(name, to: value)
        case _ where ChunkingStrategy.owns(name):
            guard chunking.set(name, to: value) else { throw Self.invalidChunking }
        case "timestamp_granularities[]", "timestamp_granularities":
            if !word.isEmpty { granularities.insert(try Self.granularity(word, value)) }
        case "stream": isStream = try Self.boolean(word, value)
        case "captions": captions = try Self.captions(word, value)
        case "itn": recognition.numbers = try Self.boolean(name, word, value)
        case "punctuation": recognition.punctuation = try Self.boolean(name, word, value)
        case "fusion": recognition.fusion = try Self.boolean(name, word, value)
        case "confidence":
            guard let scale = ConfidenceScale(rawValue: word) else {
                throw Self.invalid(name, value, "raw or calibrated")
            }
            recognition.confidence = scale
        case "itn_policy":
            guard let style = TextFormatting.NumberStyle(name: word) else {
                throw Self.invalid(name, value, "full or compat")
            }
            recognition.numberStyle = style
        case "mask":
            guard let masks = TextFormatting.Mask.set(names: word) else {
                throw Self.invalid(name, value, "profanity, personal, or both with a comma")
            }
            recognition.masks = masks
        case "hotwords": recognition.hotwords = RecognitionRequest.phrases(value)
        case "hotwords_boost":
            guard let boost = Double(word), boost.isFinite else {
                throw Self.invalid(name, value, "a number, such as 5.0")
            }
            recognition.hotwordBoost = boost
        default: break
        }
    }

    /// Joins the fields that say the same in different words.
    ///
    /// Throws `HTTPFailure`: `invalid_stream_options` and `invalid_include` where the fields contradict one another,
    /// `too_many_hotwords`, `hotword_phrase_too_long`.
    mutating func check() throws(HTTPFailure) {
        if !keywords.isEmpty { recognition.hotwords = (recognition.hotwords ?? []) + keywords }
        keywords = []
        recognition.silence = chunking.silence
        recognition.names = .none
        if format == .diarized { recognition.speakers = true }
        try recognition.checkHotwords()
        guard !showsLogProbabilities || format == .json else {
            throw HTTPFailure(
                .badRequest, code: "invalid_include", "include[]=logprobs is supported with response_format='json' only"
            )
        }
        guard isStream, ![.json, .text, .diarized].contains(format) else { return }
        throw HTTPFailure(
            .badRequest, code: "invalid_stream_options",
            "stream=true is not supported with response_format='\(format.rawValue)'. "
                + "Use json, text or diarized_json (or omit response_format)")
    }

    private mutating func include(_ word: String, _ value: String) throws(HTTPFailure) {
        switch word {
        case "": break
        case "logprobs": showsLogProbabilities = true
        default:
            throw HTTPFailure(
                .badRequest, code: "invalid_include",
                "Unsupported include '\(Self.quoted(value))'. Supported: logprobs")
        }
    }

    private static let invalidChunking = HTTPFailure(
        .badRequest, code: "invalid_chunking_strategy",
        "Unsupported chunking_strategy. Use auto, or server_vad with a silence_duration_ms of "
            + "\(ChunkingStrategy.silences.lowerBound) to \(ChunkingStrategy.silences.upperBound)")

    private static func format(_ word: String, _ value: String) throws(HTTPFailure) -> Format {
        if word.isEmpty { return .json }
        if let format = Format(rawValue: word) { return format }
        throw HTTPFailure(
            .badRequest, code: "invalid_response_format",
            "Unsupported response_format '\(quoted(value))'. Supported: json, text, srt, vtt, verbose_json, diarized_json"
        )
    }

    private static func granularity(_ word: String, _ value: String) throws(HTTPFailure) -> Granularity {
        if let granularity = Granularity(rawValue: word) { return granularity }
        throw HTTPFailure(
            .badRequest, code: "invalid_timestamp_granularity",
            "Unsupported timestamp_granularity '\(quoted(value))'. Supported: word, segment")
    }

    private static func captions(_ word: String, _ value: String) throws(HTTPFailure) -> CaptionStyle {
        if word.isEmpty { return .lines }
        if let style = CaptionStyle(rawValue: word) { return style }
        throw HTTPFailure(
            .badRequest, code: "invalid_captions",
            "Unsupported captions '\(quoted(value))'. Supported: lines, broadcast")
    }

    private static func boolean(_ word: String, _ value: String) throws(HTTPFailure) -> Bool {
        guard let isTrue = boolean(word) else {
            throw HTTPFailure(
                .badRequest, code: "invalid_stream", "Invalid stream value '\(quoted(value))'. Use true or false")
        }
        return isTrue
    }

    /// A switch of gigastt.
    private static func boolean(_ name: String, _ word: String, _ value: String) throws(HTTPFailure) -> Bool {
        guard let isTrue = boolean(word) else { throw invalid(name, value, "true or false") }
        return isTrue
    }

    private static func boolean(_ word: String) -> Bool? {
        switch word {
        case "true", "1", "yes", "on": true
        case "false", "0", "no", "off", "": false
        default: nil
        }
    }

    private static func invalid(_ name: String, _ value: String, _ known: String) -> HTTPFailure {
        HTTPFailure(.badRequest, code: "invalid_field", "Invalid \(name) value '\(quoted(value))'. Use \(known)")
    }

    /// A client's own words go back to it, but not all 64 KB of them.
    private static func quoted(_ value: String) -> String { String(value.prefix(64)) }

    private static let languages = [
        "rus": "ru", "russian": "ru", "ru-ru": "ru",
        "eng": "en", "english": "en", "en-us": "en", "en-gb": "en",
        "kaz": "kk", "kazakh": "kk", "kir": "ky", "kyrgyz": "ky", "uzb": "uz", "uzbek": "uz",
    ]
}
