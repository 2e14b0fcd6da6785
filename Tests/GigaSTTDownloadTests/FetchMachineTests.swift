import Foundation
import Testing

@testable import GigaSTTDownload

@Suite("Fetch machine")
struct FetchMachineTests {
    static let url = URL(string: "https://a.example/f")

    /// A head with the given headers.
    static func head(_ status: Int, _ headers: [String: String] = [:]) -> ResponseHead {
        ResponseHead(status: status) { headers[$0] }
    }

    static func machine(_ size: ModelFile.Size, held: Int64 = 0, eTag: String? = nil) throws -> FetchMachine {
        let file = ModelFile(path: "f", source: "", sha256: "aa", size: size)
        return FetchMachine(file, from: try #require(url), schedule: .standard, held: held, eTag: eTag)
    }

    struct Answer: Sendable, CustomTestStringConvertible {
        var status: Int
        var headers: [String: String] = [:]
        var held: Int64 = 0
        var verdict: FetchMachine.Verdict
        var testDescription: String { "\(status) \(headers) with \(held) bytes" }
    }

    static let one = #""one""#
    static let wait = FetchMachine.Verdict.leave(.wait(.seconds(1)))

    @Test(arguments: [
        Answer(
            status: 200, headers: ["Content-Length": "100", "ETag": one],
            verdict: .receive(first: 0, total: 100, eTag: one)),
        Answer(status: 200, verdict: .receive(first: 0, total: nil, eTag: nil)),
        Answer(status: 200, headers: ["ETag": "W/\"weak\""], verdict: .receive(first: 0, total: nil, eTag: nil)),
        Answer(
            status: 200, headers: ["Content-Length": "100", "ETag": "\"two\""], held: 40,
            verdict: .receive(first: 0, total: 100, eTag: "\"two\"")),
        Answer(
            status: 206, headers: ["Content-Range": "bytes 40-99/100", "ETag": one], held: 40,
            verdict: .receive(first: 40, total: 100, eTag: one)),
        Answer(
            status: 206, headers: ["Content-Range": "bytes 40-99/*"], held: 40,
            verdict: .receive(first: 40, total: nil, eTag: one)),
        Answer(status: 206, headers: ["Content-Range": "bytes 40-99/100", "ETag": "\"two\""], held: 40, verdict: wait),
        Answer(status: 206, headers: ["Content-Range": "bytes 39-99/100"], held: 40, verdict: wait),
        Answer(status: 206, headers: ["Content-Type": "multipart/byteranges"], held: 40, verdict: wait),
        Answer(status: 416, headers: ["Content-Range": "bytes */40"], held: 40, verdict: .leave(.verify)),
        Answer(status: 416, headers: ["Content-Range": "bytes */39"], held: 40, verdict: wait),
        Answer(status: 416, held: 40, verdict: wait),
        Answer(status: 429, headers: ["Retry-After": "9"], verdict: .leave(.wait(.seconds(9)))),
        Answer(status: 503, headers: ["Retry-After": "900"], verdict: .leave(.wait(.seconds(60)))),
        Answer(status: 500, verdict: wait), Answer(status: 408, verdict: wait), Answer(status: 504, verdict: wait),
    ])
    func theAnswerIsUnderstood(_ answer: Answer) throws {
        var machine = try Self.machine(.atMost(1000), held: answer.held, eTag: answer.held > 0 ? Self.one : nil)
        _ = machine.start()
        #expect(machine.answered(Self.head(answer.status, answer.headers), jitter: 1) == answer.verdict)
    }

    @Test(arguments: [201, 204, 304, 400, 401, 403, 404, 410, 451])
    func anAnswerThatWillNotChangeEndsTheDownload(status: Int) throws {
        var machine = try Self.machine(.atMost(1000))
        _ = machine.start()
        guard case .leave(.fail(.network, let text)) = machine.answered(Self.head(status), jitter: 1) else {
            Issue.record("not a failure")
            return
        }
        #expect(text.contains("HTTP \(status)"))
    }

    @Test(arguments: [(ModelFile.Size.exactly(100), "101"), (.exactly(100), "99"), (.atMost(100), "101")])
    func aLengthThatCannotBeRightIsRefusedBeforeTheBody(size: ModelFile.Size, length: String) throws {
        var machine = try Self.machine(size)
        _ = machine.start()
        let verdict = machine.answered(Self.head(200, ["Content-Length": length]), jitter: 1)
        guard case .leave(.fail(.checksum, _)) = verdict else {
            Issue.record("\(verdict)")
            return
        }
    }

    @Test func noFileMayReachTwoGibibytes() throws {
        let machine = try Self.machine(.atMost(.max))
        #expect(machine.admits(2 << 30))
        #expect(!machine.admits((2 << 30) + 1))
    }

    @Test func fiveFailuresInARowAreTheEnd() throws {
        var machine = try Self.machine(.atMost(1000))
        for seconds in [1, 2, 4, 8] {
            _ = machine.start()
            #expect(machine.broke("x", held: 0, jitter: 1) == .wait(.seconds(seconds)))
        }
        guard case .fail(.network, let text) = machine.broke("x", held: 0, jitter: 1) else {
            Issue.record("not a failure")
            return
        }
        #expect(text.contains("5 tries"))
    }

    @Test func aTryThatBroughtAMebibyteDoesNotCount() throws {
        var machine = try Self.machine(.atMost(1 << 30))
        for count in 1...100 {
            _ = machine.waited()
            let held = Int64(count) << 20
            #expect(machine.broke("x", held: held, jitter: 1) == .wait(.seconds(1)))
        }
    }

    @Test func eachTryBeginsAtTheSource() throws {
        var machine = try Self.machine(.atMost(1000))
        let url = try #require(Self.url)
        #expect(machine.start() == .request(.init(url: url)))
        let other = try #require(URL(string: "https://b.example/signed"))
        let redirect = Self.head(302, ["Location": "https://b.example/signed"])
        #expect(machine.answered(redirect, jitter: 1) == .leave(.request(.init(url: other))))
        _ = machine.broke("x", held: 0, jitter: 1)
        #expect(machine.waited() == .request(.init(url: url)))
    }

    @Test func theFileThatIsWholeAlreadyIsVerifiedAtOnce() throws {
        var machine = try Self.machine(.exactly(10), held: 10)
        #expect(machine.start() == .verify)
        #expect(machine.digested("aa") == .install)
    }

    @Test func aMismatchOfPiecesCostsOneMoreTryAndOfOnePieceNone() throws {
        var machine = try Self.machine(.exactly(10), held: 10, eTag: Self.one)
        _ = machine.start()
        #expect(machine.digested("bb") == .request(.init(url: try #require(Self.url))))
        guard case .receive = machine.answered(Self.head(200), jitter: 1) else {
            Issue.record("not received")
            return
        }
        #expect(machine.ended(held: 10, jitter: 1) == .verify)
        guard case .fail(.checksum, let text) = machine.digested("bb") else {
            Issue.record("not refused")
            return
        }
        #expect(text.contains("expected aa, got bb"))
    }

    @Test func moreThanTheFileCanHaveIsDropped() throws {
        var machine = try Self.machine(.exactly(10), held: 11, eTag: Self.one)
        #expect(machine.start() == .request(.init(url: try #require(Self.url))))
    }

    @Test func aBodyThatEndsEarlyIsContinued() throws {
        var machine = try Self.machine(.exactly(10))
        _ = machine.start()
        _ = machine.answered(Self.head(200, ["ETag": Self.one]), jitter: 1)
        #expect(machine.ended(held: 4, jitter: 1) == .wait(.seconds(1)))
        #expect(machine.waited() == .request(.init(url: try #require(Self.url), first: 4, eTag: Self.one)))
    }
}
