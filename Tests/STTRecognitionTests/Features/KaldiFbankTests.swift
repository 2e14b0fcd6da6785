import Foundation
import STTRecognition
import Testing

/// The front end of speaker models against kaldi-native-fbank (`Tests/Reference/filter_bank.py`).
@Suite struct KaldiFbankTests {
    @Test func theFeaturesOfRecordingsAreThoseOfKaldi() throws {
        let text = try String(contentsOf: Repository.golden.appendingPathComponent("filter_bank.tsv"), encoding: .utf8)
        let rows = text.split(separator: "\n").map { $0.split(separator: "\t") }
        #expect(rows.count > 10)
        for (name, rows) in Dictionary(grouping: rows, by: { String($0[0]) }) {
            var frontEnd = KaldiFbank()
            let block = frontEnd.append(try Recording.samples(name))
            for row in rows {
                let frame = try #require(Int(row[1]))
                let expected = row.dropFirst(2).compactMap { Float($0) }
                try #require(expected.count == 80 && frame < block.count)
                let difference = expected.indices.map { abs(block.values[frame * 80 + $0] - expected[$0]) }.max() ?? 1
                #expect(difference < 1e-3, "\(name), frame \(frame): \(difference)")
            }
        }
    }

    @Test(arguments: [1, 159, 160, 1_601]) func theFramesDoNotDependOnTheBlocks(blockLength: Int) throws {
        let samples = Array(try Recording.samples("01_commands.wav").prefix(8_000))
        var whole = KaldiFbank()
        var pieces = KaldiFbank()
        let expected = whole.append(samples)
        var values: [Float] = []
        for start in stride(from: 0, to: samples.count, by: blockLength) {
            values += pieces.append(Array(samples[start..<min(start + blockLength, samples.count)])).values
        }
        // 1 + (8000 − 400) / 160
        #expect(expected.count == 48 && values == expected.values)
    }

    @Test func digitalSilenceLiesOnTheFloor() {
        var frontEnd = KaldiFbank()
        // ln 2⁻²³
        #expect(frontEnd.append([Float](repeating: 0, count: 1_600)).values.allSatisfy { abs($0 + 15.9424) < 1e-3 })
    }
}
