import Foundation
import STTMedia
import Testing

@Suite struct SourceTests {
    private func failure(_ path: String) -> MediaError? { Reading.failure(.file(URL(fileURLWithPath: path))) }

    @Test func whatIsNoReadableFileIsNamedWithoutItsPath() throws {
        let folder = try Recordings.shared.get().folder
        let failures = [
            failure(folder.appendingPathComponent("missing.wav").path), failure(folder.path), failure("/dev/zero"),
            Reading.failure(.file(try #require(URL(string: "http://localhost/a.wav")))),
        ]
        #expect(failures.allSatisfy { $0?.code == .unreadable })
        #expect(Set(failures.map { $0?.message }).count == failures.count)
        #expect(failures.allSatisfy { $0.map { !$0.description.contains(folder.path) } ?? false })
        #expect(failures[0]?.debugDescription.contains("missing.wav") == true)
        // What an alert shows.
        #expect(failures.allSatisfy { ($0 as (any Error)?)?.localizedDescription == $0?.message })
    }

    @Test(.enabled(if: geteuid() != 0, "the superuser may read everything"))
    func aFileWithoutPermissionSaysSo() throws {
        let url = try Recordings.shared.get().folder.appendingPathComponent("locked.wav")
        try Data(WaveBytes().file([0, 0])).write(to: url)
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: url.path)
        #expect(failure(url.path)?.message.hasPrefix("No permission") == true)
    }

    @Test func aStreamThatFailsIsUnreadableEvenAfterSomeAudio() throws {
        struct Broken: Error {}
        let start = WaveBytes(statedSize: .max).file(Array(repeating: 1, count: 4000))
        for bytes in [start, try Recordings.bytes("live.webm")] {
            let given = ByteCounter()
            let source = AudioSource.stream { target in
                let from = given.take(min(target.count, 700), of: bytes.count / 2)
                guard !from.isEmpty else { throw Broken() }
                target.copyBytes(from: bytes[from])
                return from.count
            }
            let failure = Reading.failure(source)
            #expect(failure?.code == .unreadable)
            #expect(failure?.cause is Broken)
        }
    }

    @Test func aStreamThatCountsWronglyIsHeldToItsMemory() throws {
        // Filled and bounded: what lies in the memory may look like a container that is searched for ever.
        let given = ByteCounter()
        let failure = Reading.failure(
            .stream { target in
                for index in target.indices { target[index] = 0 }
                return given.take(1, of: 1_000).isEmpty ? 0 : Int.max
            })
        #expect(failure != nil)
        #expect(Reading.failure(.stream { _ in -5 })?.code == .empty)
    }
}
