import Foundation
import TestSupport
import Testing

@Suite struct TranscribeCommandTests {
    @Test func theTextGoesToStandardOutputAndTheRestToStandardError() async throws {
        let item = try Recordings.named("03")
        let result = try await Program().run(["transcribe", item.url.path])
        #expect(result.code == 0)
        #expect(result.output == item.text + "\n")
        #expect(result.errors.contains("built-in"))
    }
}
