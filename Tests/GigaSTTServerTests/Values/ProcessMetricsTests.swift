import Foundation
import Testing

@testable import GigaSTTServer

@Suite struct ProcessMetricsTests {
    /// Laid out by hand after proc(5): fields 14 and 15 are 250 and 50 ticks, 22 is 12 345 ticks, 24 is 300 pages.
    private static let tail =
        "S 1 2 3 4 5 6 7 8 9 10 250 50 16 17 18 19 20 21 12345 23 300 25 26"
    private static let system = "cpu  1 2 3\nbtime 1700000000\nprocesses 5\n"

    @Test(arguments: ["7 (gigastt) ", "7 (a b) c) (", "7 (x) "])
    func fieldsAreCountedBehindTheNameOfTheProgram(head: String) {
        let head = head.hasSuffix("(") ? "7 (a b) c) " : head
        let metrics = ProcessMetrics(
            stat: head + Self.tail, systemStat: Self.system, ticksPerSecond: 100, pageByteCount: 4_096)
        #expect(metrics.cpuSeconds == 3)
        #expect(metrics.residentByteCount == 1_228_800)
        #expect(metrics.startSeconds == 1_700_000_123.45)
    }

    @Test(arguments: ["", ")", "1 (x) S 1 2", "nonsense"]) func whatIsMissingHasNoSample(stat: String) {
        let metrics = ProcessMetrics(stat: stat, systemStat: "", ticksPerSecond: 100, pageByteCount: 4_096)
        #expect(metrics.cpuSeconds == nil && metrics.residentByteCount == nil && metrics.startSeconds == nil)
        #expect(metrics.families.allSatisfy { $0.series.isEmpty })
    }

    #if os(Linux)
        @Test func thisProcessIsMeasured() throws {
            let metrics = ProcessMetrics()
            let now = Date().timeIntervalSince1970
            #expect(try #require(metrics.startSeconds) < now + 1 && #require(metrics.startSeconds) > now - 86_400)
            #expect(try #require(metrics.residentByteCount) > 1_000_000)
            #expect(try #require(metrics.cpuSeconds) >= 0 && #require(metrics.openFileCount) >= 3)
        }
    #endif
}
