import TestSupport
import Testing

/// The benchmark of users. What it measures is not tested, only that it measures.
@Suite struct BenchCommandTests {
    @Test func tooShortATrialIsAUsageError() async throws {
        let result = try await Program().run(["bench", "--seconds", "1"])
        #expect(result.code == 2)
    }
}
