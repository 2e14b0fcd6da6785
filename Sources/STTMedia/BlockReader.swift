import Dispatch
import Synchronization

/// Runs a blocking reader on its own queue, away from the threads of Swift concurrency.
// Proof: `state` is touched only by work items of the serial `queue`; everything else is immutable.
final class BlockReader: @unchecked Sendable {
    private enum State {
        case unopened(AudioSource)
        case open(AudioReader)
        case ended
    }

    private let queue = DispatchQueue(label: "gigastt.media.reader")
    private let interruption = Interruption()
    private let blockSize: Int
    private var state: State

    init(_ source: AudioSource, blockSize: Int) {
        state = .unopened(source)
        self.blockSize = blockSize
    }

    func next() async throws -> [Float]? { try await onQueue { try $0.readBlock() } }

    /// What the header says; `nil` after the end.
    func properties() async throws -> AudioProperties? { try await onQueue { try $0.open()?.properties } }

    private func onQueue<Value: Sendable>(
        _ body: @escaping @Sendable (BlockReader) throws -> Value
    ) async throws -> Value {
        let delivery = Delivery<Value>()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                guard delivery.begin(continuation) else { return }
                queue.async { delivery.end(with: Result { try body(self) }) }
            }
        } onCancel: {
            interruption.raise()
            delivery.end(with: .failure(CancellationError()))
        }
    }

    private func readBlock() throws(MediaError) -> [Float]? {
        guard let reader = try open() else { return nil }
        do {
            let block = try reader.read(upTo: blockSize)
            if !block.isEmpty { return block }
        } catch {
            state = .ended
            throw error
        }
        state = .ended
        return nil
    }

    private func open() throws(MediaError) -> AudioReader? {
        switch state {
        case .ended: return nil
        case .open(let reader): return reader
        case .unopened(let source):
            // Whatever comes of it, a source is opened once.
            state = .ended
            let bytes = InterruptibleBytes(try source.opened(), by: interruption)
            let reader = try AudioReader(bytes, headerless: source.headerless, channel: source.channel)
            state = .open(reader)
            return reader
        }
    }
}

/// Resumes its caller exactly once: with a result, or at once when the caller is cancelled.
private final class Delivery<Value: Sendable>: Sendable {
    typealias Continuation = CheckedContinuation<Value, any Error>

    private enum State {
        case idle
        case waiting(Continuation)
        case ended
    }

    private let state = Mutex(State.idle)

    /// False, and the caller resumed, when it was cancelled before.
    func begin(_ continuation: Continuation) -> Bool {
        let begins = state.withLock { state in
            guard case .idle = state else { return false }
            state = .waiting(continuation)
            return true
        }
        if !begins { continuation.resume(throwing: CancellationError()) }
        return begins
    }

    func end(with result: Result<Value, any Error>) {
        let waiting: Continuation? = state.withLock { state in
            defer { state = .ended }
            guard case .waiting(let continuation) = state else { return nil }
            return continuation
        }
        waiting?.resume(with: result)
    }
}
