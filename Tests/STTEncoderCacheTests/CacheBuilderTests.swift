import Foundation
import TestSupport
import Testing

@testable import STTEncoderCache

/// How prepared encoders come about.
@Suite struct CacheBuilderTests {
    @Test(arguments: [Quantizer.Form?.none, .reference, .fast])
    func anEncoderIsPreparedOnceAndComputesTheSame(of form: Quantizer.Form?) throws {
        let rig = try CacheRig()
        if let form { try Quantizer(form).quantize(rig.encoder, to: rig.encoder, replacing: true) }
        #expect(rig.found == nil)
        var shares: [Double] = []
        #expect(try rig.builder.prepare(rig.encoder, progress: { shares.append($0) }) == .made)
        #expect(shares == shares.sorted())
        #expect(shares.last == 1)
        let prepared = try #require(rig.found)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: prepared.folder.path).sorted()
                == ["encoder.data", "encoder.kernels", "encoder.onnx", "lock", "manifest.json"])
        let (expected, values) = (try rig.output(of: rig.encoder), try rig.output(of: prepared.graph))
        #expect(expected.count == values.count)
        let products = zip(expected, values).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        let norms = [expected, values].map { $0.reduce(0) { $0 + Double($1) * Double($1) } }
        #expect(products / (norms[0] * norms[1]).squareRoot() > 0.99)
        #expect(try rig.builder.prepare(rig.encoder) == .present)
    }

    @Test func whatIsPreparedIsUsedWithoutWriting() throws {
        let rig = try CacheRig()
        #expect(try rig.builder.prepare(rig.encoder) == .made)
        // Tests may run as root, for whom no folder is read-only: what counts is that nothing is written.
        let before = try Self.contents(rig.cache.url)
        #expect(rig.found != nil)
        #expect(try rig.builder.prepare(rig.encoder) == .present)
        #expect(try Self.contents(rig.cache.url) == before)
    }

    private static func contents(_ folder: URL) throws -> [String: Data] {
        var contents: [String: Data] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
            contents[path] = FileManager.default.contents(atPath: folder.appendingPathComponent(path).path)
        }
        return contents
    }

    @Test func aModelOfAnotherKindIsLeftAloneAndNothingIsMade() throws {
        let rig = try CacheRig()
        let other = Recordings.root.appendingPathComponent("Sources/GigaSTT/BuiltInModel/v3_rnnt_joint.onnx")
        #expect(try rig.builder.prepare(other) == .unsuitable)
        #expect(rig.names.isEmpty)
    }

    @Test func aChangedModelIsPreparedAnew() throws {
        let rig = try CacheRig()
        try rig.builder.prepare(rig.encoder).expect(.made)
        try Quantizer(.reference).quantize(rig.encoder, to: rig.encoder, replacing: true)
        #expect(rig.found == nil)
        try rig.builder.prepare(rig.encoder).expect(.made)
        #expect(rig.names.filter { $0.contains("-ort") }.count == 2)
        // A copy elsewhere is the same model: it is read once, not made again.
        let copy = rig.folder.url.appendingPathComponent("copy.onnx")
        try FileManager.default.copyItem(at: rig.encoder, to: copy)
        if case .found = rig.cache.find(copy, for: rig.runtime) { Issue.record("no process has read the copy yet") }
        try rig.builder.prepare(copy).expect(.present)
        guard case .found = rig.cache.find(copy, for: rig.runtime) else {
            Issue.record("the copy is known now")
            return
        }
    }

    @Test func onlyOneAtATimeMakesEntries() throws {
        let rig = try CacheRig()
        try FileManager.default.createDirectory(at: rig.cache.url, withIntermediateDirectories: true)
        let lock = try FileLock.take(rig.cache.url.appendingPathComponent(".lock"), .exclusive)
        #expect(try rig.builder.prepare(rig.encoder) == .busy)
        #expect(rig.names == [".lock"])
        withExtendedLifetime(lock) {}
    }

    @Test(arguments: [1, 3, 20]) func aCancelledPreparationLeavesNothing(after count: Int) throws {
        let rig = try CacheRig()
        var questions = 0
        #expect(throws: CancellationError.self) {
            try rig.builder.prepare(
                rig.encoder,
                isCancelled: {
                    questions += 1
                    return questions >= count
                })
        }
        #expect(rig.names == [".lock"])
        #expect(questions == count)
        try rig.builder.prepare(rig.encoder).expect(.made)
    }

    @Test func whatAKilledRunLeftIsRemovedByTheNext() throws {
        let rig = try CacheRig()
        for name in ["building.1", "removed.2"] {
            let folder = rig.cache.url.appendingPathComponent(name)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data("half".utf8).write(to: folder.appendingPathComponent("encoder.onnx"))
        }
        #expect(rig.found == nil)
        try rig.builder.prepare(rig.encoder).expect(.made)
        #expect(rig.names.count == 3, "\(rig.names)")
    }

    @Test func aFolderThatCannotBeMadeIsUnwritable() throws {
        let rig = try CacheRig()
        // A file in the place of the folder.
        try Data().write(to: rig.cache.url)
        let error = try #require(throws: EncoderCacheError.self) { try rig.builder.prepare(rig.encoder) }
        #expect(error.code == .unwritable)
        #expect(!error.message.contains(rig.folder.url.path))
    }
}

extension CacheBuilder.Outcome {
    func expect(_ outcome: Self, at location: SourceLocation = #_sourceLocation) {
        #expect(self == outcome, sourceLocation: location)
    }
}
