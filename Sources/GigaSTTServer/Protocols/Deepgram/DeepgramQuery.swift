import GigaSTT
import HTTPTypes

/// The query of `/v1/listen`. What a local model cannot do is passed over; unknown names are, too.
struct DeepgramQuery: Sendable, Hashable {
    /// The shortest silence that ends an utterance: less may end it within a word, where a plosive closes.
    static let shortestSilence = 200

    /// How the client wants the audio recognised; without what depends on the loaded models.
    private(set) var recognition = RecognitionRequest()
    /// Whether previews of the open utterance are sent.
    private(set) var interimResults = false
    /// Whether the beginning of speech is reported.
    private(set) var reportsSpeech = false
    /// Milliseconds of audio without a word after which the end of an utterance is reported.
    private(set) var utteranceEnd: Int?
    /// Whether the text is shown as it is written: with punctuation, capitals and digits.
    private(set) var isFormatted = false
    /// Whether a recording's utterances are listed.
    private(set) var listsUtterances = false
    private(set) var channelCount = 1

    /// Throws `invalid_query` for a value that cannot be read.
    init(_ query: String?) throws(HTTPFailure) {
        let fields = QueryFields(query)
        interimResults = try fields.flag("interim_results")
        reportsSpeech = try fields.flag("vad_events")
        utteranceEnd = try fields.number("utterance_end_ms")
        let isSmart = try fields.flag("smart_format")
        let isNumeral = try fields.flag("numerals")
        let isPunctuated = try fields.flag("punctuate")
        isFormatted = isPunctuated || isSmart || isNumeral
        listsUtterances = try fields.flag("utterances")
        channelCount = try fields.number("channels") ?? 1
        recognition.punctuation = isFormatted ? true : nil
        recognition.numbers = isNumeral || isSmart
        recognition.speakers = try fields.flag("diarize") ? true : nil
        recognition.channels = try fields.flag("multichannel") ? .apart : .mixed
        recognition.codec = try fields["encoding"].flatMap { Self.codecs[$0.lowercased()] }
        recognition.sampleRate = try fields.number("sample_rate")
        recognition.maximumAlternatives = try fields.number("alternatives").map { min(max($0, 1), 10) }
        let weighted = fields.list("keywords").map { String($0.prefix { $0 != ":" }) }
        let phrases = RecognitionRequest.preferable(fields.list("keyterm") + weighted)
        recognition.hotwords = phrases.isEmpty ? nil : phrases
        try setEndpointing(fields["endpointing"])
    }

    private mutating func setEndpointing(_ text: String?) throws(HTTPFailure) {
        switch text?.lowercased() {
        case nil, "true"?: return
        case "false"?: recognition.endpointMode = .manual
        case let digits?:
            guard let milliseconds = UInt32(digits) else {
                throw QueryFields.failure("endpointing: provided string was not `true`, `false` or milliseconds")
            }
            recognition.silence = .milliseconds(min(max(Int(milliseconds), Self.shortestSilence), 60_000))
        }
    }

    /// The format of live audio.
    ///
    /// Throws `unsupported_encoding` and `invalid_sample_rate`.
    func liveFormat() throws(HTTPFailure) -> PCMFormat {
        guard let name = recognition.codec, let codec = HeaderlessEncoding.Codec(name: name) else {
            throw HTTPFailure(
                .badRequest, code: "unsupported_encoding",
                "Live audio needs encoding=linear16 with sample_rate, mulaw or alaw; containers are not supported")
        }
        guard channelCount == 1 || channelCount == LiveChannels.limit && recognition.channels == .apart else {
            throw HTTPFailure(
                .badRequest, code: "unsupported_channels",
                "Live audio has one channel, or two with channels=2 and multichannel=true")
        }
        guard let rate = recognition.sampleRate ?? (codec == .slin ? nil : 8_000),
            let encoding = try? HeaderlessEncoding(codec: codec, sampleRate: rate),
            let format = try? PCMFormat.headerless(encoding)
        else {
            throw HTTPFailure(
                .badRequest, code: "invalid_sample_rate",
                "sample_rate must be 8000 to 192000 for linear16, 8000 to 48000 for mulaw and alaw")
        }
        return format
    }

    /// What to recognise in a recording, without what the loaded models cannot do.
    ///
    /// Throws `invalid_sample_rate` and `unsupported_channels`.
    func recording(_ capabilities: Capabilities) throws(HTTPFailure) -> RecognitionRequest {
        guard channelCount == 1 || recognition.codec == nil else {
            throw HTTPFailure(
                .badRequest, code: "unsupported_channels",
                "A recording without a header has one channel; send several in a WAVE file")
        }
        var request = recognition
        if !capabilities.punctuation { request.punctuation = nil }
        if !capabilities.numbers { request.numbers = nil }
        if !capabilities.alternatives { request.maximumAlternatives = nil }
        if !capabilities.speakers || request.channels == .apart { request.speakers = nil }
        try request.check(capabilities)
        return request
    }

    private static let codecs = ["linear16": "slin", "mulaw": "pcmu", "alaw": "pcma"]
}

extension QueryFields {
    /// `true` or `false` as Python and JavaScript write them; absent is `false`.
    fileprivate func flag(_ name: String) throws(HTTPFailure) -> Bool {
        switch try self[name]?.lowercased() {
        case nil, "false"?, "": false
        case "true"?: true
        default: throw Self.failure("\(name): provided string was not `true` or `false`")
        }
    }
}
