import Foundation
import Testing

@testable import GigaSTTBench

/// Medians, extremes and ratios of what was measured.
@Suite struct PeerTablesTests {
    private let group = PeerRecordings.Group(name: "10s", files: [], seconds: 10)

    private func record(_ name: String, _ seconds: [Double]) -> PeerRecord {
        var record = PeerRecord(name: name)
        record.runs["10s"] = seconds.map { seconds in
            var run = PeerRun()
            run.seconds = seconds
            run.processor = seconds / 2
            return run
        }
        return record
    }

    private func cells(_ table: String, _ name: String) -> [String]? {
        table.split(separator: "\n").map { line in
            line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }.first { $0.first == name }
    }

    @Test func theMiddleAndTheExtremesArePrinted() {
        let tables = PeerTables(records: [record("peer", [3, 1, 2])])
        let row = cells(tables.times(of: group), "peer")
        #expect(row == ["peer", "0.2000", "0.1000–0.3000", "2000.0", "–", "–", "–", "0.50", "0"])
    }

    /// A disturbance of one round hits both: the ratio is taken within the round.
    @Test func ratiosAreTakenRoundByRound() {
        let ours = record(PeerEngine.ours[0].name, [1, 10, 1])
        let tables = PeerTables(records: [ours, record("peer", [2, 30, 4])])
        #expect(cells(tables.ratios(of: group), "peer") == ["peer", "3.00 (2.00–4.00)"])
    }

    @Test func whatFailedStaysInTheTablesWithItsReason() {
        var failed = PeerRecord(name: "peer")
        failed.failure = "its wheel is not there"
        let tables = PeerTables(records: [record(PeerEngine.ours[0].name, [1]), failed])
        #expect(cells(tables.times(of: group), "peer") == ["peer"] + [String](repeating: "–", count: 8))
        #expect(cells(tables.ratios(of: group), "peer") == ["peer", "–"])
        #expect(cells(tables.starts, "peer")?.last == "its wheel is not there")
    }

    @Test func partsOfSeveralRecordingsAreAdded() throws {
        var run = PeerRun()
        for _ in 0..<2 {
            let line =
                #"{"seconds":1.5,"processor_s":1,"text":"да","parts":{"features":0.25,"encoder":1,"search":0.25}}"#
            try run.add(PeerAnswer(line: Data(line.utf8)))
        }
        #expect(run.seconds == 3 && run.processor == 2 && run.letters == 4)
        #expect(run.parts?.features == 0.5 && run.parts?.encoder == 2 && run.parts?.search == 0.5)
    }

    @Test func anErrorOfAWorkerIsAFailureInItsWords() {
        let failure = #expect(throws: LineProcess.Failure.self) {
            try PeerAnswer(line: Data(#"{"error":"ModelNotFound: x"}"#.utf8))
        }
        #expect(failure?.description == "ModelNotFound: x")
    }
}
