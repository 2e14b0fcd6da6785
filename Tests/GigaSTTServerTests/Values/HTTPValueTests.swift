import GigaSTT
import HTTPTypes
import Testing

@testable import GigaSTTServer

@Suite struct HTTPValueTests {
    private func describe(_ method: HTTPRequest.Method, _ path: String) -> String {
        var table = RouteTable<Int>()
        table.add(Route("/health", handlesOptions: false), .get, 1)
        table.add(Route("/v1/models"), .get, 2)
        table.add(Route("/v1/transcribe"), .post, 3)
        table.add(Route("/v1/jobs/{id}"), .get, 4)
        table.add(Route("/v1/jobs/{id}"), .delete, 5)
        table.add(Route("/v1/ws", handlesHead: false), .get, 6)
        return switch table.match(method, path) {
        case .endpoint(let number): "\(number)"
        case .head(let number): "head \(number)"
        case .options: "options"
        case .wrongMethod(let allowed): "405 \(allowed)"
        case .notFound: "404"
        }
    }

    @Test(arguments: [
        (HTTPRequest.Method.get, "/health", "1"), (.head, "/health", "head 1"), (.options, "/health", "405 GET, HEAD"),
        (.get, "/health/", "404"), (.get, "/nope", "404"), (.get, "", "404"), (.options, "/v1/models", "options"),
        (.post, "/v1/models", "405 GET, HEAD, OPTIONS"), (.post, "/v1/transcribe", "3"),
        (.get, "/v1/transcribe", "405 POST, OPTIONS"), (.head, "/v1/transcribe", "405 POST, OPTIONS"),
        (.get, "/v1/jobs/7", "4"), (.delete, "/v1/jobs/7", "5"), (.put, "/v1/jobs/7", "405 GET, DELETE, HEAD, OPTIONS"),
        (.get, "/v1/jobs/", "404"), (.get, "/v1/jobs/7/8", "404"), (.get, "/v1/jobs/{id}", "4"),
        (.head, "/v1/ws", "405 GET, OPTIONS"),
    ])
    func routesAreExact(method: HTTPRequest.Method, path: String, expected: String) {
        #expect(describe(method, path) == expected)
    }

    /// Gives the same bits for ever.
    private struct Fixed: RandomNumberGenerator {
        mutating func next() -> UInt64 { 0xFFFF_FFFF_FFFF_FFFF }
    }

    @Test func identifierIsTheClientsOrAUUIDOfVersion7() {
        #expect(RequestID("abc-1").description == "abc-1")
        var generator = Fixed()
        // RFC 9562 appendix A.6 has this time: 0x017F22E279B0.
        #expect(
            RequestID(unixMilliseconds: 0x017F_22E2_79B0, using: &generator).description
                == "017f22e2-79b0-7fff-bfff-ffffffffffff")
        for bad in [nil, "", "a b", "я", "a\r\nb", String(repeating: "x", count: 201)] {
            let id = RequestID(bad).description
            #expect(id.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
        }
    }

    @Test(arguments: [
        (GigaSTTError(.overloaded, "secret", retryAfter: .milliseconds(30_000)), 503, "timeout"),
        (GigaSTTError(.timedOut, "secret"), 504, "inference_timeout"),
        (GigaSTTError(.shuttingDown, "secret"), 503, "pool_closed"),
        (GigaSTTError(.inferenceFailed, "secret"), 422, "inference_error"),
        (GigaSTTError(.audioUnreadable, "secret"), 422, "transcription_error"),
        (GigaSTTError(.invalidOption, "secret"), 400, "invalid_input"),
        (GigaSTTError(.modelMissing, "secret"), 500, "internal"),
        (GigaSTTError(.runtimeMissing, "secret"), 500, "internal"),
    ])
    func failuresHaveTheirStatusAndTellNothingElse(error: GigaSTTError, status: Int, code: String) {
        let failure = WireFailure(error)
        #expect(failure.status == status && failure.code == code && !failure.message.contains("secret"))
        #expect((failure.retryAfterMilliseconds != nil) == (code == "timeout"))
    }

    /// The sentence of the contract comes first; what is for the operator stays away.
    @Test(arguments: [
        (WireFailure.Place.recording, "Transcription failed. Check audio format."),
        (.events, "Failed to decode audio file. Check format (WAV, MP3, M4A, OGG, FLAC supported)."),
    ])
    func recordingThatCannotBeReadHasItsReason(place: WireFailure.Place, sentence: String) {
        let error = GigaSTTError(.audioUnreadable, "Unsupported audio codec (dts).", detail: "/tmp/secret")
        #expect(WireFailure(error, on: place).message == "\(sentence) Unsupported audio codec (dts).")
    }

    @Test(arguments: [
        (Duration.milliseconds(1), "1"), (.milliseconds(1_000), "1"), (.milliseconds(1_001), "2"),
        (.seconds(30), "30"), (.zero, "1"), (.seconds(1 << 40), "4294968"),
    ])
    func retryAfterIsInWholeSeconds(wait: Duration, header: String) {
        #expect(HTTPFailure(WireFailure.busy(retryAfter: wait)).fields[.retryAfter] == header)
    }

    @Test func unknownErrorsAreInternal() {
        struct Odd: Error {}
        #expect(WireFailure(Odd()).code == "internal")
    }

    @Test(arguments: [
        (2, false, false, #"{"status":"ready","pool_available":2,"pool_total":2}"#),
        (0, false, false, #"{"status":"ready","pool_available":0,"pool_total":2}"#),
        (1, true, false, #"{"status":"not_ready","pool_available":0,"pool_total":2,"reason":"pool_exhausted"}"#),
        (2, false, true, #"{"status":"not_ready","pool_available":0,"pool_total":2,"reason":"shutting_down"}"#),
    ])
    func readinessFollowsAdmission(
        idle: Int, refuses: Bool, isDraining: Bool, json: String
    ) {
        let status = RecognizerStatus(workerCount: 2, idleWorkerCount: idle, waitingFinalCount: 9)
        let readiness = Readiness(status, refuses: refuses, isDraining: isDraining)
        #expect(readiness.json.description == json)
    }
}
