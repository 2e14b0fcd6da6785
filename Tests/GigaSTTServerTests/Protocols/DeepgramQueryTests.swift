import GigaSTT
import Testing

@testable import GigaSTTServer

/// The query of Deepgram's `/v1/listen`.
@Suite struct DeepgramQueryTests {
    @Test(arguments: [
        ("encoding=linear16&sample_rate=16000", 16_000), ("encoding=mulaw", 8_000),
        ("encoding=alaw&sample_rate=16000", 16_000),
        ("encoding=LINEAR16&sample_rate=22050&model=nova-3&language=ru&tag=a&tag=b", 22_050),
    ])
    func liveFormatIsDeclared(query: String, rate: Int) throws {
        #expect(try DeepgramQuery(query).liveFormat().sampleRate == rate)
    }

    @Test func whatIsNotReadMayBeRepeated() throws {
        let query = try DeepgramQuery(
            "encoding=mulaw&redact=a&redact=b&search=a&search=b&replace=a:b&replace=c:d&x=1&x=%FF&keyterm=a&keyterm=b"
        )
        #expect(query.recognition.hotwords == ["a", "b"])
        #expect(try query.liveFormat().sampleRate == 8_000)
    }

    @Test(arguments: [
        ("", "unsupported_encoding"), ("encoding=opus&sample_rate=48000", "unsupported_encoding"),
        ("encoding=linear16", "invalid_sample_rate"), ("encoding=linear16&sample_rate=100", "invalid_sample_rate"),
        ("encoding=mulaw&sample_rate=96000", "invalid_sample_rate"),
        ("encoding=mulaw&channels=2", "unsupported_channels"),
        ("encoding=mulaw&channels=3&multichannel=true", "unsupported_channels"),
        ("encoding=mulaw&channels=0&multichannel=true", "unsupported_channels"),
        ("interim_results=yes", "invalid_query"),
        ("endpointing=soon", "invalid_query"), ("utterance_end_ms=-1", "invalid_query"),
        ("sample_rate=1&sample_rate=2", "invalid_query"), ("sample_rate=%FF", "invalid_query"),
    ])
    func otherQueriesAreRefused(query: String, code: String) {
        let error = #expect(throws: HTTPFailure.self) { try DeepgramQuery(query).liveFormat() }
        #expect(error?.code == code)
    }

    @Test func queryFillsTheRequest() throws {
        let query = try DeepgramQuery(
            "endpointing=300&smart_format=true&numerals=false&diarize=true&keyterm=%D0%B4%D0%B0&keyterm=a+b&keywords=c:2"
        )
        #expect(query.recognition.silence == .milliseconds(300) && query.recognition.endpointMode == nil)
        #expect(query.recognition.punctuation == true && query.recognition.numbers == true)
        #expect(query.recognition.speakers == true && query.recognition.hotwords == ["да", "a b", "c"])
        #expect(try DeepgramQuery("endpointing=10").recognition.silence == .milliseconds(200))
        #expect(try DeepgramQuery("endpointing=false").recognition.endpointMode == .manual)
        #expect(try DeepgramQuery("endpointing=true").recognition.silence == nil)
        // What the models cannot do is left out.
        let request = try query.recording(Capabilities(head: .rnnt))
        #expect(request.punctuation == nil && request.numbers == nil && request.hotwords == ["да", "a b", "c"])
    }

    @Test func tenThousandDamagedQueriesAreAnsweredOrRefused() {
        var mutations = WireMutations(seed: 80)
        let query = "encoding=linear16&sample_rate=8000&endpointing=300&keyterm=%D0%B4%D0%B0&punctuate=true&channels=1"
        for _ in 0..<10_000 {
            let text = String(decoding: mutations.damaged(Array(query.utf8)), as: UTF8.self)
            let codes = ["invalid_query", "unsupported_encoding", "invalid_sample_rate", "unsupported_channels"]
            do {
                _ = try DeepgramQuery(text).liveFormat()
            } catch {
                #expect(codes.contains(error.code))
            }
        }
    }
}
