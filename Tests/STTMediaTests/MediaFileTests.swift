import Dispatch
import STTMedia
import Testing

@Suite struct MediaFileTests {
    @Test(arguments: ["s16.wav", "opus.ogg"])
    func blocksAreASecondAtMostAndTogetherTheWhole(_ name: String) async throws {
        let source = AudioSource.file(try Recordings.url(name))
        var blocks: [[Float]] = []
        for try await block in MediaFile(source) { blocks.append(block) }
        #expect(blocks.map(\.count) == [16_000, TestSignal.count16k - 16_000])
        #expect(blocks.flatMap(\.self) == (try Reading(source).samples))
    }

    @Test func eachIteratorBeginsAtTheStart() async throws {
        let file = MediaFile(.bytes(try Recordings.bytes("short.wav")))
        var first = file.makeAsyncIterator()
        var second = file.makeAsyncIterator()
        #expect(try await first.next() == second.next())
        #expect(try await first.next() == nil)
        #expect(try await first.next() == nil)
    }

    @Test func errorsComeFromTheSequenceAndEndIt() async throws {
        var iterator = MediaFile(.bytes(Array("text".utf8))).makeAsyncIterator()
        let failure = await #expect(throws: MediaError.self) { try await iterator.next() }
        #expect(failure?.code == .unsupportedFormat)
        #expect(try await iterator.next() == nil)
    }

    @Test func nothingIsReadAheadOfTheBlockAskedFor() async throws {
        let bytes = WaveBytes(statedSize: .max).file(Array(repeating: 0, count: 320_000))
        let given = ByteCounter()
        let source = AudioSource.stream { target in
            let range = given.take(target.count, of: bytes.count)
            target.copyBytes(from: bytes[range])
            return range.count
        }
        var iterator = MediaFile(source).makeAsyncIterator()
        _ = try await iterator.next()
        #expect(given.total < 80_000)
    }

    @Test func cancellingDoesNotWaitForABlockedSource() async throws {
        let reached = DispatchSemaphore(value: 0)
        let released = DispatchSemaphore(value: 0)
        let source = AudioSource.stream { _ in
            reached.signal()
            released.wait()
            return 0
        }
        await withThrowingTaskGroup(of: [Float]?.self) { group in
            group.addTask {
                var iterator = MediaFile(source).makeAsyncIterator()
                return try await iterator.next()
            }
            await withCheckedContinuation { continuation in
                DispatchQueue.global().async {
                    reached.wait()
                    continuation.resume()
                }
            }
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.next() }
        }
        released.signal()
    }

    @Test func aCancelledTaskGetsNoBlock() async throws {
        let bytes = try Recordings.bytes("short.wav")
        await withThrowingTaskGroup(of: [Float]?.self) { group in
            group.cancelAll()
            group.addTask {
                var iterator = MediaFile(.bytes(bytes)).makeAsyncIterator()
                return try await iterator.next()
            }
            await #expect(throws: CancellationError.self) { try await group.next() }
        }
    }
}
