import Foundation
import GRDB
import TestSupport
import Testing

@testable import STTJobs

/// The store in SQLite: what every store does, and what a file on the disk adds to it.
@Suite struct SQLiteJobStoreTests {
    @Test(arguments: JobStoreConformance.all.map(\.name)) func conforms(_ name: String) async throws {
        let folder = try TemporaryFolder()
        let check = try #require(JobStoreConformance.all.first { $0.name == name })
        try await check.check(try SQLiteJobStore(in: folder.url, makesDeliveries: true))
    }

    @Test func jobsOutliveTheProcess() async throws {
        let folder = try TemporaryFolder()
        var store: SQLiteJobStore? = try SQLiteJobStore(in: folder.url)
        try await store?.add("a")
        let lease = try #require(try await store?.claim(until: 10, at: 1)).lease
        let utterance = StoredUtterance(number: 0, end: 2, content: Array("привет".utf8))
        #expect(try await store?.append(utterance, lease, until: 10) == true)
        let before = try await store?.known("a")
        store = nil
        let again = try SQLiteJobStore(in: folder.url)
        #expect(try await again.known("a") == before)
        #expect(try await again.utterances(of: "a") == [utterance])
    }

    /// A receiver that never answers must not fill the disk.
    @Test func theOldestDeliveriesAreDropped() async throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteJobStore(in: folder.url, makesDeliveries: true, deliveryLimit: 3)
        for (time, id) in ["a", "b", "c", "d", "e"].enumerated() {
            try await store.add(id)
            _ = try await store.cancel(id, for: .all, at: Double(time))
        }
        #expect(try await store.dueDeliveries(limit: 9, at: 9).map(\.job) == ["c", "d", "e"])
    }

    @Test func messagesAboutCallsAreBoundedToo() async throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteJobStore(in: folder.url, makesDeliveries: true, deliveryLimit: 2)
        for (time, id) in ["a", "b", "c"].enumerated() {
            #expect(try await store.add("{\(id)}", id: id, call: "call", at: Double(time)))
        }
        #expect(try await store.add("other", id: "c", call: "call", at: 3) == false)
        let due = try await store.dueDeliveries(limit: 9, at: 9)
        #expect(due.map(\.id) == ["b", "c"] && due.map(\.content) == ["{b}", "{c}"])
        try await store.settle(due[0], as: .delivered)
        #expect(try await store.deliveryCount() == 1)
    }

    @Test func whatIsReportedAsStoredIsOnTheDisk() async throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteJobStore(in: folder.url)
        let settings = try await store.settings()
        // Of SQLite's documentation: 2 is FULL, 1 is on.
        #expect(settings == ["wal", "2", "1"])
    }

    @Test func aNewerSchemaIsRefused() async throws {
        let folder = try TemporaryFolder()
        do {
            let store = try SQLiteJobStore(in: folder.url)
            try await store.execute("INSERT INTO grdb_migrations VALUES ('9 of the future')")
        }
        let error = #expect(throws: JobStoreError.self) { try SQLiteJobStore(in: folder.url) }
        #expect(error?.code == .newerSchema)
    }

    @Test func aFileThatIsNoDatabaseIsRefused() throws {
        let folder = try TemporaryFolder()
        try Data(repeating: 7, count: 8_192).write(to: folder.url.appendingPathComponent(SQLiteJobStore.fileName))
        let error = #expect(throws: JobStoreError.self) { try SQLiteJobStore(in: folder.url) }
        #expect(error?.code == .damaged)
    }

    @Test func aFolderThatCannotBeUsedIsRefused() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("file")
        try Data().write(to: file)
        let error = #expect(throws: JobStoreError.self) { try JobFolder(file.appendingPathComponent("jobs")) }
        #expect(error?.code == .unusable)
        #expect(error?.message.contains(file.path) == false)
    }

    @Test func aFolderIsUsedByOneServerAtATime() throws {
        let folder = try TemporaryFolder()
        var first: JobFolder? = try JobFolder(folder.url)
        let error = #expect(throws: JobStoreError.self) { try JobFolder(folder.url) }
        #expect(error?.code == .inUse)
        withExtendedLifetime(first) {}
        first = nil
        _ = try JobFolder(folder.url)
    }

    /// A child has a copy of each descriptor until it starts its program.
    @Test func aCopyOfTheDescriptorDoesNotKeepTheFolder() throws {
        let folder = try TemporaryFolder()
        var first: JobFolder? = try JobFolder(folder.url)
        withExtendedLifetime(first) {}
        var (file, other) = (stat(), stat())
        #expect(stat(folder.url.appendingPathComponent("lock").path, &file) == 0)
        let locked = (0..<1_024).filter {
            fstat($0, &other) == 0 && (other.st_dev, other.st_ino) == (file.st_dev, file.st_ino)
        }
        let copy = dup(try #require(locked.first))
        defer { close(copy) }
        first = nil
        _ = try JobFolder(folder.url)
    }

    @Test func aSharedFolderIsUsedByManyServers() throws {
        let folder = try TemporaryFolder()
        let (first, second) = (try JobFolder(folder.url, isShared: true), try JobFolder(folder.url, isShared: true))
        try Data([1]).write(to: first.audio("a"))
        #expect(second.files().keys.sorted() == ["a"])
    }

    @Test func aDatabaseWithoutRoomSaysSoAndRecovers() async throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteJobStore(in: folder.url)
        try await store.execute("PRAGMA max_page_count = 40")
        var failure: JobStoreError?
        var count = 0
        while failure == nil, count < 10_000 {
            do {
                try await store.add("\(1_000 + count)")
                count += 1
            } catch let error as JobStoreError {
                failure = error
            }
        }
        #expect(failure?.code == .full)
        #expect(try await store.counts() == [.queued: count])
        // What is removed makes room.
        for number in 0..<count / 2 { _ = try await store.erase("\(1_000 + number)", for: .all) }
        try await store.add("again")
        #expect(try await store.counts() == [.queued: count - count / 2 + 1])
    }

    /// Reads the files byte by byte: text that was recognised is in none of them.
    @Test func whatIsErasedCannotBeReadFromTheDisk() async throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteJobStore(in: folder.url)
        for (id, text) in [("a", "осьминог"), ("b", "кашалот")] {
            try await store.add(id)
            let lease = try #require(try await store.claim(until: 10, at: 1)).lease
            #expect(
                try await store.append(
                    StoredUtterance(number: 0, end: 1, content: Array(text.utf8)), lease, until: 10))
        }
        #expect(try folder.holds("осьминог"))
        _ = try await store.erase("a", for: .all)
        #expect(try !folder.holds("осьминог"))
        #expect(try folder.holds("кашалот"))
    }
}

