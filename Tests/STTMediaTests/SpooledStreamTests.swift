import Foundation
import Testing

@testable import STTMedia

/// Streams of containers that need seeking are kept in a file without a name.
@Suite struct SpooledStreamTests {
    @Test(arguments: ["aac.m4a", "alac.m4a", "video.mp4", "s16.caf", "s8.aiff", "fragments.mp4", "aac.3gp"])
    func anIndexAtTheEndIsReadFromAStream(_ name: String) throws {
        let bytes = try Recordings.bytes(name)
        #expect(try Reading(.trickle(bytes)).samples == Reading(.bytes(bytes)).samples)
    }

    @Test func onlyWhatNeedsSeekingIsKept() throws {
        for name in ["s16.wav", "mp3.mp3", "opus.webm", "opus.ogg", "flac.flac", "aac.ts", "wmav2.wma"] {
            #expect(!SpooledBytes.needsSeeking(Array(try Recordings.bytes(name).prefix(12))), "\(name)")
        }
        #expect(!SpooledBytes.needsSeeking([]) && !SpooledBytes.needsSeeking(Array("ftyp".utf8)))
    }

    @Test func aStreamLongerThanTheLimitSaysSo() throws {
        let bytes = try Recordings.bytes("aac.m4a")
        let spool = try SpooledBytes(stream(bytes), byteLimit: bytes.count - 1)
        let failure = #expect(throws: MediaError.self) { try spool.bytes(at: bytes.count - 10, count: 10) }
        #expect(failure?.code == .unreadable && failure?.message.contains("as a file") == true)
        let whole = try SpooledBytes(stream(bytes), byteLimit: bytes.count)
        #expect(try whole.bytes(at: bytes.count - 10, count: 20) == bytes.suffix(10))
        #expect(whole.byteCount == bytes.count)
        // Back, and beyond the end.
        #expect(try whole.bytes(at: 0, count: 10) == Array(bytes.prefix(10)))
        #expect(try whole.bytes(at: 1 << 40, count: 10).isEmpty)
    }

    private func stream(_ bytes: [UInt8]) -> StreamBytes {
        let counter = ByteCounter()
        return StreamBytes(byteCount: nil) { target in
            let range = counter.take(min(target.count, 999), of: bytes.count)
            target.copyBytes(from: bytes[range])
            return range.count
        }
    }
}
