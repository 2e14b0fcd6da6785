import Foundation
import TestSupport
import Testing

@testable import STTEncoderCache

/// An entry that is not what it was is removed, never loaded.
@Suite struct CacheDamageTests {
    enum Damage: String, Sendable, CaseIterable {
        case flippedWeight, flippedGraph, shortWeights, shortGraph, noWeights, noManifest, emptyManifest, otherManifest
        case strangeFiles, noLock, flippedKernels, noKernels
    }

    @Test(arguments: Damage.allCases) func aDamagedEntryIsRemoved(_ damage: Damage) throws {
        let rig = try CacheRig()
        try rig.builder.prepare(rig.encoder).expect(.made)
        let entry = try #require(rig.entry)
        try Self.inflict(damage, on: entry)
        let error = try #require(rig.damage)
        #expect(error.message.contains("made again"))
        #expect(rig.entry == nil)
        #expect(rig.names.allSatisfy { !$0.hasPrefix("removed.") })
        #expect(rig.found == nil)
        try rig.builder.prepare(rig.encoder).expect(.made)
        #expect(rig.found != nil)
    }

    private static func inflict(_ damage: Damage, on entry: URL) throws {
        func file(_ name: String) -> URL { entry.appendingPathComponent(name) }
        switch damage {
        case .flippedWeight: try flip(file("encoder.data"))
        case .flippedGraph: try flip(file("encoder.onnx"))
        case .flippedKernels: try flip(file("encoder.kernels"))
        case .noKernels: try FileManager.default.removeItem(at: file("encoder.kernels"))
        case .shortWeights: try shorten(file("encoder.data"))
        case .shortGraph: try shorten(file("encoder.onnx"))
        case .noWeights: try FileManager.default.removeItem(at: file("encoder.data"))
        case .noManifest: try FileManager.default.removeItem(at: file("manifest.json"))
        case .emptyManifest: try Data().write(to: file("manifest.json"))
        case .otherManifest: try replace("\"entry\" : \"", "\"entry\" : \"0", in: file("manifest.json"))
        case .strangeFiles: try replace("encoder.data", "../../encoder.onnx", in: file("manifest.json"))
        case .noLock: try FileManager.default.removeItem(at: file("lock"))
        }
    }

    private static func flip(_ url: URL) throws {
        let handle = try FileHandle(forUpdating: url)
        let middle = try handle.seekToEnd() / 2
        try handle.seek(toOffset: middle)
        let byte = try #require(try handle.read(upToCount: 1)?.first)
        try handle.seek(toOffset: middle)
        try handle.write(contentsOf: Data([byte ^ 0x10]))
        try handle.close()
    }

    private static func shorten(_ url: URL) throws {
        let handle = try FileHandle(forUpdating: url)
        try handle.truncate(atOffset: handle.seekToEnd() - 100)
        try handle.close()
    }

    private static func replace(_ text: String, _ other: String, in url: URL) throws {
        let content = try String(contentsOf: url, encoding: .utf8)
        #expect(content.contains(text))
        try Data(content.replacingOccurrences(of: text, with: other).utf8).write(to: url)
    }

    @Test func whoPreparesADamagedEntryRepairsIt() throws {
        let rig = try CacheRig()
        try rig.builder.prepare(rig.encoder).expect(.made)
        try Self.inflict(.flippedWeight, on: try #require(rig.entry))
        try rig.builder.prepare(rig.encoder).expect(.repaired("encoder.data was changed"))
        #expect(rig.found != nil)
    }

    /// A copy or a backup that was put back has other times, but the same content.
    @Test func onlyTheTimeOfChangeIsNoDamage() throws {
        let rig = try CacheRig()
        try rig.builder.prepare(rig.encoder).expect(.made)
        let weights = try #require(rig.entry).appendingPathComponent("encoder.data")
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1e9)], ofItemAtPath: weights.path)
        #expect(rig.found != nil)
        let manifest = try EntryManifest(contentsOf: try #require(rig.entry))
        #expect(manifest.files.first { $0.name == "encoder.data" }?.modified == 1_000_000_000_000_000_000)
        #expect(manifest.model == "encoder.onnx")
    }

    @Test func aDamagedStampMeansThatNothingIsKnown() throws {
        let rig = try CacheRig()
        try rig.builder.prepare(rig.encoder).expect(.made)
        let stamps = rig.cache.url.appendingPathComponent("models")
        let name = try #require(try FileManager.default.contentsOfDirectory(atPath: stamps.path).first)
        try Data("{".utf8).write(to: stamps.appendingPathComponent(name))
        #expect(rig.found == nil)
        try rig.builder.prepare(rig.encoder).expect(.present)
        #expect(rig.found != nil)
    }
}
