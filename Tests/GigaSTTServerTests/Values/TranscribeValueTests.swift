import GigaSTT
import HTTPTypes
import Testing

@testable import GigaSTTServer

@Suite struct TranscribeValueTests {
    @Test(arguments: [
        (TranscriptFormat.json, "application/json; charset=utf-8"), (.plainText, "text/plain; charset=utf-8"),
        (.subRip, "application/x-subrip; charset=utf-8"), (.webVTT, "text/vtt; charset=utf-8"),
        (.markdown, "text/markdown; charset=utf-8"), (.advancedSubStation, "text/x-ssa; charset=utf-8"),
        (.csv, "text/csv; charset=utf-8"), (.rttm, "text/plain; charset=utf-8"),
        (.minutes, "text/markdown; charset=utf-8"),
    ])
    func bodiesAreLabelledAsTheContractSays(format: TranscriptFormat, type: String) {
        #expect(format.contentType == type)
    }

    @Test func cuesAreGroupedAsAskedFor() throws {
        func grouping(_ query: String) throws -> CueGrouping {
            try TranscribeQuery(query).rendering.cues
        }
        #expect(try grouping("") == .natural && grouping("cues=natural") == .natural)
        #expect(try grouping("cues=compat") == .compat)
        #expect(throws: HTTPFailure.self) { try grouping("cues=2.3") }
    }

    @Test func captionsHaveTheRulesAskedFor() throws {
        #expect(try TranscribeQuery("").rendering.captions == .lines)
        #expect(try TranscribeQuery("captions=broadcast").rendering.captions == .broadcast)
        #expect(throws: HTTPFailure.self) { try TranscribeQuery("captions=wide") }
        #expect(try TranscribeQuery("").rendering.recordingName == "recording")
        #expect(try TranscribeQuery("download=call.rttm").rendering.recordingName == "call")
    }

    @Test func trackAndWordTimesReachTheEngine() throws {
        let plain = try TranscribeQuery("").recognition
        #expect(plain.track == nil && plain.wordEnds == .spoken)
        let asked = try TranscribeQuery("track=2&word_times=compat").recognition
        #expect(asked.track == 2 && asked.wordEnds == .lastToken)
        let options = asked.options(ServerSettings(), Capabilities(head: .rnnt))
        #expect(options.wordEnds == .lastToken)
        for query in ["track=0", "track=-1", "track=ru", "word_times=raw"] {
            #expect(throws: HTTPFailure.self) { try TranscribeQuery(query) }
        }
    }

    private func code(_ query: String, hasModel: Bool = false) -> String {
        do throws(HTTPFailure) {
            let query = try Self.query(query, hasModel: hasModel)
            return "\(query.format.fileExtension) \(query.rendering.maxCharactersPerLine) "
                + "\(query.rendering.maxWordsPerLine)"
        } catch {
            return "\(error.status.code) \(error.code)"
        }
    }

    private static func query(_ text: String?, hasModel: Bool = false) throws(HTTPFailure) -> TranscribeQuery {
        var capabilities = Capabilities(head: .rnnt)
        capabilities.voiceActivityModel = hasModel
        var query = try TranscribeQuery(text)
        try query.check(capabilities)
        return query
    }

    private static let manyHotwords = Array(repeating: "a", count: 65).joined(separator: ",")
    private static let longHotword = String(repeating: "я", count: 65)

