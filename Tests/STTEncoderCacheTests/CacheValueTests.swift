import Foundation
import TestSupport
import Testing

@testable import STTEncoderCache

/// What entries are called, what identifies files and machines, and which entries stay.
@Suite struct CacheValueTests {
    private static let runtime = RuntimeFingerprint(version: "1.32.0", build: "release", processor: "x86_64: avx2")

    @Test func aNameChangesWithEverythingThatAnEntryDependsOn() {
        let digest = String(repeating: "ab", count: 32)
        let names = [
            CacheKey(model: digest, Self.runtime),
            CacheKey(model: String(digest.reversed()), Self.runtime),
            CacheKey(model: digest, RuntimeFingerprint(version: "1.33.0", build: "release", processor: "x86_64: avx2")),
            CacheKey(model: digest, RuntimeFingerprint(version: "1.32.0", build: "debug", processor: "x86_64: avx2")),
            CacheKey(
                model: digest, RuntimeFingerprint(version: "1.32.0", build: "release", processor: "x86_64: avx2 fma")),
        ].map(\.description)
        #expect(Set(names).count == names.count)
        #expect(names[0].hasPrefix("abababababababab-ort1.32.0-"))
        #expect(names.map { CacheKey.belongs($0, to: Self.runtime) } == [true, true, false, false, false])
    }

    @Test func aVersionCannotLeaveTheFolder() {
        let runtime = RuntimeFingerprint(version: "../../1.32", build: "", processor: "")
        let name = CacheKey(model: String(repeating: "0", count: 64), runtime).description
        #expect(!name.contains("/"))
    }

    @Test func instructionSetsAreThoseThatKernelsAreChosenBy() {
        let text = """
            processor\t: 0
            model name\t: Some
            flags\t\t: fpu avx512_vnni sse avx2 rdpid fma
            processor\t: 1
            flags\t\t: fpu avx512_vnni
            """
        #expect(RuntimeFingerprint.instructions(ofProcessorFile: text) == "avx2 avx512_vnni fma sse")
        #expect(RuntimeFingerprint.instructions(ofProcessorFile: "Features\t: fp asimd i8mm crc32") == "asimd i8mm")
        #expect(RuntimeFingerprint.instructions(ofProcessorFile: "") == "")
    }

    @Test(arguments: [
        // Zen 4, Ice Lake, Alder Lake, Skylake with AVX-512, Haswell; Cortex-A76, Cortex-A72.
        ("x86_64: avx2 avx512_bf16 avx512_vnni avx512bw avx512dq avx512f avx512vl fma", true),
        ("x86_64: avx2 avx512_vnni avx512bw avx512dq avx512f avx512vl fma", true),
        ("x86_64: avx2 avx_vnni fma", true),
        ("x86_64: avx2 avx512bw avx512dq avx512f avx512vl fma", false),
        ("x86_64: avx2 fma", false),
        ("aarch64: asimd asimddp", true),
        ("aarch64: asimd", false),
        ("arm64: Apple M1", true),
    ]) func weightsArePackedForProcessorsWithKernels(_ processor: String, _ isPacked: Bool) {
        let runtime = RuntimeFingerprint(version: "1.32.0", build: "release", processor: processor)
        #expect(runtime.runsKernels == isPacked)
    }

    @Test func aFileIsKnownAgainUntilItIsChangedOrReplaced() throws {
        let folder = try TemporaryFolder()
        let file = URL(fileURLWithPath: try folder.write(Data("weights".utf8), as: "model"))
        let first = try #require(FileIdentity(of: file))
        #expect(FileIdentity(of: file) == first)
        let link = folder.url.appendingPathComponent("link")
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
        #expect(FileIdentity(of: link) == first)
        // Another file of the same size and time.
        let other = URL(fileURLWithPath: try folder.write(Data("WEIGHTS".utf8), as: "other"))
        let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
        let date = try #require(attributes[.modificationDate] as? Date)
        try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: other.path)
        #expect(rename(other.path, file.path) == 0)
        #expect(FileIdentity(of: file)?.byteCount == first.byteCount)
        #expect(FileIdentity(of: file) != first)
        #expect(FileIdentity(of: folder.url) == nil)
        #expect(FileIdentity(of: folder.url.appendingPathComponent("none")) == nil)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let runtime: Bool
        let model: Bool
        let used: Bool
        let age: TimeInterval
        let stays: Bool
    }

    static let cases = [
        Case(testDescription: "of the next start", runtime: true, model: true, used: false, age: 1e9, stays: true),
        Case(
            testDescription: "of another runtime, old", runtime: false, model: true, used: false, age: 11, stays: false),
        Case(testDescription: "of another runtime, new", runtime: false, model: true, used: false, age: 9, stays: true),
        Case(testDescription: "of no model, old", runtime: true, model: false, used: false, age: 11, stays: false),
        Case(testDescription: "of no model, new", runtime: true, model: false, used: false, age: 9, stays: true),
        Case(testDescription: "in use", runtime: false, model: false, used: true, age: 1e9, stays: true),
    ]

    @Test(arguments: cases) func anEntryStaysAsLongAsItMayBeUsed(_ entry: Case) {
        let rule = SweepRule(
            isOfThisRuntime: entry.runtime, isOfKnownModel: entry.model, isInUse: entry.used, unusedFor: entry.age)
        #expect(rule.keeps(limit: 10) == entry.stays)
    }

    @Test func aLockIsOneProcesssAtATimeAndReadersShare() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("lock")
        #expect(throws: EncoderCacheError.self) { try FileLock.take(file, .shared) }
        var first = try FileLock.take(file, .exclusive)
        #expect(first != nil)
        #expect(try FileLock.take(file, .exclusive) == nil)
        #expect(try FileLock.take(file, .shared) == nil)
        first = nil
        let readers = try [FileLock.take(file, .shared), FileLock.take(file, .shared)]
        #expect(readers.allSatisfy { $0 != nil })
        #expect(try FileLock.take(file, .exclusive) == nil)
        withExtendedLifetime((first, readers)) {}
    }
}
