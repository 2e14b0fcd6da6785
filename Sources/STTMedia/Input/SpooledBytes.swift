import Foundation

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A stream whose format needs seeking, kept in a temporary file as far as it was read.
///
/// The file has access rights 0600 and no name, so nothing of it remains after the process, however that ends.
final class SpooledBytes: ByteSource {
    /// The longest stream that is kept.
    static let byteLimit = 4 << 30
    private static let blockByteCount = 64 * 1024

    private let stream: StreamBytes
    private let byteLimit: Int
    private let descriptor: Int32
    private var kept = 0
    private var isAtEnd = false

    /// The stream itself, or where its first bytes are those of a format that needs seeking, a spooled form of it.
    static func ifSeekingIsNeeded(_ stream: StreamBytes) throws(MediaError) -> any ByteSource {
        let start = try stream.bytes(at: 0, count: 12)
        return needsSeeking(start) ? try SpooledBytes(stream) : stream
    }

    /// Whether a container that begins so may keep what is needed first behind the audio: MP4 and QuickTime, CAF, AIFF.
    static func needsSeeking(_ start: [UInt8]) -> Bool {
        guard start.count >= 8 else { return false }
        let boxes = ["ftyp", "moov", "mdat", "free", "skip", "wide", "pnot", "styp", "sidx", "moof"]
        if boxes.contains(String(decoding: start[4..<8], as: UTF8.self)) { return true }
        return ["caff", "FORM"].contains(String(decoding: start[..<4], as: UTF8.self))
    }

    init(_ stream: StreamBytes, byteLimit: Int = SpooledBytes.byteLimit) throws(MediaError) {
        self.stream = stream
        self.byteLimit = byteLimit
        var path = Array(
            FileManager.default.temporaryDirectory.appendingPathComponent("gigastt-XXXXXX").path.utf8CString)
        descriptor = mkstemp(&path)
        guard descriptor >= 0 else { throw .spoolFailed(FileBytes.SystemError(number: errno, path: "temporary file")) }
        unlink(path)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    deinit { close(descriptor) }

    var isSeekable: Bool { true }
    var byteCount: Int? { isAtEnd ? kept : stream.byteCount }

    func read(at offset: Int, into target: UnsafeMutableRawBufferPointer) throws(MediaError) -> Int {
        guard offset >= 0, target.count > 0 else { return 0 }
        try keep(upTo: offset + 1)
        guard offset < kept else { return 0 }
        let wanted = min(target.count, kept - offset)
        while true {
            let count = pread(descriptor, target.baseAddress, wanted, off_t(offset))
            if count >= 0 { return count }
            guard errno == EINTR else { throw failure() }
        }
    }

    /// Moves bytes from the stream to the file until there are so many, or no more.
    private func keep(upTo count: Int) throws(MediaError) {
        guard count > kept, !isAtEnd else { return }
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.blockByteCount, alignment: 16)
        defer { block.deallocate() }
        while kept < count, !isAtEnd {
            let read = try stream.read(at: kept, into: block)
            isAtEnd = read == 0
            guard kept + read <= byteLimit else { throw .spoolFull }
            try write(UnsafeRawBufferPointer(rebasing: block[..<read]))
        }
    }

    private func write(_ bytes: UnsafeRawBufferPointer) throws(MediaError) {
        var written = 0
        while written < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
            let count = pwrite(descriptor, rest.baseAddress, rest.count, off_t(kept + written))
            guard count >= 0 || errno == EINTR else { throw failure() }
            written += max(0, count)
        }
        kept += written
    }

    private func failure() -> MediaError {
        .spoolFailed(FileBytes.SystemError(number: errno, path: "temporary file"))
    }
}
