import GigaSTT
import STTValues

/// The JSON of a recording: what `/v1/transcribe` answers and what its event stream sends.
enum WireTranscript {
    /// The answer to a request for JSON.
    static func json(_ transcript: Transcript, query: TranscribeQuery) -> String {
        let words = transcript.words
        var members = [
            #""text":\#(JSONLiteral.string(transcript.text))"#,
            #""words":[\#(words.map(\.wireJSON).joined(separator: ","))]"#,
            #""duration":\#(JSONLiteral.number(transcript.duration))"#,
        ]
        if let confidence = transcript.confidence {
            members.append(#""confidence":\#(JSONLiteral.number(Float(confidence)))"#)
        }
        if query.showsSegments {
            members.append(
                #""segments":[\#(SegmentGrouping.groups(of: transcript).map(segment).joined(separator: ","))]"#)
        }
        if query.recognition.spans == true { members.append(#""spans":\#(transcript.spans.wireJSON)"#) }
        if query.lacksSpeakers {
            members.append(
                #""diarization":{"status":"unavailable","reason":"no_speaker_model","#
                    + #""message":"diarization was requested but no speaker model is loaded"}"#)
        }
        return "{\(members.joined(separator: ","))}"
    }

    /// A final in an event stream: keys in alphabetical order, confidences widened to 64 bits (gigastt 2.3 contract).
    static func event(_ segment: Segment, at timestamp: Double) -> String {
        let words = segment.words.map { word in
            let speaker = word.speaker.map { #""speaker":\#($0),"# } ?? ""
            return #"{"confidence":\#(JSONLiteral.number(Double(word.confidence))),"#
                + #""end":\#(JSONLiteral.number(word.end)),\#(speaker)"start":\#(JSONLiteral.number(word.start)),"#
                + #""word":\#(JSONLiteral.string(word.text))}"#
        }
        let confidence = segment.confidence.map { #""confidence":\#(JSONLiteral.number(Double(Float($0)))),"# } ?? ""
        return #"{\#(confidence)"text":\#(JSONLiteral.string(segment.text)),"#
            + #""timestamp":\#(JSONLiteral.number(timestamp)),"type":"final","words":[\#(words.joined(separator: ","))]}"#
    }

    /// An error in an event stream.
    static func event(_ failure: HTTPFailure) -> String {
        let retry = failure.retryAfterMilliseconds.map { #""retry_after_ms":\#($0),"# } ?? ""
        return #"{"code":\#(JSONLiteral.string(failure.code)),"message":\#(JSONLiteral.string(failure.message)),"#
            + #"\#(retry)"type":"error"}"#
    }

    private static func segment(_ written: ArraySlice<WrittenWord>) -> String {
        let text = written.map(\.text).joined(separator: " ")
        let words = written.flatMap(\.words)
        let speakers = Set(words.map(\.speaker))
        let speaker = (speakers.count == 1 ? speakers.first ?? nil : nil).map { #","speaker":\#($0)"# } ?? ""
        return #"{"start":\#(JSONLiteral.number(words.first?.start ?? 0)),"#
            + #""end":\#(JSONLiteral.number(words.last?.end ?? 0)),"text":\#(JSONLiteral.string(text)),"#
            + #""words":[\#(words.map(\.wireJSON).joined(separator: ","))]\#(speaker)}"#
    }
}

extension [TextSpan] {
    /// Which words each part of a text was made of: `start` and `end` count Unicode scalars, words are counted from 0.
    var wireJSON: String {
        let objects = map { span in
            #"{"text":\#(JSONLiteral.string(span.text)),"start":\#(span.start),"end":\#(span.end),"#
                + #""words":[\#(span.words.map(String.init).joined(separator: ","))]}"#
        }
        return "[\(objects.joined(separator: ","))]"
    }
}
