import Synchronization

/// Tells a reader on another thread that nobody waits for it any more.
final class Interruption: Sendable {
    private let isRaisedFlag = Atomic(false)

    var isRaised: Bool { isRaisedFlag.load(ordering: .relaxed) }
    func raise() { isRaisedFlag.store(true, ordering: .relaxed) }
}

/// A source that ends with an error once it is interrupted.
final class InterruptibleBytes: ByteSource {
    private let source: any ByteSource
    private let interruption: Interruption

    init(_ source: any ByteSource, by interruption: Interruption) {
        self.source = source
        self.interruption = interruption
    }

    var byteCount: Int? { source.byteCount }
    var isSeekable: Bool { source.isSeekable }

    func read(at offset: Int, into target: UnsafeMutableRawBufferPointer) throws(MediaError) -> Int {
        guard !interruption.isRaised else {
            throw MediaError(.unreadable, "Reading was cancelled. Start again to read the recording.")
        }
        return try source.read(at: offset, into: target)
    }
}
