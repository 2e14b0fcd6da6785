import GigaSTT
import HTTPTypes
import Testing

@testable import GigaSTTServer

@Suite struct OpenAIValueTests {
    private func answer(_ pairs: [(String, String)]) -> String {
        var fields = OpenAIFields()
        do throws(HTTPFailure) {
            for (name, value) in pairs { try fields.set(name, to: value) }
            try fields.check()
        } catch {
            return "\(error.status.code) \(error.code): \(error.message)"
        }
        let granularities = OpenAIFields.Granularity.allCases.filter(fields.granularities.contains)
        return
            ([fields.format.rawValue, fields.language] + granularities.map(\.rawValue)
            + (fields.isStream ? ["stream"] : [])).joined(separator: " ")
    }

    @Test(
        arguments: [
            ([], "json ru"), ([("response_format", "")], "json ru"),
            ([("response_format", " Verbose_JSON\n")], "verbose_json ru"),
            ([("response_format", "srt"), ("response_format", "vtt")], "vtt ru"),
            ([("response_format", "text")], "text ru"),
            ([("model", "whisper-1"), ("prompt", "x"), ("temperature", "hot"), ("nobody", "knows")], "json ru"),
            ([("language", "Russian")], "json ru"), ([("language", "EN-US")], "json en"),
            ([("language", "kir")], "json ky"),
            ([("language", "kazakh")], "json kk"), ([("language", "uzb")], "json uz"),
            ([("language", " DE ")], "json de"),
            ([("language", "")], "json ru"), ([("language", "eng")], "json en"), ([("language", "RU-ru")], "json ru"),
            (
                [
                    ("timestamp_granularities[]", "word"), ("timestamp_granularities", "Segment"),
                    ("timestamp_granularities", ""),
                ],
                "json ru word segment"
            ),
            ([("stream", "yes")], "json ru stream"),
            ([("stream", "ON"), ("response_format", "text")], "text ru stream"),
            ([("stream", "1"), ("stream", "0")], "json ru"), ([("stream", "")], "json ru"),
            ([("stream", "off")], "json ru"),
            (
                [("response_format", "docx")],
                "400 invalid_response_format: Unsupported response_format 'docx'. "
                    + "Supported: json, text, srt, vtt, verbose_json, diarized_json"
            ),
            ([("response_format", "diarized_json"), ("stream", "true")], "diarized_json ru stream"),
            (
                [("timestamp_granularities[]", "letter")],
                "400 invalid_timestamp_granularity: Unsupported timestamp_granularity 'letter'. Supported: word, segment"
            ),
            (
                [("captions", "wide")],
                "400 invalid_captions: Unsupported captions 'wide'. Supported: lines, broadcast"
            ),
            ([("captions", "Broadcast")], "json ru"),
            ([("languages[]", "eng"), ("languages[]", "ru")], "json en"),
            ([("languages[]", "eng"), ("language", "ru")], "json ru"), ([("languages[]", "")], "json ru"),
            ([("chunking_strategy", "auto")], "json ru"), ([("chunking_strategy", "")], "json ru"),
            (
                [("chunking_strategy", "whole")],
                "400 invalid_chunking_strategy: Unsupported chunking_strategy. Use auto, or server_vad with a "
                    + "silence_duration_ms of 80 to 60000"
            ),
            ([("include[]", "usage")], "400 invalid_include: Unsupported include 'usage'. Supported: logprobs"),
            (
                [("include[]", "logprobs"), ("response_format", "vtt")],
                "400 invalid_include: include[]=logprobs is supported with response_format='json' only"
            ),
            ([("stream", "maybe")], "400 invalid_stream: Invalid stream value 'maybe'. Use true or false"),
            ([("itn", "maybe")], "400 invalid_field: Invalid itn value 'maybe'. Use true or false"),
            (
                [("mask", "names")],
                "400 invalid_field: Invalid mask value 'names'. Use profanity, personal, or both with a comma"
            ),
            ([("itn_policy", "old")], "400 invalid_field: Invalid itn_policy value 'old'. Use full or compat"),
            (
                [("stream", "true"), ("response_format", "srt")],
                "400 invalid_stream_options: stream=true is not supported with response_format='srt'. "
                    + "Use json, text or diarized_json (or omit response_format)"
            ),
        ] as [([(String, String)], String)])
    func fieldsAreChecked(pairs: [(String, String)], expected: String) {
        #expect(answer(pairs) == expected)
    }

