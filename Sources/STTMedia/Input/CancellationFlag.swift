import Synchronization

/// Ends a read on another thread.
final class CancellationFlag: Sendable {
    private let isSetFlag = Atomic(false)

    var isSet: Bool { isSetFlag.load(ordering: .relaxed) }
    func set() { isSetFlag.store(true, ordering: .relaxed) }
}

/// A source that ends with an error once it is cancelled.
final class CancellableBytes: ByteSource {
    private let source: any ByteSource
    private let flag: CancellationFlag

    init(_ source: any ByteSource, by flag: CancellationFlag) {
        self.source = source
        self.flag = flag
    }

    var byteCount: Int? { source.byteCount }
    var isSeekable: Bool { source.isSeekable }

    func read(at offset: Int, into target: UnsafeMutableRawBufferPointer) throws(MediaError) -> Int {
        guard !flag.isSet else {
            throw MediaError(.unreadable, "Reading was cancelled. Start again to read the recording.")
        }
        return try source.read(at: offset, into: target)
    }
}
