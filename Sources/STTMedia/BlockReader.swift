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
    private let cancellation = CancellationFlag()
    private let blockSize: Int
    private var state: State
    /// The notes of a recording that was read to its end.
    private var lastNotes: [MediaNote] = []

    init(_ source: AudioSource, blockSize: Int) {
        state = .unopened(source)
        self.blockSize = blockSize
    }

    /// The next second, shorter before silence and at the end; the whole of a long silence; `nil` at the end.
    func next() async throws -> MediaBlock? { try await onQueue { try $0.readBlock() } }

    /// What the header says; `nil` after the end.
    func properties() async throws -> AudioProperties? { try await onQueue { try $0.open()?.properties } }

    /// What is known of the recording so far.
    func notes() async throws -> [MediaNote] {
        try await onQueue { reader in
            if case .open(let open) = reader.state { open.notes } else { reader.lastNotes }
        }
    }

    /// Whether a recording that is not open yet has two channels that are not one voice; reads it to its end.
    func hasDistinctStereoChannels() async throws -> Bool { try await onQueue { try $0.compareChannels() } }

    private func onQueue<Value: Sendable>(
        _ body: @escaping @Sendable (BlockReader) throws -> Value
    ) async throws -> Value {
        let caller = OnceContinuation<Value>()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                guard caller.begin(continuation) else { return }
                queue.async { caller.resume(with: Result { try body(self) }) }
            }
        } onCancel: {
            cancellation.set()
            caller.resume(with: .failure(CancellationError()))
        }
    }

    private func readBlock() throws(MediaError) -> MediaBlock? {
        guard let reader = try open() else { return nil }
        do {
            if let block = try reader.nextBlock(upTo: blockSize) { return block }
        } catch {
            state = .ended
            throw error
        }
        lastNotes = reader.notes
        state = .ended
        return nil
    }

    private func compareChannels() throws(MediaError) -> Bool {
        guard case .unopened(let source) = state else { return false }
        state = .ended
        let bytes = CancellableBytes(try source.opened(), by: cancellation)
        return try AudioReader.hasDistinctStereoChannels(in: bytes, as: source)
    }

    private func open() throws(MediaError) -> AudioReader? {
        switch state {
        case .ended: return nil
        case .open(let reader): return reader
        case .unopened(let source):
            // A source is opened once, also where that fails.
            state = .ended
            let bytes = CancellableBytes(try source.opened(), by: cancellation)
            let reader = try AudioReader(bytes, as: source)
            state = .open(reader)
            return reader
        }
    }
}

/// Resumes its caller exactly once: with a result, or at once when the caller is cancelled.
private final class OnceContinuation<Value: Sendable>: Sendable {
    typealias Continuation = CheckedContinuation<Value, any Error>

    private enum State {
        case idle
        case waiting(Continuation)
        case ended
    }

    private let state = Mutex(State.idle)

    /// Returns false and resumes the caller when it was cancelled before.
    func begin(_ continuation: Continuation) -> Bool {
        let begins = state.withLock { state in
            guard case .idle = state else { return false }
            state = .waiting(continuation)
            return true
        }
        if !begins { continuation.resume(throwing: CancellationError()) }
        return begins
    }

    func resume(with result: Result<Value, any Error>) {
        let waiting: Continuation? = state.withLock { state in
            defer { state = .ended }
            guard case .waiting(let continuation) = state else { return nil }
            return continuation
        }
        waiting?.resume(with: result)
    }
}
