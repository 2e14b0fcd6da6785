import Dispatch
import Foundation
import Synchronization

/// Bytes of a pipe as they come. Reading blocks, so it has a thread of its own; one block is held at a time.
final class PipeReader: Sendable {
    private struct State {
        var waiter: CheckedContinuation<[UInt8]?, Never>?
        var isStopped = false
    }

    /// A tenth of a second at 48 kHz: what arrives together is recognised together.
    private static let blockSize = 9_600

    private let descriptor: Int32
    private let queue = DispatchQueue(label: "gigastt.pipe")
    private let state = Mutex(State())

    init(_ handle: FileHandle) { descriptor = handle.fileDescriptor }

    /// The next bytes; `nil` at the end, or after `stop`.
    func next() async -> [UInt8]? {
        await withCheckedContinuation { continuation in
            let isStopped = state.withLock { state in
                if !state.isStopped { state.waiter = continuation }
                return state.isStopped
            }
            if isStopped { return continuation.resume(returning: nil) }
            queue.async { [self] in
                let block = read()
                state.withLock { $0.waiter.take() }?.resume(returning: block)
            }
        }
    }

    /// Ends the reading. A read that is under way stays behind on its thread until its pipe closes.
    func stop() {
        state.withLock { state in
            state.isStopped = true
            return state.waiter.take()
        }?.resume(returning: nil)
    }

    private func read() -> [UInt8]? {
        var block = [UInt8](repeating: 0, count: Self.blockSize)
        // Proof: read(2) writes at most `count` bytes into the array.
        let count = unsafe block.withUnsafeMutableBytes { unsafe Foundation.read(descriptor, $0.baseAddress, $0.count) }
        return count > 0 ? Array(block[..<count]) : nil
    }
}
