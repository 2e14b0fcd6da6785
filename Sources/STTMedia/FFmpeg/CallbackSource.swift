import CMedia

/// A stretch of a source as a C reader sees it: bytes by offset, through a function pointer.
final class CallbackSource {
    private let source: any ByteSource
    private let start: Int
    /// How many bytes the stretch has, as far as that is known.
    let byteCount: Int?
    /// What the source threw; the C reader only learns that there is no more.
    private(set) var failure: MediaError?

    /// - Parameter byteCount: how many bytes belong to the stretch; nil = until the source ends.
    init(_ source: any ByteSource, from start: Int = 0, byteCount: Int? = nil) {
        self.source = source
        self.start = start
        self.byteCount = byteCount ?? source.byteCount.map { max(0, $0 - start) }
    }

    /// Valid as long as this object lives.
    var callbacks: media_source {
        media_source(
            read: { context, offset, bytes, count in
                guard let context, let bytes, count > 0 else { return -1 }
                // Proof: the context is the CallbackSource that the owner of the C reader keeps alive beside it.
                let object = Unmanaged<CallbackSource>.fromOpaque(context).takeUnretainedValue()
                return object.read(
                    at: Int(offset), into: UnsafeMutableRawBufferPointer(start: bytes, count: Int(count)))
            },
            // Proof: not retained; the owner of the C reader closes it before it lets this object go.
            context: Unmanaged.passUnretained(self).toOpaque(),
            byte_count: byteCount.map(Int64.init) ?? -1,
            seekable: source.isSeekable ? 1 : 0)
    }

    /// Up to as many bytes as there is room for; 0 at the end, −1 when the source fails.
    func read(at offset: Int, into bytes: UnsafeMutableRawBufferPointer) -> Int32 {
        let count = min(bytes.count, (byteCount ?? .max) - offset)
        guard count > 0 else { return 0 }
        do {
            return Int32(
                try source.read(at: start + offset, into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<count])))
        } catch {
            failure = error
            return -1
        }
    }
}
