import Foundation
import TestSupport
import Testing

@testable import GigaSTTServer

@Suite struct SpoolFileTests {
    private func mode(_ url: URL) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions] as? Int
    }

    @Test func fileIsPrivateFromTheBeginningAndGoesWithItsOwner() throws {
        let parent = try TemporaryFolder()
        var folder: SpoolFolder? = SpoolFolder(in: parent.url)
        #expect(try parent.names().isEmpty)
        var file = try folder?.makeFile()
        let url = try #require(file?.url)
        try file?.append(Data([1, 2]))
        try file?.append(Data([3]))
        try file?.finish()
        #expect(try Data(contentsOf: url) == Data([1, 2, 3]))
        #expect(try mode(url) == 0o600 && mode(url.deletingLastPathComponent()) == 0o700)
        // The folder stays for its files.
        folder = nil
        #expect(FileManager.default.fileExists(atPath: url.path))
        file = nil
        #expect(try parent.names().isEmpty)
    }

    @Test func fileThatIsThereAlreadyIsNotOpened() throws {
        let parent = try TemporaryFolder()
        let path = parent.path("there")
        try Data([7]).write(to: URL(fileURLWithPath: path))
        let folder = SpoolFolder(in: parent.url)
        #expect(throws: (any Error).self) { _ = try SpoolFile(at: URL(fileURLWithPath: path), in: folder) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data([7]))
    }

    @Test func fileThatIsHandedOverStays() throws {
        let parent = try TemporaryFolder()
        let folder = SpoolFolder(in: parent.url)
        var file: SpoolFile? = try folder.makeFile()
        try file?.append(Data([1]))
        try file?.finish()
        let kept = URL(fileURLWithPath: parent.path("kept"))
        try file?.handOver(to: kept)
        #expect(throws: (any Error).self) { try file?.handOver(to: kept) }
        file = nil
        #expect(try Data(contentsOf: kept) == Data([1]))
    }

    @Test func foldersOfEndedProcessesAreSwept() throws {
        let parent = try TemporaryFolder()
        let url = parent.url
        let living = SpoolFolder(in: url)
        let file = try living.makeFile()
        // As a killed process leaves it: no process holds the lock.
        let stale = url.appendingPathComponent("gigastt-spool-stale")
        try FileManager.default.createDirectory(at: stale, withIntermediateDirectories: false)
        try Data([1]).write(to: stale.appendingPathComponent("speech"))
        let young = url.appendingPathComponent("gigastt-spool-young")
        try FileManager.default.createDirectory(at: young, withIntermediateDirectories: false)
        let old = Date.now.addingTimeInterval(-3_600)
        for folder in [stale, file.url.deletingLastPathComponent()] {
            try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: folder.path)
        }
        _ = try SpoolFolder(in: url).makeFile()
        #expect(!FileManager.default.fileExists(atPath: stale.path))
        #expect(FileManager.default.fileExists(atPath: young.path))
        #expect(FileManager.default.fileExists(atPath: file.url.path))
    }
}