    @Test(arguments: [
        ("", "json 80 14"), ("unknown=1", "json 80 14"), ("format=SRT", "srt 80 14"), ("format=text", "txt 80 14"),
        ("format=markdown&max_chars_per_line=0&max_words_per_line=3", "md 0 3"), ("format=docx", "400 invalid_format"),
        ("word_timestamps=1", "400 invalid_query"), ("word_timestamps=", "400 invalid_query"),
        ("max_words_per_line=-1", "400 invalid_query"), ("max_words_per_line=%2B1", "400 invalid_query"),
        ("max_words_per_line=4294967296", "400 invalid_query"), ("itn=yes", "400 invalid_query"),
        ("itn_policy=Full", "400 invalid_query"), ("itn_policy=compat", "json 80 14"), ("spans=1", "400 invalid_query"),
        ("itn=true&itn=true", "400 invalid_query"), ("format=%FF", "400 invalid_format"),
        ("tag=1&tag=2&%FF=%ZZ", "json 80 14"), ("hotwords=100%", "json 80 14"), ("itn=false", "json 80 14"),
        ("channels=split&diarization=true", "400 conflicting_modes"), ("channels=split", "json 80 14"),
        ("codec=mp3", "400 unsupported_codec"), ("codec=pcmu", "400 invalid_sample_rate"),
        ("codec=pcma&sample_rate=4000", "400 invalid_sample_rate"),
        ("codec=g722&sample_rate=44100", "400 invalid_sample_rate"), ("codec=PCMU&sample_rate=8000", "json 80 14"),
        ("sample_rate=1", "json 80 14"), ("variant=rnnt", "json 80 14"), ("variant=bogus", "409 variant_not_loaded"),
        ("variant=e2e_rnnt", "409 variant_not_loaded"), ("vad=true", "409 vad_not_loaded"), ("vad=false", "json 80 14"),
        ("punctuation=true", "409 punctuation_not_available"), ("punctuation=false", "json 80 14"),
        ("mask=personal,profanity", "json 80 14"), ("mask=names", "400 invalid_query"),
        ("hotwords=", "json 80 14"), ("hotwords=\(manyHotwords)", "400 too_many_hotwords"),
        ("hotwords=\(longHotword)", "400 hotword_phrase_too_long"), ("hotwords=a", "json 80 14"),
        ("hotwords_boost=a", "400 invalid_query"), ("hotwords_boost=inf", "400 invalid_query"),
        ("hotwords_boost=7.5", "json 80 14"), ("hotwords=,%20,", "json 80 14"),
        ("max_alternatives=0", "400 invalid_query"), ("max_alternatives=11", "400 invalid_query"),
        ("max_alternatives=-1", "400 invalid_query"), ("max_alternatives=1.5", "400 invalid_query"),
        ("max_alternatives=", "400 invalid_query"), ("max_alternatives=10", "json 80 14"),
        ("itn=1&channels=split&diarization=true", "400 invalid_query"),
        ("diarization=true&speakers=3", "json 80 14"), ("min_speakers=2&max_speakers=4", "json 80 14"),
        ("speakers=0", "400 invalid_query"), ("speakers=65", "400 invalid_query"), ("speakers=-1", "400 invalid_query"),
        ("min_speakers=3&max_speakers=2", "400 invalid_query"), ("speakers=5&max_speakers=4", "400 invalid_query"),
        ("channels=split&speakers=2", "400 conflicting_modes"), ("diarization=false&channels=split", "json 80 14"),
        ("format=docx&vad=true", "409 vad_not_loaded"),
    ])
    func queriesAreChecked(query: String, expected: String) {
        #expect(code(query) == expected)
    }

    @Test func alternativesNeedATransducer() throws {
        for (head, expected) in [(RecognitionHead.ctc, "409 alternatives_not_available"), (.e2eRNNT, "")] {
            for (query, expected) in [("max_alternatives=2", expected), ("max_alternatives=1", "")] {
                var query = try TranscribeQuery(query)
                var code = ""
                do {
                    try query.check(Capabilities(head: head))
                } catch {
                    code = "\(error.status.code) \(error.code)"
                }
                #expect(code == expected)
            }
        }
        // In a session, where what cannot be satisfied is no error, one reading is asked for.
        var request = RecognitionRequest()
        request.maximumAlternatives = 5
        let settings = ServerSettings()
        #expect(request.liveOptions(settings, Capabilities(head: .ctc)).maximumAlternatives == 1)
        #expect(request.liveOptions(settings, Capabilities(head: .rnnt)).maximumAlternatives == 5)
    }

    @Test func voiceActivityMayBeAskedForWhereItIs() {
        #expect(code("vad=true", hasModel: true) == "json 80 14")
    }

    @Test func fieldsAreDecoded() throws {
        let fields = QueryFields("a=b+c%20%D0%B4&d&e=f=g&")
        #expect(try fields["a"] == "b c д" && fields["d"] == "" && fields["e"] == "f=g" && fields["x"] == nil)
    }

    /// Expected values from the URL standard (application/x-www-form-urlencoded parser).
    @Test(arguments: [
        ("100%", "100%"), ("%", "%"), ("%4", "%4"), ("%zz%41", "%zzA"), ("%+1", "% 1"), ("%FF", "\u{FFFD}"),
        ("%D0", "\u{FFFD}"), ("д", "д"), ("%25D0", "%D0"), ("%2B%26", "+&"),
    ])
    func whatCannotBeDecodedStaysAsItIs(text: String, value: String) throws {
        #expect(try QueryFields("a=\(text)")["a"] == value)
    }

    @Test func onlyAFieldThatIsReadMayNotBeRepeated() throws {
        let fields = QueryFields("a=1&b=2&a=3")
        #expect(try fields["b"] == "2")
        #expect(fields.list("a") == ["1", "3"])
        let error = #expect(throws: HTTPFailure.self) { try fields["a"] }
        #expect(error?.code == "invalid_query")
    }

