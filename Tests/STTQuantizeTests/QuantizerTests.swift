import Foundation
import ONNXFile
import RandomModels
import TestSupport
import Testing

@testable import STTEncoderCache

/// Files: what is there before, and what is left behind.
@Suite struct QuantizerTests {
    @Test(arguments: Quantizer.Form.allCases) func aFileThatIsThereStaysUnlessReplaced(form: Quantizer.Form) throws {
        let folder = try TemporaryFolder()
        try RandomConformer.write(to: folder.file("source"))
        try Data("mine".utf8).write(to: folder.file("target"))
        let error = try #require(throws: QuantizeError.self) {
            try Quantizer(form).quantize(folder.file("source"), to: folder.file("target"))
        }
        #expect(error.code == .exists)
        #expect(try Data(contentsOf: folder.file("target")) == Data("mine".utf8))
        try Quantizer(form).quantize(folder.file("source"), to: folder.file("target"), replacing: true)
        #expect(try ONNXModel(contentsOf: folder.file("target")).graph.outputs == ["encoded", "encoded_len"])
        #expect(try folder.names() == ["source", "target"])
    }

    @Test(arguments: ["404: Not Found", ""]) func whatIsNoModelIsUnreadable(content: String) throws {
        let folder = try TemporaryFolder()
        try Data(content.utf8).write(to: folder.file("source"))
        for name in ["source", "none"] {
            let error = try #require(throws: QuantizeError.self) {
                try Quantizer(.fast).quantize(folder.file(name), to: folder.file("target"))
            }
            #expect(error.code == .unreadable)
            #expect(!error.description.contains(folder.url.path))
        }
        #expect(try folder.names() == ["source"])
    }

    @Test func aFolderThatIsNotThereIsUnwritable() throws {
        let folder = try TemporaryFolder()
        try RandomConformer.write(to: folder.file("source"))
        let error = try #require(throws: QuantizeError.self) {
            try Quantizer(.fast).quantize(folder.file("source"), to: folder.file("none/target"))
        }
        #expect(error.code == .unwritable)
    }

    @Test func aTruncatedSourceLeavesNothing() throws {
        let folder = try TemporaryFolder()
        try RandomConformer.write(to: folder.file("whole"))
        let whole = try Data(contentsOf: folder.file("whole"))
        try whole.prefix(whole.count / 2).write(to: folder.file("source"))
        #expect(throws: QuantizeError.self) {
            try Quantizer(.fast).quantize(folder.file("source"), to: folder.file("target"))
        }
        #expect(try folder.names() == ["source", "whole"])
    }

    /// After the first weight, after some, and after the comparison, before the result takes its place.
    @Test(arguments: [1, 20, .max]) func whoThrowsFromProgressEndsTheWork(at count: Int) throws {
        let folder = try TemporaryFolder()
        try RandomConformer.write(to: folder.file("source"))
        var (calls, wholes) = (0, 0)
        #expect(throws: CancellationError.self) {
            try Quantizer(.fast).quantize(folder.file("source"), to: folder.file("target")) { share in
                (calls, wholes) = (calls + 1, wholes + (share == 1 ? 1 : 0))
                if calls == count || wholes == 2 { throw CancellationError() }
            }
        }
        #expect(try folder.names() == ["source"])
    }

    @Test func whatAKilledRunLeftIsRemovedAndWhatIsBeingWrittenIsNot() throws {
        let folder = try TemporaryFolder()
        try RandomConformer.write(to: folder.file("source"))
        let (left, young) = ("target.partial.\(UUID().uuidString)", "target.partial.\(UUID().uuidString)")
        for name in [left, young, "target.partial", "target.partial.1"] {
            try Data("half".utf8).write(to: folder.file(name))
            if name == young { continue }
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1e9)], ofItemAtPath: folder.file(name).path)
        }
        let held = try AtomicFileWriter(folder.file("other"))
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1e9)], ofItemAtPath: held.temporary.path)
        #expect(PartialFile.removeAbandoned(folder.url, isDryRun: true).isEmpty)
        try Quantizer(.fast).quantize(folder.file("source"), to: folder.file("target"))
        let kept = [held.temporary.lastPathComponent, young, "source", "target", "target.partial", "target.partial.1"]
        #expect(try folder.names() == kept.sorted())
        withExtendedLifetime(held) {}
    }

    @Test func progressEndsWithTheWhole() throws {
        let folder = try TemporaryFolder()
        try RandomConformer.write(to: folder.file("source"))
        var shares: [Double] = []
        try Quantizer(.fast).quantize(folder.file("source"), to: folder.file("target")) { shares.append($0) }
        #expect(shares == shares.sorted())
        #expect(shares.last == 1)
    }

    /// A network with another kind of attention, and one that is no encoder.
    @Test func anotherEncoderIsRefused() throws {
        let folder = try TemporaryFolder()
        var variation = RandomConformer.Variation()
        variation.normalizesScores = false
        try RandomConformer.write(variation, to: folder.file("encoder"))
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let joint = root.appendingPathComponent("Sources/GigaSTT/BuiltInModel/v3_rnnt_joint.onnx")
        for file in [folder.file("encoder"), joint] {
            let error = try #require(throws: QuantizeError.self) {
                try Quantizer(.fast).quantize(file, to: folder.file("target"))
            }
            #expect(error.code == .notRecognised)
        }
        #expect(try folder.names() == ["encoder"])
    }

    /// Bytes of nodes changed at random give an error or another graph; nothing traps, also when the weights are made.
    @Test func damagedSourcesDoNotTrap() throws {
        let folder = try TemporaryFolder()
        try RandomConformer.write(to: folder.file("source"))
        let whole = try Data(contentsOf: folder.file("source"))
        var random = RandomConformer.Numbers(state: 5)
        var (refused, built) = (0, 0)
        for _ in 0..<300 {
            var bytes = whole
            // Nodes come first, then ports, then weights with their sizes.
            let end = Bool.random(using: &random) ? 12_000 : bytes.count
            for _ in 0..<2 {
                bytes[Int.random(in: 0..<end, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            do {
                let model = try ONNXModel(bytes)
                try FastEncoder(ConformerReader(model).read(), of: model).build().write { _ in }
                try ReferenceEncoder(model).build().write { _ in }
                built += 1
            } catch {
                refused += 1
            }
        }
        #expect(refused > 30 && built > 30)
    }
}
