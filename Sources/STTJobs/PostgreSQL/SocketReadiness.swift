import Dispatch

/// Waits until a socket can be read or written, without a thread for it.
enum SocketReadiness {
    /// What is waited for.
    enum Interest: Sendable { case reading, writing }

    /// Returns whether the socket is ready; `false` when the time is over. A cancelled task waits on, so that no statement
    /// is left half way: the time bounds it.
    static func wait(for socket: CInt, _ interests: [Interest], within time: Duration) async -> Bool {
        await withCheckedContinuation { continuation in
            queue.async { Wait(continuation).start(socket, interests, time) }
        }
    }

    private static let queue = DispatchQueue(label: "gigastt.jobs.sockets")

    // Proof: used on the serial queue only.
    private final class Wait: @unchecked Sendable {
        private let continuation: CheckedContinuation<Bool, Never>
        private var sources: [any DispatchSourceProtocol] = []
        private var activeCount = 0
        private var isReady: Bool?

        init(_ continuation: CheckedContinuation<Bool, Never>) { self.continuation = continuation }

        func start(_ socket: CInt, _ interests: [Interest], _ time: Duration) {
            for interest in interests {
                let source: any DispatchSourceProtocol =
                    switch interest {
                    case .reading: DispatchSource.makeReadSource(fileDescriptor: socket, queue: queue)
                    case .writing: DispatchSource.makeWriteSource(fileDescriptor: socket, queue: queue)
                    }
                add(source, isReady: true)
            }
            let timer = DispatchSource.makeTimerSource(queue: queue)
            timer.schedule(deadline: .now() + .nanoseconds(Int(max(time, .zero) / .nanoseconds(1))))
            add(timer, isReady: false)
            for source in sources { source.activate() }
        }

        private func add(_ source: any DispatchSourceProtocol, isReady: Bool) {
            activeCount += 1
            source.setEventHandler { self.end(isReady: isReady) }
            source.setCancelHandler { self.noteCancelled() }
            sources.append(source)
        }

        private func end(isReady: Bool) {
            guard self.isReady == nil else { return }
            self.isReady = isReady
            for source in sources { source.cancel() }
        }

        /// The socket may be closed only when no source watches it.
        private func noteCancelled() {
            activeCount -= 1
            guard activeCount == 0 else { return }
            sources = []
            continuation.resume(returning: isReady ?? false)
        }
    }
}