    @Test func refusalsQuoteOnlyTheStartOfAValue() {
        let long = String(repeating: "x", count: 60_000)
        #expect(answer([("response_format", long)]).utf8.count < 200)
    }

    private static func word(_ text: String, _ start: Double, _ end: Double, _ confidence: Float) -> Word {
        Word(text: text, start: start, end: end, confidence: confidence)
    }

    private static let transcript = Transcript(
        segments: [
            Segment(
                words: [word("привет", 0.12, 0.44, 1), word("как", 0.52, 0.68, 0.5)], start: 0, end: 2,
                endpoint: .silence),
            Segment(words: [word("дела", 2.005, 2.4, 1)], start: 2, end: 3.2, endpoint: .endOfInput),
        ], duration: 3.2)

    /// Mean confidences 0.75 and 1; 2.005 s are 200.5 hundredths, rounded away from zero.
    private static let segments =
        #""segments":[{"id":0,"seek":12,"start":0.12,"end":0.68,"text":" привет как","tokens":[],"temperature":0.0,"#
        + #""avg_logprob":-0.25,"compression_ratio":1.0,"no_speech_prob":0.0},"#
        + #"{"id":1,"seek":201,"start":2.005,"end":2.4,"text":" дела","tokens":[],"temperature":0.0,"#
        + #""avg_logprob":0.0,"compression_ratio":1.0,"no_speech_prob":0.0}]"#
    private static let words =
        #""words":[{"word":"привет","start":0.12,"end":0.44},{"word":"как","start":0.52,"end":0.68},"#
        + #"{"word":"дела","start":2.005,"end":2.4}]"#

    @Test(arguments: [
        ([], ",\(segments)"), (["segment"], ",\(segments)"), (["word"], ",\(words)"),
        (["word", "segment"], ",\(segments),\(words)"),
    ])
    func verboseAnswersHaveWhatWasAskedFor(granularities: [String], rest: String) throws {
        let usage = #""usage":{"type":"duration","seconds":3.2}"#
        var fields = OpenAIFields()
        for item in granularities { try fields.set("timestamp_granularities[]", to: item) }
        #expect(
            OpenAITranscript.verbose(Self.transcript, fields: fields).description
                == #"{"task":"transcribe","language":"ru","duration":3.2,"text":"привет как дела"\#(rest),\#(usage)}"#)
        #expect(
            OpenAITranscript.json(Self.transcript, fields: fields).description
                == #"{"text":"привет как дела",\#(usage)}"#)
    }