    @Test(arguments: [
        ("talk.srt", #"attachment; filename="talk.srt"; filename*=UTF-8''talk.srt"#),
        ("", #"attachment; filename="transcript.srt"; filename*=UTF-8''transcript.srt"#),
        ("a\"; b.txt", #"attachment; filename="a_; b.txt"; filename*=UTF-8''a%22%3B%20b.txt"#),
        ("я\r\n", #"attachment; filename="___"; filename*=UTF-8''%D1%8F%0D%0A"#),
    ])
    func namesCannotEscapeTheirHeader(name: String, expected: String) {
        #expect(ContentDisposition.attachment(name, fileExtension: "srt") == expected)
    }

    private func word(_ text: String, _ start: Double, _ end: Double, speaker: Int? = nil) -> Word {
        Word(text: text, start: start, end: end, confidence: 0.97, speaker: speaker)
    }

    @Test func segmentsBeginWhereAReaderBreathes() {
        #expect(SegmentGrouping.split([]).isEmpty)
        let words = [
            word("а", 0, 1), word("б", 1.9, 2), word("в", 2.91, 3), word("г.", 3, 4), word("д", 4, 5),
            word("е", 5, 6, speaker: 1), word("ж", 6, 35, speaker: 1), word("з", 35, 35.1, speaker: 1),
        ]
        #expect(
            SegmentGrouping.split(words.map { WrittenWord(text: $0.text, words: [$0]) }).map { $0.map(\.text).joined() }
                == ["аб", "вг.", "д", "еж", "з"])
    }

    @Test func segmentsOfTwoWhoSpeakAtOnceDoNotAlternateByWord() {
        func segment(_ words: [Word]) -> Segment { Segment(words: words, start: 0, end: 9, endpoint: .silence) }
        let transcript = Transcript(
            segments: [
                segment([word("а", 0, 1, speaker: 0), word("б", 1, 2, speaker: 0), word("в", 4, 5, speaker: 0)]),
                segment([word("г", 0.5, 1.5, speaker: 1)]),
            ], duration: 9)
        #expect(SegmentGrouping.groups(of: transcript).map { $0.map(\.text).joined() } == ["аб", "г", "в"])
    }

    @Test(arguments: [
        ("channels=split", TranscriptionOptions.Channels.apart), ("channels=SPLIT", .mixed), ("channels=mono", .mixed),
        ("", .mixed),
    ])
    func channelsAreRecognisedApartOnlyWhenAskedFor(query: String, expected: TranscriptionOptions.Channels) throws {
        #expect(try Self.query(query).recognition.channels == expected)
    }

    @Test func answersHaveTheKeysOfTheContract() throws {
        let segment = Segment(words: [word("да", 0.12, 0.44)], start: 0, end: 3.2, endpoint: .endOfInput)
        let transcript = Transcript(segments: [segment], duration: 3.2)
        let plain = try Self.query(nil)
        #expect(
            WireTranscript.json(transcript, query: plain).description
                == #"{"text":"да","words":[{"word":"да","start":0.12,"end":0.44,"confidence":0.97}],"#
                + #""duration":3.2,"confidence":0.97}"#)
        let full = try Self.query("segments=true&diarization=true")
        #expect(
            WireTranscript.json(Transcript(segments: [], duration: 2), query: full).description
                == #"{"text":"","words":[],"duration":2.0,"segments":[],"diarization":{"status":"unavailable","#
                + #""reason":"no_speaker_model","#
                + #""message":"diarization was requested but no speaker model is loaded"}}"#)
        // With a model, words without speakers mean that it failed.
        var capabilities = Capabilities(head: .rnnt)
        capabilities.speakers = true
        var labelled = try TranscribeQuery("diarization=true")
        try labelled.check(capabilities)
        #expect(WireTranscript.json(transcript, query: labelled).description.contains(#""reason":"pipeline_error""#))
        var spoken = transcript
        spoken.segments[0].words[0].speaker = 1
        #expect(!WireTranscript.json(spoken, query: labelled).description.contains("diarization"))
        // 0.97 as a 32-bit number in 64 bits (IEEE 754).
        #expect(
            WireTranscript.event(segment, at: 5).description
                == #"{"confidence":0.9700000286102295,"text":"да","timestamp":5.0,"type":"final","#
                + #""words":[{"confidence":0.9700000286102295,"end":0.44,"start":0.12,"word":"да"}]}"#)
    }

    /// Seconds since the server began to wait for the client → the second at which the upload is too slow.
    @Test(
        arguments: [
            ([], 30), ([Arrival(0, after: 10)], 30), ([Arrival(16_000, after: 10)], 31),
            ([Arrival(160_000, after: 1), Arrival(160_000, after: 5)], 50),
        ] as [([Arrival], Double)])
    func uploadIsTooSlow(arrivals: [Arrival], expected: Double) {
        let start = ContinuousClock.now
        var now = start
        var clock = UploadClock(MinimumUploadRate())
        #expect(clock.deadline == nil)
        clock.wait(at: now)
        for arrival in arrivals {
            now += .seconds(arrival.delay)
            clock.receive(byteCount: arrival.byteCount, at: now)
            #expect(clock.deadline == nil)
            clock.wait(at: now)
        }
        #expect(clock.deadline == start + .seconds(expected))
    }

    struct Arrival: Sendable {
        let byteCount: Int
        let delay: Double
        init(_ byteCount: Int, after delay: Double) { (self.byteCount, self.delay) = (byteCount, delay) }
    }

    @Test func timeThatTheServerTakesDoesNotCount() {
        let start = ContinuousClock.now
        var clock = UploadClock(MinimumUploadRate())
        clock.wait(at: start)
        clock.receive(byteCount: 0, at: start + .seconds(20))
        clock.wait(at: start + .seconds(100))
        #expect(clock.deadline == start + .seconds(110))
    }
}
