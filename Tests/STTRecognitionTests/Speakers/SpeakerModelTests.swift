import Foundation
import STTRecognition
import STTValues
import TestSupport
import Testing

@Suite struct SpeakerModelTests {
    private static func file(
        bands: OnnxFile.Axis = .fixed(80), rank: Int = 3, _ body: (Int) throws -> Void = { _ in }
    ) throws -> OnnxFile {
        var file = OnnxFile()
        file.input("feats", .float32, Array([.open("B"), .open("T"), bands].prefix(rank)))
        file.output("embs", .float32, [.open("B"), .open("D")])
        file.node("ReduceMean", ["feats"], ["embs"], [.integers("axes", [1]), .integer("keepdims", 0)])
        return file
    }

    private static func loading(_ bytes: [UInt8]) throws -> SpeakerModel {
        let folder = try TemporaryFolder()
        let url = folder.url.appendingPathComponent(SpeakerModel.fileName)
        try Data(bytes).write(to: url)
        return try SpeakerModel(contentsOf: url)
    }

    @Test func anyDimensionIsTaken() throws {
        #expect(try Self.loading(Self.file().bytes).dimension == 80)
        #expect(try Self.loading(Self.file(bands: .open("F")).bytes).dimension == 80)
    }

    @Test func theMeanOfTheWindowIsRemovedAndWindowsAreInOrder() throws {
        let model = try Self.loading(Self.file().bytes)
        let window = FeatureWindow(values: (0..<300 * 80).map { Float($0 % 97) }, bandCount: 80)
        let vectors = try model.vectors(of: [0..<150, 10..<50, 150..<300] + (0..<20).map { $0..<$0 + 150 }, in: window)
        // This model gives the mean of the frames, which is 0 after it was removed.
        #expect(vectors.count == 23 && vectors.allSatisfy { $0.count == 80 && $0.allSatisfy { abs($0) < 1e-3 } })
    }

    @Test func anotherKindOfModelIsRefusedWithTheReason() throws {
        for (file, reason) in [
            (try Self.file(bands: .fixed(64)), "it reads 64 bands, not 80"),
            (try Self.file(rank: 2), "it must read one tensor [windows, frames, 80] of floats"),
        ] {
            do {
                _ = try Self.loading(file.bytes)
                Issue.record("loaded")
            } catch let error as GigaSTTError {
                #expect(error.code == .modelUnsupported && error.message.contains(reason), "\(error.message)")
            }
        }
        #expect(throws: GigaSTTError.self) { try Self.loading(Array("not a model".utf8)) }
    }
}