    /// As OpenAI's Python library sends an object, and as a JSON text.
    @Test(
        arguments: [
            ([("", "auto")], nil, true), ([("", #"{"type":"server_vad"}"#)], nil, true),
            ([("", #"{"type":"server_vad","silence_duration_ms":200,"threshold":0.5}"#)], 200, true),
            ([("[type]", "server_vad"), ("[silence_duration_ms]", "700"), ("[threshold]", "0.5")], 700, true),
            ([("[prefix_padding_ms]", "300")], nil, true), ([("[silence_duration_ms]", "79")], 79, false),
            ([("", #"{"type":"semantic"}"#)], nil, false), ([("[type]", "auto")], nil, false),
            ([("", "{")], nil, false),
            ([("[silence_duration_ms]", "long")], nil, false), ([("[color]", "red")], nil, false),
        ] as [([(String, String)], Int?, Bool)])
    func chunkingIsRead(members: [(String, String)], silence: Int?, isValid: Bool) {
        var strategy = ChunkingStrategy()
        #expect(members.allSatisfy { strategy.set("chunking_strategy" + $0, to: $1) } == isValid)
        #expect(strategy.silence == silence.map { .milliseconds($0) })
    }

    @Test func keywordsAndHotwordsAddUp() throws {
        var fields = OpenAIFields()
        for (name, value) in [
            ("keywords[]", "Алиса"), ("hotwords", "да нет"), ("keywords[]", " Сбер "),
            ("chunking_strategy[type]", "server_vad"),
            ("chunking_strategy[silence_duration_ms]", "900"),
        ] {
            try fields.set(name, to: value)
        }
        try fields.check()
        #expect(fields.recognition.hotwords == ["да нет", "Алиса", "Сбер"])
        #expect(fields.recognition.silence == .milliseconds(900))
    }

    /// The logarithms are those of the confidences 1, 0.5 and 1.
    @Test func logProbabilitiesAreThoseOfTheWords() throws {
        let tokens = [("привет", 0), (" как", -0.6931472), (" дела", 0)] as [(String, Float)]
        let json = tokens.map { token, value in
            let bytes = token.utf8.map { "\($0)" }.joined(separator: ",")
            return #"{"token":"\#(token)","logprob":\#(value),"bytes":[\#(bytes)]}"#
        }
        var fields = OpenAIFields()
        try fields.set("include[]", to: "logprobs")
        try fields.check()
        #expect(
            OpenAITranscript.json(Self.transcript, fields: fields).description
                == #"{"text":"привет как дела","logprobs":[\#(json.joined(separator: ","))],"#
                + #""usage":{"type":"duration","seconds":3.2}}"#)
        var events = OpenAIEventFormat(showsLogProbabilities: true)
        #expect(
            Self.transcript.segments.flatMap { events.texts(for: $0) } == [
                #"{"type":"transcript.text.delta","delta":"привет как","logprobs":[\#(json[0]),\#(json[1])]}"#,
                #"{"type":"transcript.text.delta","delta":" дела","logprobs":[\#(json[2])]}"#,
            ])
        #expect(events.closingTexts([]).first?.hasSuffix(#","logprobs":[\#(json.joined(separator: ","))]}"#) == true)
    }

    @Test(arguments: [
        (0, "A"), (1, "B"), (25, "Z"), (26, "AA"), (27, "AB"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA"),
        (nil, "unknown"), (-1, "unknown"),
    ])
    func speakersAreLetters(speaker: Int?, label: String) {
        #expect(OpenAISpeakers.label(speaker) == label)
    }

    /// The members and their order are those of OpenAI's API reference.
    @Test func segmentsSayWhoSpoke() throws {
        var transcript = Self.transcript
        transcript.segments[0].words[0].speaker = 0
        transcript.segments[0].words[1].speaker = 0
        transcript.segments[1].words[0].speaker = 1
        let segments = [
            #"{"type":"transcript.text.segment","id":"seg_0","start":0.12,"end":0.68,"speaker":"A","text":"привет как"}"#,
            #"{"type":"transcript.text.segment","id":"seg_1","start":2.005,"end":2.4,"speaker":"B","text":"дела"}"#,
        ]
        let (head, usage) = (
            #"{"task":"transcribe","duration":3.2,"text":"привет как дела","segments":["#,
            #","usage":{"type":"duration","seconds":3.2}"#
        )
        #expect(
            OpenAITranscript.diarized(transcript).description == head + segments.joined(separator: ",") + "]" + usage
                + "}")
        #expect(OpenAIEventFormat().texts(forSpeakersOf: transcript) == segments)
        // The model failed: the text is whole, and the answer says so.
        let bare = OpenAITranscript.diarized(Self.transcript).description
        #expect(bare.contains(#""speaker":"unknown""#) && bare.contains(#""reason":"pipeline_error""#))
        var fields = OpenAIFields()
        try fields.set("response_format", to: "diarized_json")
        try fields.check()
        #expect(fields.recognition.speakers == true)
        var capabilities = Capabilities(head: .rnnt)
        let refusal = #expect(throws: HTTPFailure.self) { try fields.check(capabilities) }
        #expect(refusal?.status == .badRequest && refusal?.code == "unsupported_value")
        #expect(
            refusal.map { OpenAIFailure(failure: $0).error.description }?.contains(#""param":"response_format""#)
                == true)
        capabilities.speakers = true
        try fields.check(capabilities)
        try OpenAIFields().check(Capabilities(head: .rnnt))
    }

    @Test func deltasTogetherAreTheText() {
        var events = OpenAIEventFormat()
        #expect(
            Self.transcript.segments.flatMap { events.texts(for: $0) } == [
                #"{"type":"transcript.text.delta","delta":"привет как"}"#,
                #"{"type":"transcript.text.delta","delta":" дела"}"#,
            ])
        #expect(events.texts(for: Segment(words: [], start: 3, end: 4, endpoint: .endOfInput)).isEmpty)
        #expect(
            events.closingTexts([]) == [#"{"type":"transcript.text.done","text":"привет как дела"}"#, "[DONE]"])
        #expect(OpenAIEventFormat().closingTexts([]) == [#"{"type":"transcript.text.done","text":""}"#, "[DONE]"])
    }

    @Test func brokenStreamEndsWithAnError() {
        func failure(_ code: GigaSTTError.Code) -> HTTPFailure {
            HTTPFailure(WireFailure(GigaSTTError(code, "secret", retryAfter: .seconds(3)), on: .events))
        }
        // The text of the contract.
        let failed = "Transcription failed. Please check audio format."
        #expect(
            OpenAIEventFormat().texts(for: failure(.inferenceFailed)) == [
                #"{"type":"error","error":{"message":"\#(failed)","type":"invalid_request_error","#
                    + #""param":null,"code":"inference_error"}}"#
            ])
        #expect(
            OpenAIEventFormat().texts(for: .cancelled) == [
                #"{"type":"error","error":{"message":"Server is shutting down","type":"server_error","param":null,"#
                    + #""code":"cancelled"}}"#
            ])
        let format = GigaSTTEventFormat()
        #expect(
            format.texts(for: failure(.inferenceFailed)) == [
                #"{"code":"inference_error","message":"\#(failed)","type":"error"}"#
            ])
        #expect(
            format.texts(for: failure(.overloaded)) == [
                #"{"code":"timeout","message":"Server busy, try again later","retry_after_ms":3000,"type":"error"}"#
            ])
        // The contract of this stream: it ends without an event when the server stops.
        #expect(format.texts(for: failure(.shuttingDown)).isEmpty && format.texts(for: .cancelled).isEmpty)
    }

    @Test(arguments: [
        (400, "missing_file", "invalid_request_error", #""file""#),
        (400, "invalid_stream", "invalid_request_error", #""stream""#),
        (400, "invalid_multipart", "invalid_request_error", "null"), (401, "x", "authentication_error", "null"),
        (403, "x", "permission_error", "null"), (404, "model_not_found", "invalid_request_error", #""model""#),
        (413, "payload_too_large", "invalid_request_error", #""file""#), (429, "x", "rate_limit_error", "null"),
        (500, "internal", "server_error", "null"), (503, "timeout", "server_error", "null"),
    ])
    func failuresHaveTheirClass(status: Int, code: String, type: String, parameter: String) {
        let failure = HTTPFailure(HTTPResponse.Status(code: status), code: code, "Say \"why\"")
        #expect(
            OpenAIFailure(failure: failure).json.description
                == #"{"error":{"message":"Say \"why\"","type":"\#(type)","param":\#(parameter),"code":"\#(code)"}}"#)
    }
}
