import Foundation
import TestSupport
import Testing

@testable import STTJobs

/// What every store of recordings must do. A suite for a store calls each with a new, empty store and its job folder.
enum AudioStoreConformance {
    typealias Check = @Sendable (any AudioStore, JobFolder) async throws -> Void

    static let all: [(name: String, check: Check)] = [
        ("aStoreCanBeOpened", aStoreCanBeOpened),
        ("aRecordingIsReadAsItWasKept", aRecordingIsReadAsItWasKept),
        ("keepingAgainChangesNothing", keepingAgainChangesNothing),
        ("whatIsNotKeptIsNotThere", whatIsNotKeptIsNotThere),
        ("whatIsRemovedIsGone", whatIsRemovedIsGone),
        ("recordingsAreListedWithTheirTimes", recordingsAreListedWithTheirTimes),
        ("aRecordingIsReadByManyAtOnce", aRecordingIsReadByManyAtOnce),
    ]

    @Sendable static func aStoreCanBeOpened(_ store: any AudioStore, _ folder: JobFolder) async throws {
        try await store.open()
        #expect(try await store.recordings().isEmpty)
        #expect(folder.files().isEmpty)
    }

    /// Also one of several blocks, and an empty one.
    @Sendable static func aRecordingIsReadAsItWasKept(_ store: any AudioStore, _ folder: JobFolder) async throws {
        for count in [0, 1, 700_001] {
            let bytes = Data((0..<count).map { UInt8(truncatingIfNeeded: $0 / 251 + $0) })
            let name = try folder.write(bytes)
            #expect(try await store.keep(name) == count)
            store.release(folder.audio(name))
            let file = try #require(try await store.file(name))
            #expect(try Data(contentsOf: file) == bytes)
            store.release(file)
            #expect(folder.files().count == (store.isRemote ? 0 : 1))
            try await store.remove(name)
        }
    }

    /// An answer that was lost.
    @Sendable static func keepingAgainChangesNothing(_ store: any AudioStore, _ folder: JobFolder) async throws {
        let name = try folder.write(Data([1, 2, 3]))
        for _ in 0..<2 { #expect(try await store.keep(name) == 3) }
        let file = try #require(try await store.file(name))
        #expect(try Data(contentsOf: file) == Data([1, 2, 3]))
        #expect(try await store.recordings().count == 1)
    }

    @Sendable static func whatIsNotKeptIsNotThere(_ store: any AudioStore, _ folder: JobFolder) async throws {
        let name = UUID().uuidString
        #expect(try await store.file(name) == nil)
        try await store.remove(name)
        await #expect(throws: JobStoreError.self) { try await store.keep(name) }
        #expect(try await store.recordings().isEmpty)
        #expect(folder.files().isEmpty)
    }

    @Sendable static func whatIsRemovedIsGone(_ store: any AudioStore, _ folder: JobFolder) async throws {
        let name = try folder.write(Data([7]))
        _ = try await store.keep(name)
        store.release(folder.audio(name))
        try await store.remove(name)
        #expect(try await store.file(name) == nil)
        #expect(try await store.recordings().isEmpty)
        #expect(folder.files().isEmpty)
    }

    @Sendable static func recordingsAreListedWithTheirTimes(
        _ store: any AudioStore, _ folder: JobFolder
    ) async throws {
        var names: Set<String> = []
        for number in 0..<5 {
            let name = try folder.write(Data([UInt8(number)]))
            _ = try await store.keep(name)
            names.insert(name)
        }
        let found = try await store.recordings()
        #expect(Set(found.keys) == names)
        #expect(found.values.allSatisfy { abs($0 - Date.now.timeIntervalSince1970) < 120 })
    }

    /// Another attempt at a job may begin before the last one has ended.
    @Sendable static func aRecordingIsReadByManyAtOnce(_ store: any AudioStore, _ folder: JobFolder) async throws {
        let name = try folder.write(Data(repeating: 5, count: 300_000))
        _ = try await store.keep(name)
        store.release(folder.audio(name))
        try await withThrowingTaskGroup(of: Data?.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    guard let file = try await store.file(name) else { return nil }
                    defer { store.release(file) }
                    return try Data(contentsOf: file)
                }
            }
            for try await data in group { #expect(data == Data(repeating: 5, count: 300_000)) }
        }
    }
}

extension JobFolder {
    /// Writes a recording, as one that arrives, and returns its name.
    func write(_ bytes: Data) throws -> String {
        let name = UUID().uuidString
        try bytes.write(to: audio(name))
        return name
    }
}

/// The store in the job folder.
@Suite struct JobFolderTests {
    @Test(arguments: [false, true], AudioStoreConformance.all.map(\.name)) func conforms(
        _ isShared: Bool, _ name: String
    ) async throws {
        let check = try #require(AudioStoreConformance.all.first { $0.name == name }).check
        let folder = try TemporaryFolder()
        let store = try JobFolder(folder.url, isShared: isShared)
        try await check(store, store)
    }
}