extension SQLiteJobStore {
    fileprivate func execute(_ sql: String) async throws {
        try await pool.writeWithoutTransaction { try $0.execute(sql: sql) }
    }

    /// The journal, the synchronisation, and whether what is removed is overwritten.
    fileprivate func settings() async throws -> [String?] {
        try await pool.writeWithoutTransaction { db in
            try ["journal_mode", "synchronous", "secure_delete"].map {
                try String.fetchOne(db, sql: "PRAGMA \($0)")
            }
        }
    }
}

@Suite struct ReferenceFolderTests {
    @Test(arguments: [
        ("call.wav", true), ("sub/call.wav", true), ("sub/../call.wav", true), ("./call.wav", true),
        ("in.wav", true), ("", false), (".", false), ("sub", false), ("none.wav", false), ("../outside.wav", false),
        ("sub/../../outside.wav", false), ("/etc/hostname", false), ("out.wav", false), ("outdir/outside.wav", false),
        ("two\nlines.wav", true), ("a\0b", false), ("../root-twin/x.wav", false),
    ]) func onlyFilesBelowItAreFound(_ path: String, _ isFound: Bool) throws {
        let folder = try TemporaryFolder()
        let root = folder.url.appendingPathComponent("root")
        let twin = folder.url.appendingPathComponent("root-twin")
        for url in [root.appendingPathComponent("sub"), twin] {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        }
        for name in ["root/call.wav", "root/sub/call.wav", "outside.wav", "root/two\nlines.wav", "root-twin/x.wav"] {
            try Data([1]).write(to: folder.url.appendingPathComponent(name))
        }
        for (link, target) in [("in.wav", "call.wav"), ("out.wav", "../outside.wav"), ("outdir", "..")] {
            try FileManager.default.createSymbolicLink(
                atPath: root.appendingPathComponent(link).path, withDestinationPath: target)
        }
        #expect((ReferenceFolder(root.path).file(path) != nil) == isFound)
    }
}

extension TemporaryFolder {
    /// Whether any file holds the text.
    func holds(_ text: String) throws -> Bool {
        try names().contains { try Data(contentsOf: url.appendingPathComponent($0)).range(of: Data(text.utf8)) != nil }
    }
}
