import Foundation
import STTValues
import TestSupport
import Testing

@testable import STTRecognition

@Suite struct ConfidenceCalibrationTests {
    /// By hand: the odds of 0.9 are 9, of 0.5 are 1; σ(ln 3) is 3/4.
    @Test(arguments: [
        (1.0, 0.0, 0.9, 0.9), (0.5, 0.0, 0.9, 0.75), (0.5, 0.0, 0.5, 0.5), (1.0, 1.0986122886681098, 0.5, 0.75),
        (2.0, 0.0, 0.75, 0.9), (0.5, 0.0, 0.1, 0.25),
    ])
    func lineInLogOdds(_ slope: Double, _ offset: Double, _ raw: Double, _ expected: Double) {
        let value = ConfidenceCalibration(slope: slope, offset: offset)(Float(raw))
        #expect(abs(Double(value) - expected) < 1e-6)
    }

    @Test func orderStaysAndValuesAreProbabilities() {
        for calibration in [
            ConfidenceCalibration(slope: 0.2, offset: -3), .init(slope: 5, offset: 2), .init(slope: 1, offset: 0.1),
        ] {
            let values = (0...1_000).map { calibration(Float($0) / 1_000) }
            #expect(zip(values, values.dropFirst()).allSatisfy { $0 <= $1 })
            #expect(values.allSatisfy { (0...1).contains($0) })
            #expect((0...1).contains(calibration(.nan)) && (0...1).contains(calibration(7)))
        }
    }

    @Test func fileHasAValueForEachHead() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("confidence.json")
        #expect(try ConfidenceCalibration(in: folder.url, for: .rnnt) == nil)
        try Data(#"{"rnnt":{"slope":0.5,"offset":-1},"later":{"slope":1,"offset":0}}"#.utf8).write(to: file)
        #expect(try ConfidenceCalibration(in: folder.url, for: .rnnt) == ConfidenceCalibration(slope: 0.5, offset: -1))
        #expect(try ConfidenceCalibration(in: folder.url, for: .e2eRNNT) == nil)
    }

    @Test(arguments: [
        "", "[]", #"{"rnnt":{"slope":0,"offset":1}}"#, #"{"rnnt":{"slope":-1,"offset":1}}"#, #"{"rnnt":{"slope":1}}"#,
        #"{"rnnt":{"slope":1e999,"offset":0}}"#,
    ])
    func damagedFileIsAnError(_ text: String) throws {
        let folder = try TemporaryFolder()
        try Data(text.utf8).write(to: folder.url.appendingPathComponent("confidence.json"))
        let error = #expect(throws: GigaSTTError.self) { try ConfidenceCalibration(in: folder.url, for: .rnnt) }
        #expect(error?.code == .modelDamaged)
    }
}
