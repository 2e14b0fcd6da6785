import Testing

@testable import STTInference

@Suite struct CancellationTokenTests {
    private struct Failure: Error, Equatable {}

    @Test func theFirstReasonCounts() throws {
        let token = CancellationToken()
        #expect(!token.isCancelled)
        try token.checkCancellation()
        token.cancel(InferenceError.timedOut)
        token.cancel()
        #expect(token.isCancelled)
        #expect(throws: InferenceError.timedOut) { try token.checkCancellation() }
    }

    @Test func hooksRunOnceInsideTheirScopeAndNotOutside() {
        let token = CancellationToken()
        let record = Record()
        token.onCancel({ record.add("before") }, during: {})
        token.onCancel({ record.add("outer") }) {
            token.onCancel({ record.add("inner, ended") }, during: {})
            token.onCancel({ record.add("inner") }) {
                token.cancel()
                token.cancel()
            }
        }
        token.onCancel({ record.add("late") }) { record.add("late body") }
        #expect(record.names == ["outer", "inner", "late", "late body"])
    }

    @Test func aHookLeavesWithItsScopeEvenIfTheBodyThrows() {
        let token = CancellationToken()
        let record = Record()
        #expect(throws: Failure()) {
            try token.onCancel({ record.add("hook") }) { () throws(Failure) in throw Failure() }
        }
        token.cancel()
        #expect(record.names.isEmpty)
    }

    @Test func workForSeveralStopsWhenTheLastOfThemIsCancelled() {
        for isCancelledBefore in [false, true] {
            let tokens = (0..<3).map { _ in CancellationToken() }
            let record = Record()
            if isCancelledBefore { tokens[1].cancel() }
            CancellationToken.onCancel(ofAll: tokens, { record.add("hook") }) {
                tokens[2].cancel()
                tokens[1].cancel()
                record.add("one is left")
                tokens[0].cancel()
            }
            #expect(record.names == ["one is left", "hook"])
        }
        let record = Record()
        let late = [CancellationToken(), CancellationToken()]
        for token in late { token.cancel() }
        CancellationToken.onCancel(ofAll: late, { record.add("hook") }) { record.add("body") }
        #expect(record.names.first == "hook" && record.names.last == "body")
    }

    @Test func nothingHappensAfterTheRun() {
        let token = CancellationToken()
        let record = Record()
        let reason = token.onCancel({ record.add("hook") }) { token.close() }
        #expect(reason == nil)
        token.cancel()
        let value = token.onCancel({ record.add("hook") }, during: { 7 })
        #expect(value == 7)
        #expect(record.names.isEmpty)
        #expect(!token.isCancelled)
    }

    @Test func aHookIsReleasedWithItsScope() {
        final class Resource: Sendable {}
        let token = CancellationToken()
        weak var held: Resource?
        func register(_ resource: Resource) {
            held = resource
            token.onCancel({ _ = resource }, during: {})
        }
        register(Resource())
        #expect(held == nil)
    }
}
