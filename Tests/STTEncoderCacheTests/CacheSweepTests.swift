import Foundation
import TestSupport
import Testing

@testable import STTEncoderCache

/// What a sweep removes and what it leaves.
@Suite struct CacheSweepTests {
    private static let old = Date(timeIntervalSince1970: 1e9)

    /// An entry of another runtime, last used in 2001.
    private func addStranger(to rig: CacheRig) throws -> URL {
        let name = "0123456789abcdef-ort1.20.0-fedcba9876543210"
        let folder = rig.cache.url.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(count: 1_000).write(to: folder.appendingPathComponent("encoder.data"))
        try Data().write(to: folder.appendingPathComponent("lock"))
        try FileManager.default.setAttributes(
            [.modificationDate: Self.old], ofItemAtPath: folder.appendingPathComponent("lock").path)
        return folder
    }

    private func sweep(_ rig: CacheRig, isDryRun: Bool = false) throws -> CacheSweep.Outcome? {
        try CacheSweep(rig.cache, rig.runtime).run(unusedFor: 7 * 86_400, isDryRun: isDryRun)
    }

    @Test func strangersGoAndTheCurrentEntryStays() throws {
        let rig = try CacheRig()
        try rig.builder.prepare(rig.encoder).expect(.made)
        let stranger = try addStranger(to: rig)
        let leftover = rig.cache.url.appendingPathComponent("building.1")
        try FileManager.default.createDirectory(at: leftover, withIntermediateDirectories: true)
        let before = rig.names
        let trial = try #require(try sweep(rig, isDryRun: true))
        #expect(rig.names == before)
        let outcome = try #require(try sweep(rig))
        for outcome in [trial, outcome] {
            #expect(outcome.keptCount == 1)
            #expect(outcome.entries == [.init(path: stranger.path, byteCount: 1_000)])
            #expect(outcome.leftovers.map(\.path) == [leftover.path])
        }
        #expect(rig.names.count == 3)
        #expect(rig.found != nil)
    }

    @Test func anEntryInUseStaysAndGoesWhenItIsLetGo() throws {
        let rig = try CacheRig()
        try rig.builder.prepare(rig.encoder).expect(.made)
        var prepared = rig.found
        #expect(prepared != nil)
        // The model is gone, and it was last used long ago: nothing speaks for the entry but that it is held.
        try FileManager.default.removeItem(at: rig.encoder)
        let entry = try #require(rig.entry)
        try FileManager.default.setAttributes(
            [.modificationDate: Self.old], ofItemAtPath: entry.appendingPathComponent("lock").path)
        #expect(try sweep(rig)?.keptCount == 1)
        prepared = nil
        #expect(try sweep(rig)?.entries.count == 1)
        #expect(rig.entry == nil)
        withExtendedLifetime(prepared) {}
    }

    @Test func aSweepDoesNotDisturbWhoeverIsAtWork() throws {
        let rig = try CacheRig()
        _ = try addStranger(to: rig)
        let lock = try FileLock.take(rig.cache.url.appendingPathComponent(".lock"), .exclusive)
        #expect(try sweep(rig) == nil)
        #expect(rig.entry != nil)
        withExtendedLifetime(lock) {}
    }

    @Test func aCacheThatIsNotThereIsNotMade() throws {
        let rig = try CacheRig()
        let outcome = try #require(try sweep(rig))
        #expect(outcome.keptCount == 0 && outcome.entries.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: rig.cache.url.path))
    }

    @Test func whatIsNotOursStays() throws {
        let rig = try CacheRig()
        try FileManager.default.createDirectory(at: rig.cache.url, withIntermediateDirectories: true)
        for name in ["notes.txt", "0123-ort1-4567"] { try Data().write(to: rig.cache.url.appendingPathComponent(name)) }
        _ = try sweep(rig)
        #expect(rig.names == [".lock", "0123-ort1-4567", "notes.txt"])
    }
}
