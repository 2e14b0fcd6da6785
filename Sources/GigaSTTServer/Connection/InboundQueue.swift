import NIOCore

/// What arrives on a connection, handed to one reader with back-pressure. Lives on the channel's event loop.
///
/// States: open → last elements (a shutdown: what has arrived is still read) → discarding (what still arrives is read
/// and dropped).
final class InboundQueue<Element: Sendable> {
    typealias Elements = NIOThrowingAsyncSequenceProducer<
        Element, any Error, NIOAsyncSequenceProducerBackPressureStrategies.HighLowWatermark, Gate
    >

    private enum State {
        case open(Elements.Source)
        case last(Elements.Source, remainingByteCount: Int)
        case discarding
    }

    private let eventLoop: any EventLoop
    private let byteCount: (Element) -> Int
    private let drop: (Element) -> Void
    private let read: () -> Void
    private var state = State.discarding
    private var mayRead = true
    private var wantsRead = false

    private init(
        on eventLoop: any EventLoop, byteCount: @escaping (Element) -> Int, drop: @escaping (Element) -> Void,
        read: @escaping () -> Void
    ) {
        (self.eventLoop, self.byteCount, self.drop, self.read) = (eventLoop, byteCount, drop, read)
    }

    /// A queue and the sequence of its elements, for one reader. Call it on the event loop.
    ///
    /// - Parameters:
    ///   - drop: Takes an element that no reader gets.
    ///   - read: Reads from the socket: a read had to wait for the reader.
    static func make(
        on eventLoop: any EventLoop, byteCount: @escaping (Element) -> Int,
        drop: @escaping (Element) -> Void = { _ in },
        read: @escaping () -> Void
    ) -> (queue: InboundQueue, elements: Elements) {
        let queue = InboundQueue(on: eventLoop, byteCount: byteCount, drop: drop, read: read)
        // One element waits for the reader, not several: a frame may have half a megabyte.
        let sequence = Elements.makeSequence(
            elementType: Element.self, failureType: (any Error).self,
            backPressureStrategy: .init(lowWatermark: 1, highWatermark: 1), finishOnDeinit: false,
            delegate: Gate(queue: NIOLoopBound(queue, eventLoop: eventLoop)))
        queue.state = .open(sequence.source)
        return (queue, sequence.sequence)
    }

    /// Takes what arrived.
    func append(_ element: Element) {
        switch state {
        case .discarding: drop(element)
        case .open(let source):
            if case .produceMore = source.yield(element) { mayRead = true } else { mayRead = false }
        case .last(let source, let count):
            let remaining = count - byteCount(element)
            _ = source.yield(element)
            if remaining > 0 { state = .last(source, remainingByteCount: remaining) } else { finish(nil) }
        }
    }

    /// Whether the socket may be read now; else `read` is called when it may.
    func allowsRead() -> Bool {
        if !mayRead { wantsRead = true }
        return mayRead
    }

    /// Ends the sequence after what has arrived, also what waits in the system.
    ///
    /// What arrives later is read and dropped, so that the peer's end of the connection is noticed and unread bytes do
    /// not turn into a reset that destroys the last messages.
    func stopReading() {
        guard case .open(let source) = state else { return }
        state = .last(source, remainingByteCount: InboundLimits.lastByteCount)
        let own = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.scheduleTask(in: InboundLimits.lastReadTime) { own.value.finish(nil) }
        // Without back-pressure: the bytes are bounded.
        resumeReading()
    }

    /// Ends the sequence at once.
    func finish(_ error: (any Error)?) {
        switch state {
        case .discarding: return
        case .open(let source), .last(let source, _):
            state = .discarding
            if let error { source.finish(error) } else { source.finish() }
            resumeReading()
        }
    }

    private func resumeReading() {
        mayRead = true
        guard wantsRead else { return }
        wantsRead = false
        read()
    }

    /// Resumes reads when the elements have been taken.
    struct Gate: NIOAsyncSequenceProducerDelegate {
        let queue: NIOLoopBound<InboundQueue>

        func produceMore() { queue.execute { $0.resumeReading() } }
        func didTerminate() { queue.execute { $0.finish(nil) } }
    }
}

/// What a reader that was stopped still gets of what waits in the system.
private enum InboundLimits {
    /// Half a minute of audio at 16 kHz.
    static let lastByteCount = 1 << 20
    /// How long it may take to arrive here; it is in the memory of this machine.
    static let lastReadTime = TimeAmount.milliseconds(200)
}
