import Foundation
import GigaSTT
import TestSupport
import Testing

/// The voices that are known by name, in memory and in a folder.
@Suite struct VoiceStoreTests {
    private func voice(_ name: String, model: String = "m") -> VoicePrint {
        VoicePrint(name: name, vector: [0.6, -0.8], seconds: 7.5, model: model)
    }

    private func mode(_ path: String) throws -> Int {
        (try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber)?.intValue ?? -1
    }

    @Test func filesAndFolderAreForTheirUserOnlyAndSayNoNames() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("voices")
        let store = try VoiceStore(in: URL(fileURLWithPath: path))
        let added = try #require(try store.add(voice("Анна")))
        #expect(try mode(path) == 0o700)
        let files = try FileManager.default.contentsOfDirectory(atPath: path)
        #expect(files == [added.id + ".json"] && added.id.count == 32)
        #expect(try mode("\(path)/\(files[0])") == 0o600)
        // Another process reads the same.
        let second = try VoiceStore(in: URL(fileURLWithPath: path))
        #expect(try second.voices() == [added] && added.print == voice("Анна"))
    }

    @Test func aFolderThatOthersCanReadIsRefused() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.url.path)
        let error = #expect(throws: GigaSTTError.self) { try VoiceStore(in: folder.url) }
        #expect(error?.code == .invalidOption && error?.message.contains("chmod 700") == true)
    }

    @Test func whatAnotherProcessChangesCounts() throws {
        let folder = try TemporaryFolder()
        let url = folder.file("voices")
        let (first, second) = (try VoiceStore(in: url), try VoiceStore(in: url))
        let added = try #require(try first.add(voice("Анна")))
        #expect(try second.known(model: "m", leastSimilarity: 0.7)?.count == 1)
        #expect(try second.remove(id: added.id) && first.voices().isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: url.path).isEmpty)
        #expect(try first.known(model: "m", leastSimilarity: 0.7) == nil)
    }

    @Test func aNameIsTakenOnceAndFreeAfterItsRemoval() throws {
        let store = VoiceStore()
        let added = try #require(try store.add(voice("Анна")))
        #expect(try store.add(voice("Анна")) == nil)
        #expect(try store.remove(id: added.id) && !store.remove(id: added.id) && store.add(voice("Анна")) != nil)
    }

    @Test func voicesOfAnotherModelGiveNoNames() throws {
        let store = VoiceStore()
        _ = try store.add(voice("Анна"))
        _ = try store.add(voice("Пётр", model: "another"))
        #expect(try store.known(model: "m", leastSimilarity: 0.7)?.count == 1)
        #expect(try store.known(model: "third", leastSimilarity: 0.7) == nil)
    }

    @Test func filesThatAreNoVoicesAreCountedAndErasedWithTheRest() throws {
        let folder = try TemporaryFolder()
        let url = folder.file("voices")
        _ = try VoiceStore(in: url).add(voice("Анна"))
        for (name, text) in [("a.json", "{}"), ("b.json", ""), ("c.json", String(repeating: " ", count: 70_000))] {
            try Data(text.utf8).write(to: url.appendingPathComponent(name))
        }
        let store = try VoiceStore(in: url)
        #expect(try store.voices().map(\.print.name) == ["Анна"] && store.unreadableCount == 3)
        #expect(try store.removeAll() == 4)
        #expect(try FileManager.default.contentsOfDirectory(atPath: url.path).isEmpty)
    }

    /// A process that ends while it writes leaves a file of a voice; one that is being written stays.
    @Test func unfinishedFilesAreErased() throws {
        let folder = try TemporaryFolder()
        let url = folder.file("voices")
        _ = try VoiceStore(in: url)
        let names = ["a", "b"].map { "." + String(repeating: $0, count: 32) + ".new" }
        for (name, age) in zip(names, [120.0, 0]) {
            let path = url.appendingPathComponent(name).path
            try Data("{}".utf8).write(to: URL(fileURLWithPath: path))
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -age)], ofItemAtPath: path)
        }
        let store = try VoiceStore(in: url)
        #expect(try FileManager.default.contentsOfDirectory(atPath: url.path) == [names[1]])
        #expect(try store.removeAll() == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: url.path).isEmpty)
    }

    /// One voice of another dimension takes no names from the others.
    @Test func aVoiceOfAnotherDimensionIsNotUsed() throws {
        let store = VoiceStore()
        for name in ["Анна", "Пётр"] { _ = try store.add(voice(name)) }
        _ = try store.add(VoicePrint(name: "Ольга", vector: [1, 0, 0], seconds: 7.5, model: "m"))
        #expect(try store.known(model: "m", leastSimilarity: 0.7)?.count == 2)
        #expect(store.unreadableCount == 1)
        #expect(try store.removeAll() == 3 && store.unreadableCount == 0)
    }

    @Test func thereAreTenThousandVoicesAtMost() throws {
        let store = VoiceStore()
        for index in 0..<10_000 { _ = try store.add(voice("\(index)")) }
        let error = #expect(throws: GigaSTTError.self) { try store.add(voice("one more")) }
        #expect(error?.code == .overloaded)
        #expect(try store.known(model: "m", leastSimilarity: 0.7)?.count == 10_000)
    }
}
