import GigaSTT
import HTTPTypes
import STTValues

/// How a client wants a recording or a live session recognised: the same value whichever interface fills it. A member
/// that is `nil` leaves the choice to the server.
struct RecognitionRequest: Sendable, Hashable {
    /// Phrases of a request.
    static let hotwordLimit = 64

    /// The head that must be loaded.
    var variant: String?
    var punctuation: Bool?
    /// Numbers in digits.
    var numbers: Bool?
    /// The rules by which they are.
    var numberStyle: TextFormatting.NumberStyle?
    /// Whether marks, capitals and digits come from a second head.
    var fusion: Bool?
    /// What the confidence of a word is.
    var confidence = ConfidenceScale.raw
    /// What is masked.
    var masks: Set<TextFormatting.Mask>?
    /// Whether the answer says which words each part of the text was made of.
    var spans: Bool?
    /// Whether a model is to find the speech.
    var voiceActivity: Bool?
    /// Phrases to prefer; an empty list switches the server's own off.
    var hotwords: [String]?
    /// How much the phrases are preferred.
    var hotwordBoost: Double?
    /// Readings of each utterance, 1…10; `nil` for one.
    var maximumAlternatives: Int?
    /// Whether words are labelled with their speakers, and how many speakers there are.
    var speakers: Bool?
    var separation = SpeakerSeparation()
    /// By which voices speakers get names, where the server allows names.
    var names = Names.enrolled
    /// What ends an utterance, and the silence that does.
    var endpointMode: EndpointMode?
    var silence: Duration?
    /// Which text of an open utterance is committed; `nil`: none, and finals owe nothing to their previews.
    var commitPolicy: CommitPolicy?
    /// Whether previews of a recording's open utterance are sent.
    var partials: Bool?
    /// Whether a stream of events that is complete says so.
    var endEvent: Bool?
    var channels = TranscriptionOptions.Channels.mixed
    /// The audio track, from 1; `nil` chooses it by its language.
    var track: Int?
    var wordEnds = WordEnds.spoken
    /// The codec of audio without a header, and its rate in Hz.
    var codec: String?
    var sampleRate: Int?
    /// The encoding of audio without a header, once the request has been checked.
    private(set) var headerless: HeaderlessEncoding?

    /// The voices by which speakers get names.
    enum Names: Sendable, Hashable {
        case none
        /// Those that the server knows.
        case enrolled
        /// Those of the request.
        case given(KnownVoices)
    }

    /// Whether partials commit text.
    var commitsPartials: Bool { commitPolicy == .auto || commitPolicy == .stablePrefix }

    /// Phrases as they are written in one field: separated by commas; blanks around them and empty ones do not count.
    static func phrases(_ list: String) -> [String] {
        list.split(separator: ",").map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
            .filter { !$0.isEmpty }
    }

    /// Those of a foreign client's phrases that fit the limits; `[unk]` stands for everything else in a grammar.
    static func preferable(_ phrases: [String]) -> [String] {
        let fitting = phrases.filter { !$0.isEmpty && $0 != "[unk]" && $0.unicodeScalars.count <= Hotwords.lengthLimit }
        return Array(fitting.prefix(hotwordLimit))
    }

    /// Compares the request with itself and with what is loaded.
    ///
    /// Throws `HTTPFailure` in the order of the gigastt contract: `conflicting_modes`, `unsupported_codec`,
    /// `invalid_sample_rate`, `variant_not_loaded`, `vad_not_loaded`, `punctuation_not_available`,
    /// `fusion_not_available`, `alternatives_not_available`, `too_many_hotwords`, `hotword_phrase_too_long`.
    mutating func check(_ capabilities: Capabilities) throws(HTTPFailure) {
        if channels == .apart, speakers == true {
            throw HTTPFailure(
                .badRequest, code: "conflicting_modes", "channels=split and diarization=true are mutually exclusive")
        }
        headerless = try codec.map { name throws(HTTPFailure) in try Self.encoding(name, sampleRate) }
        if let variant, RecognitionHead(name: variant) != capabilities.head {
            throw HTTPFailure(.conflict, code: "variant_not_loaded", "Requested model variant is not loaded")
        }
        if voiceActivity == true, !capabilities.voiceActivityModel {
            throw HTTPFailure(
                .conflict, code: "vad_not_loaded", "VAD requested but not loaded; start the server with --vad")
        }
        if punctuation == true, !capabilities.punctuation {
            throw HTTPFailure(
                .conflict, code: "punctuation_not_available",
                "punctuation requested but no punctuation model is loaded")
        }
        if fusion == true, !capabilities.fusion {
            throw HTTPFailure(
                .conflict, code: "fusion_not_available",
                "fusion needs the heads rnnt and e2e_rnnt; start the server with --fusion")
        }
        if let maximumAlternatives, maximumAlternatives > 1, !capabilities.alternatives {
            throw HTTPFailure(
                .conflict, code: "alternatives_not_available",
                "max_alternatives needs a transducer model; \(capabilities.head.rawValue) gives one reading")
        }
        try checkHotwords()
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

    /// The limits hold for recordings and live sessions.
    func checkHotwords() throws(HTTPFailure) {
        let phrases = hotwords ?? []
        if phrases.count > Self.hotwordLimit {
            throw HTTPFailure(
                .badRequest, code: "too_many_hotwords", "too many hotwords in request (max \(Self.hotwordLimit))")
        }
        if phrases.contains(where: { $0.unicodeScalars.count > Hotwords.lengthLimit }) {
            throw HTTPFailure(
                .badRequest, code: "hotword_phrase_too_long",
                "hotword phrase exceeds max length (\(Hotwords.lengthLimit) characters)")
        }
    }
}
